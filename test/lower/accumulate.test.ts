import { describe, expect, it } from "vitest";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { averagedReader } from "../../src/runtime/train/average.js";
import { heldReader } from "../../src/runtime/engine/state.js";
import { codesOf, compileText, messagesOf } from "../semantics/compile.js";
import { type Feeds, functionOf, modelOf, open, type Opened, randomFeeds } from "./harness.js";

const spec = (train: string, layer = "mlp(x, [3])"): string => `model m
features {
  u: categorical(hash: 6, embed: 4)
  tags: bag(hash: 6, embed: 4, max: 3)
  age: numeric(scale: none, missing: 0)
}
labels { click: event }
input x = [u, tags, age]
tower t = ${layer}
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce, weights: 0.1 * l2(weights) }
train { ${train} }
`;

/** Rows [from, to) of a batch. */
function part(feeds: Feeds, from: number, to: number): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => {
      const width = shape.slice(1).reduce((size, side) => size * side, 1);
      return [name, { shape: [to - from, ...shape.slice(1)], data: Array.from(data).slice(from * width, to * width) }];
    }),
  );
}

/** Random rows with sample weights; the last ones only fill the batch up. */
function weighted({ model }: Opened, rows: number, seed: number): Feeds {
  const feeds = randomFeeds(model, rows, seed);
  const weights = Array.from({ length: rows }, (_, row) => (row >= rows - 2 ? 0 : 1 + (row % 3)));
  return { ...feeds, weights: { shape: [rows], data: weights } };
}

const stateOf = ({ program, interpreter }: Opened, keep: (name: string) => boolean = () => true) =>
  program.state.flatMap(({ name }) => (keep(name) ? [[name, [...interpreter.get(name).data]] as const] : []));

describe("steps of several batches", () => {
  for (const embeddings of ["sparse", "dense"])
    it(`are one step over all of their rows, with ${embeddings} tables`, () => {
      const rest = `embeddings: ${embeddings}, optimizer: adam(lr: 0.1), clip: norm(0.5), schedule: linear(steps: 9)`;
      const whole = open(spec(`batch: 12, ${rest}`));
      const parts = open(spec(`batch: 4, accumulate: 3, ${rest}`));
      for (const seed of [1, 2, 3]) {
        const feeds = weighted(whole, 12, seed);
        whole.run("train", feeds);
        for (const from of [0, 4, 8]) parts.run("train", part(feeds, from, from + 4));
        parts.run("apply", {});
      }
      const own = new Set(whole.program.state.map(({ name }) => name));
      const [one, many] = [stateOf(whole), new Map(stateOf(parts, (name) => own.has(name)))];
      expect(many.size).toBe(one.length);
      for (const [name, values] of one)
        values.forEach((value, i) => expect(many.get(name)?.[i], name).toBeCloseTo(value, 9));
      // What was added up is forgotten.
      const left = stateOf(parts, (name) => /\/(gradient|touched)$|accumulated\/weight/.test(name));
      expect(left.length).toBeGreaterThan(5);
      expect(left.flatMap(([, values]) => values).every((value) => value === 0)).toBe(true);
    });

  it("draw other random numbers in each batch", () => {
    const opened = open(spec("batch: 4, accumulate: 3", "mlp(x, [8], dropout: 0.5)"));
    const feeds = weighted(opened, 4, 1);
    const losses = [1, 2, 3].map(() => opened.run("train", feeds)["loss"]?.data[0]);
    expect(new Set(losses).size).toBe(3);
  });

  it("of one batch are the program without them", () => {
    const sizes = { ids: { u: 7, tags: 7 } };
    expect(lowerModel(modelOf(spec("accumulate: 1")), sizes)).toEqual(lowerModel(modelOf(spec("batch: 1_024")), sizes));
  });

  it("and averages say what is wrong with their numbers", () => {
    expect(codesOf(spec("accumulate: 0"))).toEqual(["MTL3003"]);
    expect(codesOf(spec("ema: 1"))).toEqual(["MTL3003"]);
    expect(messagesOf(compileText(spec("ema: 0.5, accumulate: 2")))).toBe("");
  });
});

describe("the moving average of the weights", () => {
  for (const train of ["embeddings: sparse", "embeddings: dense", "embeddings: sparse, accumulate: 2"])
    it(`is that of every element after every step, with ${train}`, () => {
      const decay = 0.7;
      const opened = open(spec(`${train}, ema: ${decay}, batch: 2, optimizer: sgd(lr: 0.5)`));
      const { program, interpreter } = opened;
      const names = program.state.flatMap(({ name, role }) => (role === "parameter" ? [name] : []));
      const weights = (): ReadonlyMap<string, readonly number[]> =>
        new Map(names.map((name) => [name, [...interpreter.get(name).data]]));
      const averages = new Map(weights());
      // Beyond step 21, where the decay is what the spec says.
      for (let step = 0; step < 26; step += 1) {
        opened.run("train", weighted(opened, 3, step));
        if (train.includes("accumulate")) {
          opened.run("train", weighted(opened, 4, step + 50));
          opened.run("apply", {});
        }
        const share = Math.min(decay, step / (step + 9));
        for (const [name, values] of weights())
          averages.set(
            name,
            values.map((value, i) => share * (averages.get(name)?.[i] ?? NaN) + (1 - share) * value),
          );
        const held = new Map(
          program.state.map(({ name }) => {
            const { shape, data } = interpreter.get(name);
            return [name, { shape: shape.map(Number), data: Float32Array.from(data) }];
          }),
        );
        const reader = averagedReader(heldReader(held), program, decay);
        for (const variable of program.state.filter(({ role }) => role === "parameter"))
          [...reader.rows(variable, 0, Number(variable.type.shape[0] ?? 1))].forEach((value, i) => {
            expect(value, `${variable.name} ${step}`).toBeCloseTo(averages.get(variable.name)?.[i] ?? NaN, 5);
          });
      }
      expect(functionOf(program, "evaluate").nodes.some(({ op }) => op === "random")).toBe(false);
    });
});
