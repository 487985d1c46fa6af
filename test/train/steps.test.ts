import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { openData } from "../../src/runtime/data/index.js";
import { type Engine, type HostTensor, selectEngine, type Session } from "../../src/runtime/engine/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import { functionInputs } from "../../src/compiler/graph/reads.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { type LoopOptions, runLoop } from "../../src/runtime/train/loop.js";
import { startPosition } from "../../src/runtime/train/position.js";
import { createRandom } from "../random.js";
import { fakeDataset, fakeSession, fakeTrain, queueingSession } from "./fakes.js";
import { hostTensors, inputsOf, modelOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes } from "../shipped-models.js";
import { createTiny } from "./tiny.js";

const specs = resolve("specs");

const tiny = createTiny();
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

/** What a loop over 24 steps of each of two epochs does, and what becomes of the weights. */
async function traced(session: Session, options: Partial<LoopOptions> = {}): Promise<unknown> {
  const seen: unknown[] = [];
  const note =
    (what: string) =>
    (position: { readonly step: number }, losses?: unknown): Promise<"continue"> => {
      seen.push([what, position, losses, session.get()]);
      return Promise.resolve("continue");
    };
  const result = await runLoop({
    session,
    train: fakeTrain,
    data: fakeDataset(235),
    batch: 10,
    epochs: 2,
    steps: Infinity,
    shuffleSeed: 5,
    start: startPosition(2),
    onProgress: () => undefined,
    isCheckpointDue: (step) => step % 11 === 0,
    onCheckpoint: async (position) => void (await note("checkpoint")(position)),
    isEvaluationDue: (step) => step % 9 === 0,
    onEvaluation: note("evaluation"),
    onEpoch: note("epoch"),
    ...options,
  }).catch((error: unknown) => (error as Error).message);
  const end = typeof result === "string" ? result : [result.ended, result.position];
  return { seen, end, state: session.get() };
}

describe("several steps per call", () => {
  // Calls end after some time, too: a clock of its own, on which steps are short however busy the machine is.
  let clock = 0;
  beforeEach(() => void vi.spyOn(performance, "now").mockImplementation(() => (clock += 0.001)));
  afterEach(() => void vi.restoreAllMocks());

  it("do what single steps do: evaluations, checkpoints and the end of an epoch after the very step", async () => {
    const queueing = queueingSession(fakeSession(), 7);
    expect(await traced(queueing)).toEqual(await traced(fakeSession()));
    // The first two steps are by themselves; what is due after step 9, 11, 18, 22 and at the end of an epoch ends a call.
    expect(queueing.calls.reduce((sum, count) => sum + count)).toBe(48);
    expect(queueing.calls.slice(0, 6)).toEqual([1, 1, 7, 2, 7, 4]);
  });

  it("end after as many steps, and go on from any of them", async () => {
    for (const steps of [1, 2, 10, 30, 48])
      expect(await traced(queueingSession(fakeSession(), 7), { steps }), `${steps} steps`).toEqual(
        await traced(fakeSession(), { steps }),
      );
  });

  it("name the step whose loss is not finite", async () => {
    const poisoned = (): Session => fakeSession({ poison: 16 });
    const { end } = (await traced(queueingSession(poisoned(), 7))) as { readonly end: string };
    expect(end).toContain("at step 16 (epoch 1)");
    expect((await traced(poisoned())) as object).toMatchObject({ end });
  });

  it("end with the call under way when the signal fires, at the position that the state is of", async () => {
    const controller = new AbortController();
    const session = fakeSession({ onStep: (step) => step === 5 && controller.abort() });
    const { end, state } = (await traced(queueingSession(session, 7), { signal: controller.signal })) as {
      readonly end: unknown;
      readonly state: unknown;
    };
    expect(end).toMatchObject(["interrupted", { step: 9, batch: 9 }]);
    expect(state).toEqual(((await traced(fakeSession(), { steps: 9 })) as { readonly state: unknown }).state);
  });

  it("leave batches that are added up for a step to single calls", async () => {
    const apply = (session: Session): Session => ({
      ...session,
      run: (name, feeds) => (name === "apply" ? {} : session.run(name, feeds)),
    });
    const queueing = queueingSession(apply(fakeSession()), 7);
    await traced(queueing, { accumulate: 2 });
    expect(queueing.calls).toEqual([]);
  });
});

describe.each(["native", "fused"] as const)("several steps per call of the %s engine", async (preference) => {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  delete environment["MTLC_ENGINE"];
  let engine: Engine | undefined;
  try {
    ({ engine } = await selectEngine({ preference, environment }));
  } catch (error) {
    console.warn(
      `the ${preference} engine is not installed, so its steps are not compared: ${(error as Error).message}`,
    );
  }
  const numbers = { features: "  age: numeric(scale: standard)", train: "clip: norm(1.0), ema: 0.9" };

  it.skipIf(engine === undefined)("give what as many calls of a step give", { timeout: 120_000 }, async () => {
    const spec = loadSpec(tiny.spec("dense", { ...numbers, network: "tower t = mlp([age], [4, 3])" }));
    const data = await openData(spec.model, { specPath: spec.path });
    const program = createProgram(spec.model, data.fitted);
    const train = functionOf(program, "train");
    for (const each of [data.train, data.test]) each?.close();
    const session = await engine!.open(program, { trainBatch: 8, functions: ["train"] });
    const most = session.stepsPerCall?.("train") ?? 1;
    expect(most).toBeGreaterThan(4);
    const random = createRandom(3);
    const queue = Object.fromEntries(
      functionInputs(train).map(({ name, type }): [string, HostTensor] => {
        const shape = type.shape.map((size) => (size === "B" ? 8 : Number(size)));
        const size = most * shape.reduce((product, side) => product * side, 1);
        const one = name === "known" || name === "weights";
        return [
          name,
          {
            shape: [most, ...shape],
            data: Float32Array.from({ length: size }, () => (one ? 1 : random())),
          },
        ];
      }),
    );
    const from = (first: number): typeof queue =>
      Object.fromEntries(
        Object.entries(queue).map(([name, { shape, data: all }]) => {
          const moved = new Float32Array(all.length);
          moved.set(all.subarray((first * all.length) / most) as Float32Array);
          return [name, { shape, data: moved }];
        }),
      );
    const restart = (): Promise<void> => fillSession(session, program.state, initialReader(3));
    await restart();
    const losses = Array.from({ length: 5 }, (_, step) => {
      const feeds = Object.entries(from(step)).map(([name, { shape, data: all }]) => [
        name,
        { shape: shape.slice(1), data: all.slice(0, all.length / most) },
      ]);
      return session.run("train", Object.fromEntries(feeds) as typeof queue);
    });
    const state = session.get();
    await restart();
    const together = [...session.runSteps!("train", queue, 3), ...session.runSteps!("train", from(3), 2)];
    expect(Object.keys(together[0] ?? {})).toEqual(Object.keys(losses[0] ?? {}));
    for (const [step, outputs] of losses.entries())
      for (const [name, { shape, data: values }] of Object.entries(outputs)) {
        expect(together[step]?.[name]?.shape).toEqual(shape);
        values.forEach((value, i) => expect(together[step]?.[name]?.data[i]).toBeCloseTo(value, 5));
      }
    for (const [name, { data: values }] of session.get())
      values.forEach((value, i) => expect(value, name).toBeCloseTo(state.get(name)?.data[i] ?? NaN, 5));
    session.close();
  });

  /** Steps taken apart, in calls of three and two, and in a call each. */
  async function stepsOf(model: Model, rows: number): Promise<Record<Way, Steps>> {
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const session = await engine!.open(program, { trainBatch: rows, functions: ["train"] });
    const most = session.stepsPerCall?.("train") ?? 1;
    expect(most).toBeGreaterThan(5);
    const inputs = new Set(inputsOf(program, "train"));
    const batches = Array.from({ length: 5 }, (_, step) => hostTensors(randomFeeds(model, rows, step + 1), inputs));
    const restart = (): Promise<void> => fillSession(session, program.state, initialReader(3));
    await restart();
    const apart = { outputs: batches.map((feeds) => session.run("train", feeds)), state: session.get() };
    const inCalls = async (parts: readonly (typeof batches)[]): Promise<Steps> => {
      await restart();
      const before = session.get();
      session.compileSteps?.("train");
      expect(session.get(), "compiling takes no step").toEqual(before);
      const outputs = parts.flatMap((part) => session.runSteps!("train", queueOf(part, most), part.length));
      return { outputs, state: session.get() };
    };
    const together = await inCalls([batches.slice(0, 3), batches.slice(3)]);
    const each = await inCalls(batches.map((batch) => [batch]));
    session.close();
    return { apart, together, each };
  }

  it.skipIf(engine === undefined)(
    "are, bit for bit, single steps where a call is a loop around single steps",
    { timeout: 120_000 },
    async () => {
      // A list of more ids than a loop takes that is compiled as a whole, dropped units, a balance.
      const model = modelOf(`model m
      features { tags: bag(hash: 100, embed: 2, max: 60), user: categorical(hash: 10, embed: 2) }
      labels { click: event, like: event }
      bottom b = mlp([tags, user], [4], dropout: 0.2)
      tower t = mlp(b, [3])
      task ctr: P(click) = sigmoid(logit(t))
      task ltr: P(like) = sigmoid(logit(b))
      loss { ctr: bce, ltr: bce, balance: uncertainty }
      train { batch: 2200, embeddings: sparse }`);
      const { apart, together } = await stepsOf(model, 2200);
      expect(together.outputs).toEqual(apart.outputs);
      expect(together.state).toEqual(apart.state);
    },
  );

  /** Steps that are one loop of XLA: with tables that are multiplied (512 rows are enough), dropped units, noise of gates, random loss weights, a balance, clipped rows of tables. */
  const whole = [
    ["census/best.mtl", "dense", 24],
    ["census/mmoe.mtl", "dense", 512],
    ["examples/comment_and_share.mtl", "sparse", 24],
    ["examples/feed.mtl", "sparse", 24],
    ["examples/meitu.mtl", "dense", 24],
    ["examples/position_bias.mtl", "dense", 24],
    ["examples/sparse_moe.mtl", "sparse", 24],
  ] as const;
  it.skipIf(engine === undefined).each(whole)(
    "are the steps of %s, tables %s, where a call is compiled or planned as a whole",
    { timeout: 120_000 },
    async (name, embeddings, rows) => {
      const { model } = loadSpec(join(specs, name));
      const { apart, together, each } = await stepsOf({ ...model, train: { ...model.train, embeddings } }, rows);
      // How many steps a call has, which the clock decides, changes no bit.
      expect(together.outputs).toEqual(each.outputs);
      expect(together.state).toEqual(each.state);
      for (const [step, outputs] of apart.outputs.entries())
        for (const [output, { data }] of Object.entries(outputs))
          expect(farthest(data, together.outputs[step]?.[output]?.data), `${output} of step ${step}`).toBeLessThan(
            1e-5,
          );
      for (const [variable, { data }] of apart.state)
        expect(farthest(data, together.state.get(variable)?.data), variable).toBeLessThan(1e-5);
    },
  );

  it.skipIf(engine === undefined)("are single where the sizes of a batch differ", { timeout: 120_000 }, async () => {
    const { model } = loadSpec(join(specs, "examples/bpr.mtl"));
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const session = await engine!.open(program, { trainBatch: 24, functions: ["train"] });
    expect(session.stepsPerCall?.("train")).toBe(1);
    session.close();
  });
});

/** The largest difference of two lists, relative to values beyond 1; NaN where one is shorter. */
function farthest(ours: Iterable<number>, theirs: ArrayLike<number> | undefined): number {
  return [...ours].reduce((most, value, i) => {
    const apart = Math.abs(value - (theirs?.[i] ?? NaN)) / Math.max(1, Math.abs(value));
    return apart > most || Number.isNaN(apart) ? apart : most;
  }, 0);
}

type Way = "apart" | "together" | "each";

interface Steps {
  readonly outputs: readonly Readonly<Record<string, HostTensor>>[];
  readonly state: ReadonlyMap<string, HostTensor>;
}

/** Batches one after another, with room for as many as a call takes. */
function queueOf(batches: readonly Readonly<Record<string, HostTensor>>[], most: number): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(batches[0] ?? {}).map(([name, { shape, data }]): [string, HostTensor] => {
      const make = data instanceof Int32Array ? Int32Array : Float32Array;
      const all = new make(most * data.length);
      batches.forEach((each, at) => all.set(each[name]?.data ?? [], at * data.length));
      return [name, { shape: [most, ...shape], data: all }];
    }),
  );
}
