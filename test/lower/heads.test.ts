/** Heads in log space: right where numbers are easy, finite with their gradients where they are not. */
import { describe, expect, it } from "vitest";
import { crossEntropy } from "../../src/compiler/builtins/losses/bce.js";
import { createInterpreter, float32, GraphBuilder, gradients } from "../../src/compiler/graph/index.js";
import { lowerHead } from "../../src/compiler/lower/heads.js";
import { logOneMinusExp } from "../../src/compiler/lower/log-space.js";
import type { HeadExpression } from "../../src/compiler/model/index.js";
import { distance, list, open, randomFeeds, runInFloat32, scalar, withLabels } from "./harness.js";

type Activation = Extract<HeadExpression, { kind: "activation" }>["function"];

const activation = (node: number, name: Activation = "sigmoid"): HeadExpression => ({
  kind: "activation",
  function: name,
  logit: { kind: "value", node },
});
const [a, b, c] = [activation(0), activation(1), activation(2)];

/** A head over three logits as a function of them, with its cross-entropies and their gradients. */
function headFunction(expression: HeadExpression) {
  const builder = new GraphBuilder("head");
  const logits = [0, 1, 2].map((place) => builder.input(`z${place}`, float32("B")));
  const value = lowerHead(
    {
      builder,
      logit: ({ node }) => logits[node] ?? -1,
      head: () => {
        throw new Error("there are no other heads");
      },
      trainOnly: true,
    },
    expression,
  );
  const isProbability = value.logTrue !== undefined;
  const losses = isProbability ? [0, 1].map((target) => crossEntropy(builder, value, builder.fill(["B"], target))) : [];
  return builder.finish([
    { name: "p", value: value.value },
    ...losses.flatMap((loss, target) => [
      { name: `loss${target}`, value: loss },
      ...gradients(builder, builder.sum(loss), logits).map((slope, place) => ({
        name: `slope${target}${place}`,
        value: slope,
      })),
    ]),
  ]);
}

const feedsOf = (columns: readonly (readonly number[])[]) =>
  Object.fromEntries(
    [0, 1, 2].map((place) => {
      const data = columns[place] ?? columns[0]?.map(() => 0) ?? [];
      return [`z${place}`, { shape: [data.length], data }];
    }),
  );

const extremes = [-120, -88, -50, -20, -1, 0, 1, 20, 50, 88, 120];
const pairs = extremes.flatMap((x) => extremes.map((y) => [x, y] as const));

const product: HeadExpression = { kind: "product", factors: [a, b] };
const expressions: Readonly<Record<string, HeadExpression>> = {
  "a task": a,
  "a chain of two": product,
  "a chain of three": { kind: "product", factors: [a, b, c] },
  "a quotient": { kind: "quotient", numerator: a, denominator: b },
  "the quotient of a chain": { kind: "quotient", numerator: product, denominator: b },
  "a complement": { kind: "complement", operand: a },
  "the complement of a chain": { kind: "complement", operand: product },
  "a chain with a complement": { kind: "product", factors: [{ kind: "complement", operand: a }, b] },
};

describe.each(Object.entries(expressions))("%s", (name, expression) => {
  const fn = headFunction(expression);

  it("has finite losses and gradients in float32 at logits of ±50 and beyond, and a value in [0, 1]", () => {
    const outputs = runInFloat32(fn, feedsOf([pairs.map(([x]) => x), pairs.map(([, y]) => y), pairs.map(() => -50)]));
    for (const [output, values] of Object.entries(outputs)) {
      expect([name, output, values.filter((value) => !Number.isFinite(value))]).toEqual([name, output, []]);
    }
    expect(outputs["p"]?.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it("has the losses of its value where float64 can tell", () => {
    const z = [-3, -1.2, 0.4, 2, -4];
    const y = [1, 2.5, 3, 4, 5];
    const feeds = feedsOf([z, y, [0.3, -0.7, 0.1, 2, 1]]);
    const outputs = createInterpreter({ state: [], functions: [fn] }).run("head", feeds);
    const p = list(outputs, "p");
    expect(
      distance(
        list(outputs, "loss1"),
        p.map((each) => -Math.log(each)),
      ),
    ).toBeLessThan(1e-9);
    expect(
      distance(
        list(outputs, "loss0"),
        p.map((each) => -Math.log1p(-each)),
      ),
    ).toBeLessThan(1e-9);
  });
});

describe("head values", () => {
  const evaluate = (expression: HeadExpression, ...columns: readonly (readonly number[])[]): readonly number[] =>
    list(createInterpreter({ state: [], functions: [headFunction(expression)] }).run("head", feedsOf(columns)), "p");
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

  it("follow the rules of events", () => {
    const [z, y] = [
      [0.5, -2],
      [1, -1],
    ];
    expect(
      distance(
        evaluate(product, z, y),
        [0, 1].map((i) => sigmoid(z[i] ?? 0) * sigmoid(y[i] ?? 0)),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(evaluate({ kind: "quotient", numerator: product, denominator: b }, z, y), z.map(sigmoid)),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        evaluate({ kind: "complement", operand: product }, z, y),
        [0, 1].map((i) => 1 - sigmoid(z[i] ?? 0) * sigmoid(y[i] ?? 0)),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        evaluate({ kind: "product", factors: [a, activation(1, "softplus")] }, z, y),
        [0, 1].map((i) => sigmoid(z[i] ?? 0) * Math.log1p(Math.exp(y[i] ?? 0))),
      ),
    ).toBeLessThan(1e-12);
  });

  it("of a quotient stay at 1 where the estimates contradict each other", () => {
    expect(evaluate({ kind: "quotient", numerator: a, denominator: b }, [3], [-3])).toEqual([1]);
  });

  it("of exp stop at e³⁰, of identity and softplus do not", () => {
    expect(evaluate(activation(0, "exp"), [1, 1000])).toEqual(
      [Math.E, Math.exp(30)].map((value) => expect.closeTo(value, 3) as unknown as number),
    );
    expect(evaluate(activation(0, "identity"), [-7, 7])).toEqual([-7, 7]);
    expect(evaluate(activation(0, "softplus"), [50])[0]).toBeCloseTo(50, 12);
  });
});

describe("log(1 − eˣ)", () => {
  it("is right to float32's last digits on both sides of −log 2", () => {
    const builder = new GraphBuilder("log");
    const x = builder.input("x", float32("B"));
    const fn = builder.finish([{ name: "y", value: logOneMinusExp(builder, x) }]);
    const points = [-1e-30, -1e-12, -1e-6, -0.01, -0.5, -0.693, -0.694, -1, -5, -20, -80].map(Math.fround);
    const exact = points.map((value) => (value > -0.5 ? Math.log(-Math.expm1(value)) : Math.log1p(-Math.exp(value))));
    const found = runInFloat32(fn, { x: { shape: [points.length], data: points } })["y"] ?? [];
    expect(
      found.map((value, place) => Math.abs(value / (exact[place] ?? NaN) - 1)).filter((error) => !(error < 3e-6)),
    ).toEqual([]);
  });
});

describe("ESMM", () => {
  const opened = open(`
model esmm
features { a: numeric, b: numeric }
labels { click: event, buy: event within click }
task ctr: P(click) = sigmoid(logit([a]))
task cvr: P(buy | click) = sigmoid(logit([b]))
chain ctcvr = ctr * cvr
loss { ctr: bce, ctcvr: bce }
train { optimizer: sgd(lr: 1), batch: 4 }
`);
  const { interpreter, model } = opened;
  const set = (ctrBias: number): void => {
    interpreter.set("ctr/logit.weight", [0.5]);
    interpreter.set("ctr/logit.bias", [ctrBias]);
    interpreter.set("cvr/logit.weight", [0.5]);
    interpreter.set("cvr/logit.bias", [0]);
  };
  const feeds = withLabels(model, randomFeeds(model, 4), { click: [1, 1, 0, 0], buy: [1, 0, 0, 0] });

  it("has no direct term of the conversion rate: a loss of it only on clicks would move otherwise", () => {
    expect(model.loss.terms.map(({ head }) => head)).toEqual(["ctr", "ctcvr"]);
    set(0);
    const before = opened.run("evaluate", feeds);
    expect(Object.keys(before).filter((name) => name.startsWith("loss/"))).toEqual(["loss/ctr", "loss/ctcvr"]);
    // Where the click is certain the chain is the conversion itself, and its loss is that of all rows.
    set(60);
    const out = opened.run("evaluate", feeds);
    const rows = list(out, "cvr").map((p, row) => (row === 0 ? -Math.log(p) : -Math.log(1 - p)));
    expect(scalar(out, "loss/ctcvr")).toBeCloseTo(rows.reduce((sum, each) => sum + each, 0) / 4, 9);
    expect(scalar(out, "weight/ctcvr")).toBe(4);
  });

  it("multiplies probabilities, not logits", () => {
    set(0.3);
    const out = opened.run("evaluate", feeds);
    const product = list(out, "ctr").map((p, row) => p * (list(out, "cvr")[row] ?? NaN));
    expect(distance(list(out, "ctcvr"), product)).toBeLessThan(1e-12);
  });

  it("gives the conversion rate no gradient where the click has probability 0 and nothing is bought", () => {
    set(-60);
    const none = withLabels(model, feeds, { click: [0, 0, 0, 0], buy: [0, 0, 0, 0] });
    opened.run("train", none);
    expect(interpreter.get("cvr/logit.bias").data[0]).toBeCloseTo(0, 20);
    expect(interpreter.get("cvr/logit.weight").data[0]).toBeCloseTo(0.5, 20);
    set(0);
    opened.run("train", none);
    expect(interpreter.get("cvr/logit.bias").data[0]).toBeLessThan(-1e-3);
  });
});
