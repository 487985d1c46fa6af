import { describe, expect, it } from "vitest";
import {
  compareExplanations,
  createEvaluator,
  explainFormula,
  readInputs,
  type FormulaExplanation,
} from "../../src/compiler/formulas/index.js";
import { compileText } from "../semantics/compile.js";
import { createRandom, now, randomCandidates, shopInputs } from "./random-formula.js";

function explainAll(formula: string): readonly FormulaExplanation[] {
  const { model } = compileText(`model m\n\n${shopInputs.declarations}\nfusion score = ${formula}\n`);
  if (model?.serving === undefined) throw new Error("no model");
  const candidates = randomCandidates(createRandom(7), 200, shopInputs);
  const read = readInputs(model.serving, { candidates, now });
  if (read.kind === "refused") throw new Error("refused");
  const evaluator = createEvaluator(read.frame);
  const leaf = { kind: "fusion", type: "number", name: "score", span: { file: "", start: 0, end: 0 } } as const;
  return [...read.kept.keys()].map((row) => explainFormula(read.frame, evaluator, leaf, row));
}

const total = ({ parts }: FormulaExplanation): number => parts.reduce((sum, part) => sum + part.contribution, 0);

describe("an explanation", () => {
  it.each([
    ["(ctr + 0.01) * (alpha + cvr) * (beta + price) * (1 + stay)^alpha", 4],
    ["(rate + 0.01) / (1 + price) * exp(odds - 0.5 * alpha)", 4],
    ["exp(odds + log(rate) - cvr)", 3],
    ["rate^beta * safe_pow(ctr, alpha) / rank(price)", 3],
  ])("of the product %s sums to ln(score) within 1e-9", (formula, parts) => {
    for (const explanation of explainAll(formula)) {
      expect(explanation.kind).toBe("product");
      expect(explanation.parts).toHaveLength(parts);
      expect(Math.abs(total(explanation) - Math.log(explanation.score))).toBeLessThan(1e-9);
    }
  });

  it("of a sum sums to the score", () => {
    for (const explanation of explainAll("2 * ctr - (odds - rate * price) + 1")) {
      expect(explanation).toMatchObject({ kind: "sum", parts: { length: 4 } });
      expect(Math.abs(total(explanation) - explanation.score)).toBeLessThan(1e-9 * (1 + Math.abs(explanation.score)));
    }
  });

  it("has no parts where there is nothing to divide, and none below 0", () => {
    for (const { kind, parts } of explainAll("max(ctr, cvr)")) expect([kind, parts]).toEqual(["value", []]);
    for (const { kind, score } of explainAll("odds * rate")) expect(kind).toBe(score < 0 ? "value" : "product");
  });

  it("says why one candidate is above another", () => {
    const [a, b] = explainAll("rate * (1 + price) * beta");
    if (a === undefined || b === undefined) throw new Error("no candidates");
    const difference = compareExplanations(a, b);
    expect(difference.difference).toBeCloseTo(Math.log(a.score / b.score), 9);
    const sum = difference.parts.reduce((all, part) => all + part.contribution, 0);
    expect(Math.abs(sum - difference.difference)).toBeLessThan(1e-9);
    // What is the same for both explains nothing.
    expect(difference.parts.length).toBeLessThanOrEqual(2);
  });
});
