/** The columnar interpreter: a formula over the candidates of a request, one operation after the other. */
import { formulaFunctions, type FormulaFunctionName } from "../functions/index.js";
import type { FormulaExpression } from "../model/index.js";
import type { Frame, NumberColumn, TextColumn, TextsColumn } from "./frame.js";
import * as operations from "./operations.js";

/** Evaluates formulas over one frame; each formula that others read is computed once. */
export interface Evaluator {
  /** Numbers, times, durations, and conditions as 1, 0 or NaN. Not to be written to. */
  readonly numbers: (expression: FormulaExpression) => NumberColumn;
  readonly texts: (expression: FormulaExpression) => TextColumn;
}

export function createEvaluator(frame: Frame): Evaluator {
  const fusions = new Map<string, NumberColumn>();
  const evaluator: Evaluator = {
    numbers: (expression) => evaluateNumbers(expression),
    texts: (expression) => evaluateTexts(expression),
  };
  return evaluator;

  function evaluateNumbers(node: FormulaExpression): NumberColumn {
    switch (node.kind) {
      case "constant":
        return new Float64Array(frame.count).fill(typeof node.value === "string" ? NaN : Number(node.value));
      case "input":
        return required(frame.numbers.get(node.name), node.name);
      case "param":
        return new Float64Array(frame.count).fill(required(frame.params.get(node.name), node.name));
      case "fusion": {
        const known = fusions.get(node.name);
        if (known !== undefined) return known;
        const column = evaluateNumbers(required(frame.fusions.get(node.name), node.name));
        fusions.set(node.name, column);
        return column;
      }
      case "negate":
        return evaluateNumbers(node.operand).map((x) => -x);
      case "not":
        return evaluateNumbers(node.operand).map(operations.doesNotHold);
      case "arithmetic": {
        const [a, b] = [evaluateNumbers(node.left), evaluateNumbers(node.right)];
        return combine(a, b, arithmetic[node.operator]);
      }
      case "comparison": {
        if (node.left.type === "text") {
          const [a, b] = [evaluateTexts(node.left), evaluateTexts(node.right)];
          return compareTexts(a, b, node.operator);
        }
        const [a, b] = [evaluateNumbers(node.left), evaluateNumbers(node.right)];
        return combine(a, b, comparison[node.operator]);
      }
      case "logic": {
        const [a, b] = [evaluateNumbers(node.left), evaluateNumbers(node.right)];
        return combine(a, b, node.operator === "and" ? operations.bothHold : operations.eitherHolds);
      }
      case "member":
        return node.values
          .map((value) => memberOf(node.operand, value))
          .reduce((a, b) => combine(a, b, operations.eitherHolds));
      case "call":
        return evaluateCall(node.function, node.arguments);
      case "list":
        return formulaFunctions[node.function].compute(evaluateNumbers(node.operand));
      case "piecewise":
        return evaluateNumbers(node.operand).map((x) => operations.interpolate(x, node.knots, node.values));
    }
  }

  function memberOf(operand: FormulaExpression, value: FormulaExpression): NumberColumn {
    if (operand.type === "texts" && operand.kind === "input") {
      const texts = evaluateTexts(value);
      const lists: TextsColumn = required(frame.lists.get(operand.name), operand.name);
      return Float64Array.from(lists, (each, i) => operations.hasText(each, texts[i]));
    }
    if (operand.type === "text") return compareTexts(evaluateTexts(operand), evaluateTexts(value), "==");
    return combine(evaluateNumbers(operand), evaluateNumbers(value), operations.isEqual);
  }

  function evaluateTexts(node: FormulaExpression): TextColumn {
    if (node.kind === "constant") {
      const text = typeof node.value === "string" ? node.value : undefined;
      return Array.from({ length: frame.count }, () => text);
    }
    if (node.kind === "input") return required(frame.texts.get(node.name), node.name);
    const [argument] = node.kind === "call" ? node.arguments : [];
    const row = node.kind === "call" ? formulaFunctions[node.function] : undefined;
    if (argument === undefined || row?.of !== "text")
      throw new Error(`a formula of the kind ${node.kind} is not a text`);
    return evaluateTexts(argument).map(row.compute);
  }

  function evaluateCall(name: FormulaFunctionName, args: readonly FormulaExpression[]): NumberColumn {
    const row = formulaFunctions[name];
    switch (row.of) {
      case "numbers":
        return applyNumbers(row.compute, args.map(evaluateNumbers));
      case "numbers and clock":
        return applyNumbers(row.compute, [...args.map(evaluateNumbers), evaluateClock()]);
      case "value":
        return Float64Array.from(valuesOf(required(args[0], name)), (value) => row.compute(value));
      case "text":
        throw new Error(`\`${name}\` is not a number`);
    }
  }

  function evaluateClock(): NumberColumn {
    return new Float64Array(frame.count).fill(frame.now);
  }

  /** The values of a node of any type. */
  function valuesOf(node: FormulaExpression): ArrayLike<unknown> {
    switch (node.type) {
      case "text":
        return evaluateTexts(node);
      case "texts":
      case "vector": {
        const name = node.kind === "input" ? node.name : "";
        return required(frame.lists.get(name) ?? frame.vectors.get(name), name);
      }
      default:
        return evaluateNumbers(node);
    }
  }
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
  return Float64Array.from(a, (x, i) => textComparison[operator](x, b[i]));
}

type TextBinary = (a: string | undefined, b: string | undefined) => number;

const textComparison: Readonly<Record<keyof typeof comparison, TextBinary>> = {
  "==": operations.isSameText,
  "!=": (a, b) => operations.doesNotHold(operations.isSameText(a, b)),
  "<": operations.isTextLess,
  "<=": operations.isTextLessOrEqual,
  ">": (a, b) => operations.isTextLess(b, a),
  ">=": (a, b) => operations.isTextLessOrEqual(b, a),
};

/** Names were resolved by the checker: one that is not there is our mistake, not the user's. */
function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the frame has no \`${name}\``);
  return value;
}
