import { describe, expect, it } from "vitest";
import { createEvaluator, readInputs, type Frame, type NamedFormula } from "../../src/compiler/formulas/index.js";
import type { FormulaExpression, ServingModel } from "../../src/compiler/model/index.js";
import { compileText } from "../semantics/compile.js";
import { differingRows, runCompiled, runGenerated, runInterpreter } from "./evaluators.js";
import {
  createRandom,
  extremeInputs,
  now,
  randomCandidates,
  randomFormula,
  shopInputs,
  unboundedInputs,
  type FormulaInputs,
} from "./random-formula.js";

/** `MTLC_FORMULAS=100000` runs the full count. */
const wanted = Number(process.env["MTLC_FORMULAS"] ?? 3000);
const rowCount = 20;
const batch = 40;

/** The formulas of a batch that the checker takes. */
function acceptFormulas(
  inputs: string,
  texts: readonly string[],
): {
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

/** The rows in which some part of a formula leaves the range that the checker proved of that part. */
function leavesRange(root: FormulaExpression, frame: Frame): boolean {
  const evaluator = createEvaluator(frame);
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    pending.push(...childrenOf(node));
    if (node.type !== "number" || node.range === undefined) continue;
    const { low = -Infinity, high = Infinity, lowOpen, highOpen } = node.range;
    const inside = (x: number): boolean =>
      // What is missing is handled further up.
      Number.isNaN(x) || ((lowOpen === true ? x > low : x >= low) && (highOpen === true ? x < high : x <= high));
    if (!evaluator.numbers(node).every(inside)) return true;
  }
  return false;
}

/** Whether a function of the list gives no number to a candidate for whom its argument is finite. */
function disturbsOthers(root: FormulaExpression, frame: Frame): boolean {
  const evaluator = createEvaluator(frame);
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    pending.push(...childrenOf(node));
    if (node.kind !== "list") continue;
    const [given, got] = [evaluator.numbers(node.operand), evaluator.numbers(node)];
    if (given.some((x, i) => Number.isFinite(x) && !Number.isFinite(got[i]))) return true;
  }
  return false;
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

/** Formulas over one kind of inputs, until so many were accepted; faults by text. */
function tryFormulas(
  kind: FormulaInputs,
  seed: number,
): { readonly faults: readonly string[]; readonly share: number } {
  const random = createRandom(seed);
  let tried = 0;
  let accepted = 0;
  const faults: string[] = [];
  while (accepted < wanted) {
    const { serving, texts } = acceptFormulas(
      kind.declarations,
      Array.from({ length: batch }, () => randomFormula(random, 1 + Math.floor(random() * 4), kind)),
    );
    tried += batch;
    accepted += texts.length;
    const frame = frameOf(serving, randomCandidates(random, rowCount, kind));
    const formulas: readonly NamedFormula[] = serving.fusions;
    const [a, b, c] = [runInterpreter, runGenerated, runCompiled].map((run) => run(formulas, frame));
    texts.forEach((text, i) => {
      const [x, y, z] = [a?.[i], b?.[i], c?.[i]];
      const value = formulas[i]?.value;
      if (x === undefined || y === undefined || z === undefined || value === undefined)
        throw new Error("a formula has no column");
      if (differingRows(x, y).length > 0) faults.push(`differ: ${text}`);
      if (differingRows(x, z).length > 0) faults.push(`differ compiled: ${text}`);
      if (kind.bounded && !x.every(Number.isFinite)) faults.push(`not finite: ${text}`);
      if (leavesRange(value, frame)) faults.push(`leaves a range: ${text}`);
      if (disturbsOthers(value, frame)) faults.push(`disturbs others: ${text}`);
    });
  }
  return { faults, share: accepted / tried };
}

describe("random formulas", () => {
  it.each([
    ["inputs of a shop", shopInputs, 20_261_105],
    ["inputs at the ends of floating point", extremeInputs, 20_261_127],
    ["inputs without a bound", unboundedInputs, 20_261_128],
  ] as const)(
    `the checker accepts are finite and in their ranges, by all evaluators bit for bit (${wanted} × ${rowCount}): %s`,
    (_, kind, seed) => {
      const { faults, share } = tryFormulas(kind, seed);
      expect(faults.slice(0, 10)).toEqual([]);
      // A generator whose formulas were nearly all refused, or all taken, would show little.
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.97);
    },
    wanted > 5000 ? 3_600_000 : 120_000,
  );
});
