/** Formulas where 64-bit floating point is not the real numbers: what the checker says of them, and what they compute. */
import { describe, expect, it } from "vitest";
import { createEvaluator, readInputs } from "../../src/compiler/formulas/index.js";
import { compileText } from "../semantics/compile.js";
import { runCompiled, runGenerated, runInterpreter } from "./evaluators.js";

const compile = (signals: string, formula: string): ReturnType<typeof compileText> =>
  compileText(`model edges\n\nsignals {\n${signals}\n}\n\nfusion score = ${formula}\n\nrank page = top 5 by score\n`);

const errorsOf = (signals: string, formula: string): readonly string[] =>
  compile(signals, formula).diagnostics.flatMap(({ code, severity }) => (severity === "error" ? [code] : []));

/** The formula for each of some candidates; both evaluators agree. */
function compute(signals: string, formula: string, candidates: readonly Readonly<Record<string, number>>[]): number[] {
  const serving = compile(signals, formula).model?.serving;
  if (serving === undefined) throw new Error("the spec does not compile");
  const read = readInputs(serving, { candidates: candidates.map((each, i) => ({ id: `c${i}`, ...each })), now: 0 });
  if (read.kind === "refused") throw new Error("the candidates are not taken");
  const [column] = runInterpreter(serving.fusions, read.frame);
  expect(runGenerated(serving.fusions, read.frame)[0]).toEqual(column);
  expect(runCompiled(serving.fusions, read.frame)[0]).toEqual(column);
  return [...(column ?? [])];
}

describe("the checker refuses what rounding makes wrong", () => {
  it.each([
    ["a negative power of what is below 0", "  d: number < 0", "sqrt(d^-1)", "MTL5003"],
    ["a logarithm of it", "  d: number < 0", "log(d^-1)", "MTL5002"],
    ["an exponential that rounds to 0", "  x: number > -1000", "1 / exp(min(x, 0))", "MTL5001"],
    ["a product of small numbers", "  p: number > 0", "1 / (p * p)", "MTL5001"],
    ["a half of a small number", "  p: number > 0", "log(p / 2)", "MTL5002"],
    ["a power of a small number", "  p: number > 0\n  a: number in [1, 3]", "1 / p^a", "MTL5001"],
    ["a quotient that rounds to 0", "  p: number >= 1", "log(1 / p)", "MTL5002"],
    ["a difference of what is beyond every number", "  x: number >= 1", "((x + 1)^(5000 * x))^0.5", "MTL5004"],
    ["a product at the ends of its range", "  x: number in [0, 1e200]", "x * x", "MTL5004"],
    ["an end that a sum rounds away", "  x: number > 1e-20", "log(1 - x + x)", "MTL5002"],
  ])("%s", (_, signals, formula, code) => {
    expect(errorsOf(signals, formula)).toEqual([code]);
  });
});

describe("the checker takes", () => {
  it.each([
    ["a quotient by what is above 0", "  p: number > 0", "1 / p"],
    ["its logarithm", "  p: number > 0", "log(min(p, 1))"],
    ["a multiple of it below a fraction", "  p: number > 0", "1 / (2 * p)"],
    ["its root", "  p: number > 0", "1 / sqrt(p)"],
    ["a quotient by a negative number", "  d: number < 0", "1 / d"],
    ["the share of a list", "  p: number in [0, 1]", "log(percentile(p)) + 1 / reciprocal_rank(p) + zscore(p)^2"],
  ])("%s", (_, signals, formula) => {
    expect(errorsOf(signals, formula)).toEqual([]);
  });
});

describe("the numbers", () => {
  it("of a line stay between its values however far apart its knots are", () => {
    const line = "piecewise(x, [-1e308, 1e308], [0, 1])";
    expect(compute("  x: number in [-1e308, 1e308]", line, [{ x: 9e307 }, { x: -1e308 }, { x: 0 }])).toEqual([
      0.95, 0, 0.5,
    ]);
  });

  it.each(["rank", "percentile", "minmax", "zscore", "reciprocal_rank"])(
    "of %s are the same beside a candidate that overflows",
    (name) => {
      const formula = `${name}(y * y)`;
      const [single, beside] = [
        [1, 2, 2, 5],
        [1, 2, 2, 1e200, 5],
      ].map((ys) =>
        compute(
          "  y: number >= 0",
          formula,
          ys.map((y) => ({ y })),
        ),
      );
      expect(single?.every(Number.isFinite)).toBe(true);
      expect(beside?.filter((_, i) => i !== 3)).toEqual(single);
      expect(beside?.[3]).toBeNaN();
    },
  );

  it.each([
    ["the smallest", [0, Number.MIN_VALUE]],
    ["the greatest", [-Number.MAX_VALUE, Number.MAX_VALUE]],
  ])("of minmax and zscore are found among %s", (_, ys) => {
    const rows = ys.map((y) => ({ y }));
    expect(compute("  y: number", "minmax(y)", rows)).toEqual([0, 1]);
    expect(compute("  y: number", "zscore(y)", rows)).toEqual([-1, 1]);
  });

  it("of a range hold for the values that are computed", () => {
    const { model } = compile("  x: number in [0.1, 3]", "x^1.7 + exp(x) * log(x)");
    const value = model?.serving?.fusions[0]?.value;
    if (model?.serving === undefined || value?.type !== "number") throw new Error("the spec does not compile");
    const candidates = Array.from({ length: 1000 }, (_, i) => ({ id: `c${i}`, x: 0.1 + (2.9 * i) / 999 }));
    const read = readInputs(model.serving, { candidates: [...candidates, { id: "end", x: 3 }], now: 0 });
    if (read.kind === "refused") throw new Error("the candidates are not taken");
    const { low = -Infinity, high = Infinity } = value.range ?? {};
    for (const x of createEvaluator(read.frame).numbers(value)) expect(x >= low && x <= high).toBe(true);
    expect([low, high].every(Number.isFinite)).toBe(true);
  });
});
