/**
 * Trains models of specs on rows that never repeat: one session for each model and learning rate, which takes fresh weights for each
 * run. What a step is, the spec says: program, feeds and first weights are those of `mtlc train`.
 */
import { batchLayout, type Model } from "../../../src/compiler/model/index.js";
import { type Fitted, fittedWithoutData } from "../../../src/runtime/data/encode/fitted.js";
import type { EncodedBatch } from "../../../src/runtime/data/index.js";
import { createProgram, functionOf, measuredProgram } from "../../../src/runtime/engine/create-program.js";
import type { Engine } from "../../../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../../../src/runtime/engine/state.js";
import { createFeeds } from "../../../src/runtime/measure/feeds.js";
import { createStepper } from "../../../src/runtime/train/stepper.js";
import { type DataSet, streams } from "./generator.js";

/** Mean squared error of either task. */
export type TaskLosses = readonly [number, number];

export interface Trainer {
  /** First weights, a function of the seed, as for `train`. */
  readonly start: (seed: number) => Promise<void>;
  /** Takes a step, or puts it off until as many wait as the engine takes at once; `measure` takes those that wait. */
  readonly step: (rows: EncodedBatch) => void;
  readonly measure: (rows: EncodedBatch) => TaskLosses;
  readonly close: () => void;
}

/** The model is as the spec says it but for batch and learning rate, which the experiment varies. */
export async function createTrainer(
  engine: Engine,
  spec: Model,
  { batch, lr }: { readonly batch: number; readonly lr: number },
): Promise<Trainer> {
  const { optimizer } = spec.train;
  const rated = { ...optimizer, arguments: { ...optimizer.arguments, lr } };
  const model: Model = { ...spec, train: { ...spec.train, batch, optimizer: rated } };
  const program = measuredProgram(createProgram(model, fittedWithoutRows(model)));
  const session = await engine.open(program, { trainBatch: batch, functions: ["train", "evaluate"] });
  const layout = batchLayout(model);
  const train = functionOf(program, "train");
  const stepper = createStepper({ session, train }, createFeeds(train, layout));
  const feedMeasured = createFeeds(functionOf(program, "evaluate"), layout);
  const [first, second] = model.heads;
  if (first === undefined || second === undefined) throw new Error(`${model.name} has not two tasks`);
  const measure = (rows: EncodedBatch): TaskLosses => {
    if (stepper.waiting() > 0) stepper.run();
    const outputs = session.run("evaluate", feedMeasured(rows));
    const lossOf = (head: string, task: number): number => {
      const predicted = outputs[head]!.data;
      let sum = 0;
      for (let row = 0; row < rows.size; row++) sum += (predicted[row]! - rows.labels[2 * row + task]!) ** 2;
      return sum / rows.size;
    };
    return [lossOf(first.name, 0), lossOf(second.name, 1)];
  };
  return {
    start: (seed) => fillSession(session, program.state, initialReader(seed)),
    step: (rows) => {
      stepper.add(rows, 0);
      if (stepper.waiting() === stepper.most) stepper.run();
    },
    measure,
    close: () => session.close(),
  };
}

/** How long a run is and what is measured of it. */
export interface RunLength {
  readonly batch: number;
  readonly steps: number;
  /** Points of the curve, equally far apart, the last after the last step; a divisor of `steps`. */
  readonly points: number;
  /** Rows of the same function that train nothing: for each point, and for the loss at the end. */
  readonly heldOut: { readonly point: number; readonly end: number };
}

export interface RunLosses {
  readonly curve: readonly TaskLosses[];
  readonly end: TaskLosses;
}

/** One run of each trainer on the same rows, each from first weights of the seed. */
export async function runTogether(
  trainers: readonly Trainer[],
  model: Model,
  { data, seed, length }: { readonly data: DataSet; readonly seed: number; readonly length: RunLength },
): Promise<readonly RunLosses[]> {
  const { batch, steps, points, heldOut } = length;
  const rows = emptyBatch(model, batch);
  const held = emptyBatch(model, heldOut.point);
  data.stream(streams.points)({ x: held.numbers, y: held.labels });
  const next = data.stream(streams.train);
  const curves = trainers.map((): TaskLosses[] => []);
  for (const trainer of trainers) await trainer.start(seed);
  for (let step = 1; step <= steps; step++) {
    next({ x: rows.numbers, y: rows.labels });
    for (const trainer of trainers) trainer.step(rows);
    if (step % (steps / points) === 0) trainers.forEach((trainer, i) => curves[i]!.push(trainer.measure(held)));
  }
  const ends = trainers.map(() => [0, 0] as [number, number]);
  const last = data.stream(streams.end);
  const parts = Math.ceil(heldOut.end / heldOut.point);
  for (let part = 0; part < parts; part++) {
    last({ x: held.numbers, y: held.labels });
    trainers.forEach((trainer, i) => {
      const [one, two] = trainer.measure(held);
      ends[i]![0] += one / parts;
      ends[i]![1] += two / parts;
    });
  }
  return trainers.map((_, i) => ({ curve: curves[i]!, end: ends[i]! }));
}

/** Its features are numbers as they are, so that no data has to be read. */
export function fittedWithoutRows({ features }: Model): Fitted {
  const entries = features.map((feature) => {
    const fitted = fittedWithoutData(feature);
    if (fitted === undefined) throw new Error(`the feature ${feature.name} has to be fitted`);
    return [feature.name, fitted] as const;
  });
  return { rows: 0, features: Object.fromEntries(entries) };
}

function emptyBatch(model: Model, size: number): EncodedBatch {
  const { numberWidth, labels } = batchLayout(model);
  return {
    rows: size,
    size,
    ids: new Int32Array(0),
    numbers: new Float32Array(size * numberWidth),
    labels: new Float32Array(size * labels.length),
    known: new Float32Array(size * labels.length).fill(1),
    weights: new Float32Array(size).fill(1),
  };
}
