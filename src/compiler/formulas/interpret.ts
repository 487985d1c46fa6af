/** The columnar interpreter: a formula over the candidates of a request, one operation after the other. */
import { formulaFunctions } from "../functions/index.js";
import type { FormulaExpression } from "../model/index.js";
import type { Frame, NumberColumn, TextColumn, TextsColumn } from "./frame.js";
import * as operations from "./operations.js";
import { textComparisons } from "./text-comparisons.js";

/** Evaluates formulas over one frame; each formula that others read is computed once. */
export interface Evaluator {
  /** Numbers, times, durations, and conditions as 1, 0 or NaN. Not to be written to. */
  readonly numbers: (expression: FormulaExpression) => NumberColumn;
  readonly texts: (expression: FormulaExpression) => TextColumn;
}

export function createEvaluator(frame: Frame): Evaluator {
  const evaluation: Evaluation = { frame, fusions: new Map() };
  return {
    numbers: (expression) => evaluateNumbers(evaluation, expression),
    texts: (expression) => evaluateTexts(frame, expression),
  };
}

interface Evaluation {
  readonly frame: Frame;
  /** The columns of formulas that others read, by name, as they are computed. */
  readonly fusions: Map<string, NumberColumn>;
}

type NodeOf<K extends FormulaExpression["kind"]> = Extract<FormulaExpression, { readonly kind: K }>;

function evaluateNumbers(evaluation: Evaluation, node: FormulaExpression): NumberColumn {
  const { frame } = evaluation;
  switch (node.kind) {
    case "constant":
      return repeat(frame, typeof node.value === "string" ? NaN : Number(node.value));
    case "input":
      return required(frame.numbers.get(node.name), node.name);
    case "param":
      return repeat(frame, required(frame.params.get(node.name), node.name));
    case "fusion":
      return evaluateFusion(evaluation, node.name);
    case "negate":
      return evaluateNumbers(evaluation, node.operand).map((x) => -x);
    case "not":
      return evaluateNumbers(evaluation, node.operand).map(operations.doesNotHold);
    case "arithmetic":
      return combine(
        evaluateNumbers(evaluation, node.left),
        evaluateNumbers(evaluation, node.right),
        arithmetic[node.operator],
      );
    case "comparison":
      return evaluateComparison(evaluation, node);
    case "logic":
      return combine(
        evaluateNumbers(evaluation, node.left),
        evaluateNumbers(evaluation, node.right),
        node.operator === "and" ? operations.bothHold : operations.eitherHolds,
      );
    case "member":
      return node.values
        .map((value) => evaluateMember(evaluation, node.operand, value))
        .reduce((a, b) => combine(a, b, operations.eitherHolds));
    case "call":
      return evaluateCall(evaluation, node);
    case "list":
      return formulaFunctions[node.function].compute(evaluateNumbers(evaluation, node.operand));
    case "piecewise":
      return evaluateNumbers(evaluation, node.operand).map((x) => operations.interpolate(x, node.knots, node.values));
  }
}

/** A formula that others read, computed by the first that asks for it. */
function evaluateFusion(evaluation: Evaluation, name: string): NumberColumn {
  const known = evaluation.fusions.get(name);
  if (known !== undefined) return known;
  const column = evaluateNumbers(evaluation, required(evaluation.frame.fusions.get(name), name));
  evaluation.fusions.set(name, column);
  return column;
}

function evaluateComparison(evaluation: Evaluation, { left, right, operator }: NodeOf<"comparison">): NumberColumn {
  if (left.type === "text")
    return compareTexts(evaluateTexts(evaluation.frame, left), evaluateTexts(evaluation.frame, right), operator);
  return combine(evaluateNumbers(evaluation, left), evaluateNumbers(evaluation, right), comparison[operator]);
}

/** Whether the operand is the value, or has it among its texts. */
function evaluateMember(evaluation: Evaluation, operand: FormulaExpression, value: FormulaExpression): NumberColumn {
  const { frame } = evaluation;
  if (operand.type === "texts" && operand.kind === "input") {
    const texts = evaluateTexts(frame, value);
    const lists: TextsColumn = required(frame.lists.get(operand.name), operand.name);
    return Float64Array.from(lists, (each, i) => operations.hasText(each, texts[i]));
  }
  if (operand.type === "text") return compareTexts(evaluateTexts(frame, operand), evaluateTexts(frame, value), "==");
  return combine(evaluateNumbers(evaluation, operand), evaluateNumbers(evaluation, value), operations.isEqual);
}

function evaluateTexts(frame: Frame, node: FormulaExpression): TextColumn {
  if (node.kind === "constant") {
    const text = typeof node.value === "string" ? node.value : undefined;
    return Array.from({ length: frame.count }, () => text);
  }
  if (node.kind === "input") return required(frame.texts.get(node.name), node.name);
  const [argument] = node.kind === "call" ? node.arguments : [];
  const row = node.kind === "call" ? formulaFunctions[node.function] : undefined;
  if (argument === undefined || row?.of !== "text") throw new Error(`a formula of the kind ${node.kind} is not a text`);
  return evaluateTexts(frame, argument).map(row.compute);
}

function evaluateCall(evaluation: Evaluation, { function: name, arguments: args }: NodeOf<"call">): NumberColumn {
  const row = formulaFunctions[name];
  switch (row.of) {
    case "numbers":
      return applyNumbers(row.compute, evaluateEach(evaluation, args));
    case "numbers and clock":
      return applyNumbers(row.compute, [
        ...evaluateEach(evaluation, args),
        repeat(evaluation.frame, evaluation.frame.now),
      ]);
    case "value":
      return Float64Array.from(evaluateValues(evaluation, required(args[0], name)), (value) => row.compute(value));
    case "text":
      throw new Error(`\`${name}\` is not a number`);
  }
}

function evaluateEach(evaluation: Evaluation, nodes: readonly FormulaExpression[]): readonly NumberColumn[] {
  return nodes.map((node) => evaluateNumbers(evaluation, node));
}

/** The values of a node of any type. */
function evaluateValues(evaluation: Evaluation, node: FormulaExpression): ArrayLike<unknown> {
  const { frame } = evaluation;
  switch (node.type) {
    case "text":
      return evaluateTexts(frame, node);
    case "texts":
    case "vector": {
      const name = node.kind === "input" ? node.name : "";
      return required(frame.lists.get(name) ?? frame.vectors.get(name), name);
    }
    default:
      return evaluateNumbers(evaluation, node);
  }
}

/** One number for all candidates. */
function repeat({ count }: Frame, value: number): NumberColumn {
  return new Float64Array(count).fill(value);
}

type Binary = (a: number, b: number) => number;

const arithmetic: Readonly<Record<"+" | "-" | "*" | "/" | "^", Binary>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": operations.raise,
};

const comparison: Readonly<Record<"==" | "!=" | "<" | "<=" | ">" | ">=", Binary>> = {
  "==": operations.isEqual,
  "!=": (a, b) => operations.doesNotHold(operations.isEqual(a, b)),
  "<": operations.isLess,
  "<=": operations.isLessOrEqual,
  ">": (a, b) => operations.isLess(b, a),
  ">=": (a, b) => operations.isLessOrEqual(b, a),
};

/** `compute` over the rows of its arguments' columns. */
function applyNumbers(compute: (...numbers: number[]) => number, columns: readonly NumberColumn[]): NumberColumn {
  const [a, b, c, ...more] = columns;
  if (a === undefined) throw new Error("a function of numbers without an argument");
  if (b === undefined) return a.map((x) => compute(x));
  if (c === undefined) return combine(a, b, compute);
  // Without an array per row: two and three arguments are what formulas have.
  if (more.length === 0) return a.map((x, i) => compute(x, b[i]!, c[i]!));
  return a.map((x, i) => compute(x, ...columns.slice(1).map((column) => column[i]!)));
}

function combine(a: NumberColumn, b: NumberColumn, apply: Binary): NumberColumn {
  const result = new Float64Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = apply(a[i]!, b[i]!);
  return result;
}

function compareTexts(a: TextColumn, b: TextColumn, operator: keyof typeof comparison): NumberColumn {
  return Float64Array.from(a, (x, i) => textComparisons[operator](x, b[i]));
}

/** Names were resolved by the checker: one that is not there is our mistake, not the user's. */
function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the frame has no \`${name}\``);
  return value;
}
