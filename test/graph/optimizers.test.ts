/** Each optimizer against its formula written out for one number, on whole tensors and on touched rows. */
import { describe, expect, it } from "vitest";
import {
  appendTrainStep,
  createInterpreter,
  float32,
  GraphBuilder,
  initialize,
  int32,
  type Interpreter,
  type OptimizerName,
  optimizers,
  resolveOptimizer,
  schedules,
  type Settings,
  type TrainStepOptions,
} from "../../src/compiler/graph/index.js";
import { array, variable } from "./evaluate.js";

/** (parameter, gradient, slots, lr, step from 1) → (parameter, slots), for one number. */
type Formula = (
  p: number,
  g: number,
  slots: readonly number[],
  lr: number,
  t: number,
) => readonly [number, readonly number[]];

const adamMove = (g: number, [m = 0, v = 0]: readonly number[], t: number): readonly [number, readonly number[]] => {
  const nextM = 0.9 * m + 0.1 * g;
  const nextV = 0.999 * v + 0.001 * g * g;
  const move = nextM / (1 - 0.9 ** t) / (Math.sqrt(nextV / (1 - 0.999 ** t)) + 1e-8);
  return [move, [nextM, nextV]];
};

interface Example {
  readonly name: OptimizerName;
  readonly settings: Settings;
  readonly initial: readonly number[];
  readonly formula: Formula;
}

const examples: readonly Example[] = [
  { name: "sgd", settings: {}, initial: [], formula: (p, g, _slots, lr) => [p - lr * g, []] },
  {
    name: "momentum",
    settings: {},
    initial: [0],
    formula: (p, g, [v = 0], lr) => [p - lr * (0.9 * v + g), [0.9 * v + g]],
  },
  {
    name: "momentum",
    settings: { momentum: 0.8, nesterov: true },
    initial: [0],
    formula: (p, g, [v = 0], lr) => {
      const next = 0.8 * v + g;
      return [p - lr * (g + 0.8 * next), [next]];
    },
  },
  {
    name: "adagrad",
    settings: {},
    // First values are float32.
    initial: [Math.fround(0.1)],
    formula: (p, g, [a = 0], lr) => [p - (lr * g) / (Math.sqrt(a + g * g) + 1e-7), [a + g * g]],
  },
  {
    name: "adagrad",
    settings: { initial: 0, epsilon: 0.5 },
    initial: [0],
    formula: (p, g, [a = 0], lr) => [p - (lr * g) / (Math.sqrt(a + g * g) + 0.5), [a + g * g]],
  },
  {
    name: "adam",
    settings: {},
    initial: [0, 0],
    formula: (p, g, slots, lr, t) => {
      const [move, next] = adamMove(g, slots, t);
      return [p - lr * move, next];
    },
  },
  {
    name: "adamw",
    settings: { weight_decay: 0.1 },
    initial: [0, 0],
    formula: (p, g, slots, lr, t) => {
      const [move, next] = adamMove(g, slots, t);
      return [p - lr * 0.1 * p - lr * move, next];
    },
  },
];

const weights = variable("w", float32(4, 2), "parameter", { kind: "uniform", low: -1, high: 1 });
const step = variable("step", int32(), "step");

/**
 * A training function of the loss Σ c·w over gathered rows, so that the gradient of row r is the sum of the coefficients
 * that the batch provides for it.
 */
function trainer(options: Partial<TrainStepOptions> & Pick<TrainStepOptions, "optimizer">): Interpreter {
  const b = new GraphBuilder("train");
  const rows = b.gather(b.state(weights), b.input("ids", int32("B", 1)));
  const loss = b.sum(b.mul(rows, b.input("c", float32("B", 1, 2))));
  const train = appendTrainStep(b, {
    loss,
    variables: [weights],
    sparse: new Set(),
    schedule: { kind: schedules.constant, settings: {} },
    clip: { kind: "none" },
    step,
    ...options,
  });
  const fn = b.finish([{ name: "rate", value: train.rate ?? -1 }], train.updates);
  const state = [weights, ...train.slots, step];
  return createInterpreter({ state, functions: [fn] }, new Map(state.map((each) => [each.name, initialize(each, 1)])));
}

const batches = [
  { ids: array([3, 1], 0, 2, 0), c: array([3, 1, 2], 0.5, -1, 2, 0.25, 0.75, 1.5) },
  { ids: array([2, 1], 2, 3), c: array([2, 1, 2], 1, -0.5, 3, -2) },
  { ids: array([2, 1], 0, 0), c: array([2, 1, 2], -1, 0.5, 0.3, -2) },
];

/** What a batch gives to each row, and which rows it touches. */
function gradientOf(batch: (typeof batches)[number]): { readonly g: readonly number[]; readonly touched: Set<number> } {
  const g = Array.from({ length: 8 }, () => 0);
  const touched = new Set<number>();
  Array.from(batch.ids.data).forEach((id, row) => {
    touched.add(id);
    for (const column of [0, 1]) g[2 * id + column] = (g[2 * id + column] ?? 0) + (batch.c.data[2 * row + column] ?? 0);
  });
  return { g, touched };
}

describe.each(examples)("$name $settings", ({ name, settings, initial, formula }) => {
  const optimizer = optimizers[name];
  const lr = 0.05;

  it.each([
    ["all rows", false],
    ["touched rows", true],
  ])("follows its formula over three steps on %s", (_name, sparse) => {
    const interpreter = trainer({
      optimizer: { kind: optimizer, settings: { lr, ...settings } },
      sparse: new Set(sparse ? ["w"] : []),
    });
    let expected = [...interpreter.get("w").data].map((p): readonly [number, readonly number[]] => [p, initial]);
    batches.forEach((batch, done) => {
      interpreter.run("train", batch);
      const { g, touched } = gradientOf(batch);
      expected = expected.map(([p, slots], place) =>
        sparse && !touched.has(Math.floor(place / 2)) ? [p, slots] : formula(p, g[place] ?? 0, slots, lr, done + 1),
      );
      const actual = interpreter.get("w").data;
      expected.forEach(([p], place) => expect(actual[place]).toBeCloseTo(p, 12));
    });
    optimizer.slots({ initial: 0.1, ...settings }).forEach((slot, index) => {
      const actual = interpreter.get(`w/${slot.name}`).data;
      expected.forEach(([, slots], place) => expect(actual[place]).toBeCloseTo(slots[index] ?? NaN, 12));
    });
    expect([...interpreter.get("step").data]).toEqual([3]);
  });
});

describe("clipping", () => {
  const sgd = { kind: optimizers.sgd, settings: { lr: 1 } };
  const moves = (clip: TrainStepOptions["clip"], sparse: boolean): readonly number[] => {
    const interpreter = trainer({ optimizer: sgd, clip, sparse: new Set(sparse ? ["w"] : []) });
    const before = interpreter.get("w").data;
    interpreter.run("train", batches[0] ?? {});
    const after = interpreter.get("w").data;
    return [...before].map((p, place) => p - (after[place] ?? NaN));
  };
  const { g } = gradientOf(batches[0] ?? { ids: array([0]), c: array([0]) });

  it.each([false, true])("by value bounds each element, of summed rows, sparse: %s", (sparse) => {
    moves({ kind: "value", limit: 0.4 }, sparse).forEach((move, place) =>
      expect(move).toBeCloseTo(Math.min(0.4, Math.max(-0.4, g[place] ?? NaN)), 12),
    );
  });

  it.each([false, true])("by norm scales all gradients alike, sparse: %s", (sparse) => {
    const norm = Math.hypot(...g);
    moves({ kind: "norm", limit: 0.5 }, sparse).forEach((move, place) =>
      expect(move).toBeCloseTo(((g[place] ?? NaN) * 0.5) / norm, 12),
    );
    moves({ kind: "norm", limit: 100 }, sparse).forEach((move, place) => expect(move).toBeCloseTo(g[place] ?? NaN, 12));
  });

  it("by norm leaves zero gradients zero", () => {
    const interpreter = trainer({ optimizer: sgd, clip: { kind: "norm", limit: 1 } });
    const before = interpreter.get("w").data;
    interpreter.run("train", { ids: array([1, 1], 0), c: array([1, 1, 2], 0, 0) });
    expect([...interpreter.get("w").data]).toEqual([...before]);
  });
});

describe("a training step", () => {
  it("leaves variables unchanged that the loss does not depend on", () => {
    const b = new GraphBuilder("train");
    const other = variable("other", float32(2));
    const train = appendTrainStep(b, {
      loss: b.sum(b.square(b.state(weights))),
      variables: [other, weights],
      sparse: new Set(),
      optimizer: { kind: optimizers.adam, settings: {} },
      schedule: { kind: schedules.constant, settings: {} },
      clip: { kind: "none" },
      step,
    });
    expect(train.updates.map((update) => update.state)).toEqual(["w", "w/mean", "w/square", "step"]);
  });

  it("keeps a slot piece beside each piece of a merged table", () => {
    const b = new GraphBuilder("train");
    const merged = {
      ...weights,
      pieces: [
        { name: "user", row: 0, rows: 3, initializer: { kind: "constant", value: 0 } as const },
        { name: "item", row: 3, rows: 1, initializer: { kind: "normal", mean: 0, deviation: 1 } as const },
      ],
    };
    const { slots } = appendTrainStep(b, {
      loss: b.sum(b.square(b.state(merged))),
      variables: [merged],
      sparse: new Set(),
      optimizer: { kind: optimizers.adagrad, settings: { initial: 0.3 } },
      schedule: { kind: schedules.constant, settings: {} },
      clip: { kind: "none" },
      step,
    });
    expect(slots).toEqual([
      {
        name: "w/accumulator",
        type: merged.type,
        role: "slot",
        pieces: [
          { name: "user/accumulator", row: 0, rows: 3, initializer: { kind: "constant", value: 0.3 } },
          { name: "item/accumulator", row: 3, rows: 1, initializer: { kind: "constant", value: 0.3 } },
        ],
      },
    ]);
  });

  it("multiplies the learning rate by the schedule's factor of the step", () => {
    const interpreter = trainer({
      optimizer: { kind: optimizers.sgd, settings: { lr: 0.5 } },
      schedule: { kind: schedules.warmup, settings: { steps: 4 } },
    });
    const rates = batches.map((batch) => interpreter.run("train", batch)["rate"]?.data[0]);
    expect(rates).toEqual([0.125, 0.25, 0.375]);
  });

  it("refuses settings that are unknown, missing or of another kind", () => {
    const settings =
      (given: Record<string, unknown>): (() => unknown) =>
      () =>
        trainer({ optimizer: { kind: optimizers.momentum, settings: given } });
    expect(settings({ beta: 1 })).toThrow("`momentum` has no setting `beta`");
    expect(settings({ nesterov: 1 })).toThrow("`momentum` needs `nesterov` as a boolean, has 1");
    expect(() =>
      trainer({
        optimizer: { kind: optimizers.sgd, settings: {} },
        schedule: { kind: schedules.linear, settings: {} },
      }),
    ).toThrow("`linear` needs `steps` as a number, has undefined");
  });
});

it("each optimizer is found by its own name and says what it is", () => {
  for (const [name, optimizer] of Object.entries(optimizers)) {
    expect(resolveOptimizer(name)).toBe(optimizer);
    expect(optimizer.settings[0]?.name).toBe("lr");
    expect(optimizer.paper).toMatch(/\d{4}$/);
    expect(optimizer.settings.every((setting) => setting.doc.endsWith("."))).toBe(true);
  }
  expect(resolveOptimizer("lion")).toBeUndefined();
});
