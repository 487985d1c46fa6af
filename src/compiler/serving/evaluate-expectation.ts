import { createEvaluator, type Frame } from "../formulas/index.js";
import { operandsOf } from "../model/formula.js";
import type { FormulaExpression, FormulaType, TestExpression, TestLeaf } from "../model/index.js";
import type { Span } from "../text/index.js";

/** A value of an expectation; undefined where it is missing or unknown; a list of candidates by their names. */
export type ExpectationValue = number | string | boolean | readonly string[] | undefined;

/** The value of one part of an expectation. */
export interface ObservedValue {
  readonly node: TestExpression;
  readonly span: Span;
  readonly value: ExpectationValue;
}

/**
 * Evaluates an expectation and every part of it, the parts first. Each operation is computed by the formulas' own
 * evaluator, over a frame of one row that holds its operands: a test and a ranking cannot disagree on what `^` means.
 */
export function evaluateExpectation(
  tree: TestExpression,
  leaf: (leaf: Exclude<TestLeaf, { kind: "constant" }>) => ExpectationValue,
  now: number,
): readonly ObservedValue[] {
  const observed: ObservedValue[] = [];
  const evaluate = (node: TestExpression): ExpectationValue => {
    const operands = operandsOf(node);
    const value =
      node.kind === "constant"
        ? node.value
        : node.kind === "param" || node.kind === "of" || node.kind === "ranking" || node.kind === "candidates"
          ? leaf(node)
          : applyNode(node, operands.map(evaluate), now);
    observed.push({ node, span: node.span, value });
    return value;
  };
  evaluate(tree);
  return observed;
}

type InnerNode = Exclude<TestExpression, TestLeaf>;

function applyNode(node: InnerNode, operands: readonly ExpectationValue[], now: number): ExpectationValue {
  const [left, right] = operands;
  if (Array.isArray(left) || Array.isArray(right)) return compareLists(node, left, right);
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, readonly (string | undefined)[]>();
  const inputs = operandsOf<TestExpression>(node).map((operand, i): FormulaExpression => {
    const name = String(i);
    const value = operands[i];
    if (operand.type === "text") texts.set(name, [typeof value === "string" ? value : undefined]);
    else
      numbers.set(name, Float64Array.of(typeof value === "number" || typeof value === "boolean" ? Number(value) : NaN));
    return { kind: "input", type: operand.type as FormulaType, name, span: operand.span };
  });
  const frame: Frame = {
    count: 1,
    now,
    params: new Map(),
    numbers,
    texts,
    lists: new Map(),
    vectors: new Map(),
    fusions: new Map(),
  };
  const evaluator = createEvaluator(frame);
  const whole = withOperands(node, inputs);
  if (node.type === "text") return evaluator.texts(whole)[0];
  const value = evaluator.numbers(whole)[0]!;
  if (Number.isNaN(value)) return undefined;
  return node.type === "bool" ? value === 1 : value;
}

/** Two lists of candidates are equal when they have the same ones in the same order. */
function compareLists(node: InnerNode, left: ExpectationValue, right: ExpectationValue): ExpectationValue {
  if (left === undefined || right === undefined || !Array.isArray(left) || !Array.isArray(right)) return undefined;
  if (node.kind === "member") return left.every((each) => right.includes(each));
  const same = left.length === right.length && left.every((each, i) => each === right[i]);
  return node.kind === "comparison" && node.operator === "!=" ? !same : same;
}

function withOperands(node: InnerNode, operands: readonly FormulaExpression[]): FormulaExpression {
  const [first, second] = operands as [FormulaExpression, FormulaExpression];
  switch (node.kind) {
    case "negate":
    case "not":
    case "list":
    case "piecewise":
      return { ...node, operand: first };
    case "arithmetic":
    case "comparison":
    case "logic":
      return { ...node, left: first, right: second };
    case "member":
      return { ...node, operand: first, values: operands.slice(1) };
    case "call":
      return { ...node, arguments: operands };
  }
}
