import { describe, expect, it } from "vitest";
import { createEvaluator, readInputs, type Frame, type NamedFormula } from "../../src/compiler/fusion/index.js";
import type { FormulaExpression, ServingModel } from "../../src/compiler/model/index.js";
import { compileText } from "../semantics/compile.js";
import { differingRows, runGenerated, runInterpreter } from "./evaluators.js";
import { createRandom, inputs, now, randomCandidates, randomFormula } from "./random-formula.js";

/** `MTLC_FORMULAS=100000` runs the full count. */
const wanted = Number(process.env["MTLC_FORMULAS"] ?? 5000);
const rowCount = 20;
const batch = 40;

/** The formulas of a batch that the checker takes. */
function acceptFormulas(texts: readonly string[]): {
  readonly serving: ServingModel;
  readonly texts: readonly string[];
} {
  let rest = texts;
  for (;;) {
    const spec = `model random\n\n${inputs}\n${rest.map((text, i) => `fusion f${i} = ${text}\n`).join("")}`;
    const { model, diagnostics } = compileText(spec);
    if (model?.serving !== undefined) return { serving: model.serving, texts: rest };
    const lineOf = (offset: number): number => spec.slice(0, offset).split("\n").length;
    const first = lineOf(spec.indexOf("fusion f0"));
    const bad = new Set(diagnostics.map(({ span }) => lineOf(span.start) - first));
    if (bad.size === 0) throw new Error("no model and no message");
    rest = rest.filter((_, i) => !bad.has(i));
  }
}

function frameOf(serving: ServingModel, candidates: readonly Readonly<Record<string, unknown>>[]): Frame {
  const result = readInputs(serving, { candidates, now });
  if (result.kind === "refused" || result.leftOut.length > 0)
    throw new Error("candidates inside the ranges were not taken");
  return result.frame;
}

/** Whether every part of a formula stays in the range that the checker proved of that part. */
function staysInRanges(root: FormulaExpression, frame: Frame): boolean {
  const evaluator = createEvaluator(frame);
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    pending.push(...childrenOf(node));
    if (node.type !== "number" || node.range === undefined) continue;
    const { low = -Infinity, high = Infinity, lowOpen, highOpen } = node.range;
    // Powers and logarithms of the engine are right to the last bit but one: a range may be left by that.
    const slack = (end: number): number => (Number.isFinite(end) ? Math.abs(end) * 4e-16 : 0);
    const inside = (x: number): boolean =>
      // What is missing is handled further up.
      Number.isNaN(x) ||
      (x >= low - slack(low) &&
        x <= high + slack(high) &&
        !(lowOpen === true && x === low && low === 0) &&
        !(highOpen === true && x === high && high === 0));
    if (!evaluator.numbers(node).every(inside)) return false;
  }
  return true;
}

function childrenOf(node: FormulaExpression): readonly FormulaExpression[] {
  switch (node.kind) {
    case "negate":
    case "not":
    case "list":
    case "piecewise":
      return [node.operand];
    case "arithmetic":
    case "comparison":
    case "logic":
      return [node.left, node.right];
    case "member":
      return [node.operand, ...node.values];
    case "call":
      return node.arguments;
    default:
      return [];
  }
}

describe("random formulas", () => {
  it(
    `the checker accepts stay finite, and both evaluators give the same bits (${wanted} × ${rowCount})`,
    () => {
      const random = createRandom(20_261_105);
      let tried = 0;
      let accepted = 0;
      const faults: string[] = [];
      while (accepted < wanted) {
        const { serving, texts } = acceptFormulas(
          Array.from({ length: batch }, () => randomFormula(random, 1 + Math.floor(random() * 4))),
        );
        tried += batch;
        accepted += texts.length;
        const frame = frameOf(serving, randomCandidates(random, rowCount));
        const formulas: readonly NamedFormula[] = serving.fusions;
        const [a, b] = [runInterpreter(formulas, frame), runGenerated(formulas, frame)];
        texts.forEach((text, i) => {
          const [x, y] = [a[i], b[i]];
          if (x === undefined || y === undefined) throw new Error("a formula has no column");
          if (differingRows(x, y).length > 0) faults.push(`differ: ${text}`);
          if (!x.every(Number.isFinite)) faults.push(`not finite: ${text}`);
          const value = formulas[i]?.value;
          if (value !== undefined && !staysInRanges(value, frame)) faults.push(`leaves a range: ${text}`);
        });
      }
      expect(faults.slice(0, 10)).toEqual([]);
      // A generator whose formulas were nearly all refused, or all taken, would show little.
      expect(accepted / tried).toBeGreaterThan(0.3);
      expect(accepted / tried).toBeLessThan(0.97);
    },
    wanted > 5000 ? 3_600_000 : 60_000,
  );
});
