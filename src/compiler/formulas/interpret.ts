/** The columnar interpreter: a formula over the candidates of a request, one operation after the other. */
import type { FormulaExpression, FormulaFunctionName, ListFunctionName } from "../model/index.js";
import type { Frame, NumberColumn, TextColumn, TextsColumn } from "./frame.js";
import * as list from "./list-functions.js";
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
        return listFunctions[node.function](evaluateNumbers(node.operand));
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
    const [argument] = node.kind === "call" && node.function === "lower" ? node.arguments : [];
    if (argument === undefined) throw new Error(`a formula of the kind ${node.kind} is not a text`);
    return evaluateTexts(argument).map(operations.lowerText);
  }

  function evaluateCall(name: FormulaFunctionName, args: readonly FormulaExpression[]): NumberColumn {
    const column = (i: number): NumberColumn => evaluateNumbers(required(args[i], name));
    switch (name) {
      case "missing":
        return missingIn(required(args[0], name));
      case "lower":
        throw new Error("`lower` is not a number");
      case "age":
        return column(0).map((time) => operations.ageOf(time, frame.now));
      case "min":
      case "max":
      case "safe_pow":
      case "coalesce":
        return combine(column(0), column(1), binary[name]);
      case "clamp":
      case "if": {
        const [a, b, c] = [column(0), column(1), column(2)];
        const apply = name === "if" ? operations.choose : operations.clampNumber;
        return a.map((x, i) => apply(x, b[i]!, c[i]!));
      }
      default:
        return column(0).map(unary[name]);
    }
  }

  function missingIn(node: FormulaExpression): NumberColumn {
    switch (node.type) {
      case "text":
        return Float64Array.from(evaluateTexts(node), operations.isMissingValue);
      case "texts":
      case "vector": {
        const name = node.kind === "input" ? node.name : "";
        const column: readonly unknown[] = required(frame.lists.get(name) ?? frame.vectors.get(name), name);
        return Float64Array.from(column, operations.isMissingValue);
      }
      default:
        return evaluateNumbers(node).map(operations.isMissing);
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

const binary = {
  min: Math.min,
  max: Math.max,
  safe_pow: operations.safePower,
  coalesce: operations.fallBack,
} as const satisfies Readonly<Record<string, Binary>>;

const unary = {
  abs: (x: number) => Math.abs(x),
  floor: (x: number) => Math.floor(x),
  exp: (x: number) => Math.exp(x),
  log: (x: number) => Math.log(x),
  log1p: (x: number) => Math.log1p(x),
  sqrt: (x: number) => Math.sqrt(x),
  sigmoid: (x: number) => operations.logistic(x),
} as const;

const listFunctions: Readonly<Record<ListFunctionName, (column: NumberColumn) => NumberColumn>> = {
  rank: (column) => new Float64Array(list.rankColumn(column)),
  percentile: (column) => new Float64Array(list.percentileColumn(column)),
  minmax: (column) => new Float64Array(list.minmaxColumn(column)),
  zscore: (column) => new Float64Array(list.zscoreColumn(column)),
  reciprocal_rank: (column) => new Float64Array(list.reciprocalRankColumn(column)),
};

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
