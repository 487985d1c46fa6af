/** Batches that wait for the call that trains on them: of one step, or of as many as the engine takes at once. */
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import type { HostTensor, Session } from "../engine/engine.js";
import type { FeedBatch } from "../measure/feeds.js";

/** What a training function gave out. */
export type StepOutputs = Readonly<Record<string, HostTensor>>;

export interface Stepper {
  /** Batches that a call takes at most. */
  readonly most: number;
  /** Batches that wait. */
  readonly waiting: () => number;
  /** Adds a batch; its arrays may be used again when this returns. */
  readonly add: (batch: EncodedBatch, epoch: number) => void;
  /** Trains on the batches that wait, in their order. */
  readonly run: () => readonly { readonly rows: number; readonly outputs: StepOutputs }[];
}

interface Stepped {
  readonly session: Session;
  readonly train: GraphFunction;
  /** Batches of a step, which a function of its own takes when they are added up; absent: one. */
  readonly accumulate?: number;
}

export function createStepper({ session, train: { name }, accumulate }: Stepped, feeds: FeedBatch): Stepper {
  const most = accumulate === undefined ? (session.stepsPerCall?.(name) ?? 1) : 1;
  return most > 1 ? queueSteps(session, name, feeds, most) : singleSteps(session, name, feeds);
}

function singleSteps(session: Session, name: string, feeds: FeedBatch): Stepper {
  let next: { readonly rows: number; readonly outputs: StepOutputs } | undefined;
  return {
    most: 1,
    waiting: () => (next === undefined ? 0 : 1),
    add: (batch, epoch) => {
      next = { rows: batch.rows, outputs: session.run(name, feeds(batch, epoch)) };
    },
    run: () => {
      const done = next === undefined ? [] : [next];
      next = undefined;
      return done;
    },
  };
}

function queueSteps(session: Session, name: string, feeds: FeedBatch, most: number): Stepper {
  const queue: Record<string, HostTensor> = {};
  let rows: number[] = [];
  return {
    most,
    waiting: () => rows.length,
    add: (batch, epoch) => {
      for (const [input, { shape, data }] of Object.entries(feeds(batch, epoch))) {
        const make = data instanceof Float32Array ? Float32Array : Int32Array;
        const all = (queue[input] ??= { shape: [most, ...shape], data: new make(most * data.length) });
        all.data.set(data, rows.length * data.length);
      }
      rows.push(batch.rows);
    },
    run: () => {
      const counted = rows;
      rows = [];
      if (session.runSteps === undefined) throw new Error("the session takes no steps at once");
      const outputs = session.runSteps(name, queue, counted.length);
      return counted.map((each, at) => ({ rows: each, outputs: outputs[at] ?? {} }));
    },
  };
}
