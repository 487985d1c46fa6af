import type {
  FormulaExpression,
  FormulaRange,
  FormulaTree,
  FormulaType,
  TestExpression,
  TestLeaf,
} from "../model/index.js";
import { nameText, numberText } from "./value-text.js";
import { quote } from "../text/index.js";

/** From loose to tight, as in the language; comparisons do not chain. */
const strength = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, minus: 7, power: 8, tightest: 9 } as const;

interface Written {
  readonly text: string;
  readonly own: number;
}

/** A formula, a condition or an expectation, with no more parentheses than it needs. */
export function formulaText(expression: FormulaExpression | TestExpression): string {
  return textOf(expression, 0);
}

function textOf(expression: FormulaTree<TestLeaf | FormulaExpression>, outer: number): string {
  const { text, own } = write(expression);
  return own < outer ? `(${text})` : text;
}

function write(expression: FormulaTree<TestLeaf | FormulaExpression>): Written {
  switch (expression.kind) {
    case "constant":
      return { text: constantText(expression.type, expression.value), own: strength.tightest };
    case "input":
    case "param":
    case "fusion":
    case "ranking":
      return { text: expression.name, own: strength.tightest };
    case "of":
      return { text: `${textOf(expression.value, 0)}(${expression.candidate})`, own: strength.tightest };
    case "candidates": {
      const [first, ...others] = expression.names;
      const isOne = first !== undefined && others.length === 0;
      return { text: isOne ? first : `[${expression.names.join(", ")}]`, own: strength.tightest };
    }
    case "negate":
      return { text: `-${textOf(expression.operand, strength.minus)}`, own: strength.minus };
    case "not":
      return { text: `not ${textOf(expression.operand, strength.not)}`, own: strength.not };
    case "arithmetic": {
      const { operator, left, right } = expression;
      const own =
        operator === "^" ? strength.power : operator === "*" || operator === "/" ? strength.product : strength.sum;
      const [outerLeft, outerRight] = operator === "^" ? [own + 1, own] : [own, own + 1];
      return { text: `${textOf(left, outerLeft)}${spaced(operator)}${textOf(right, outerRight)}`, own };
    }
    case "comparison": {
      const side = strength.comparison + 1;
      const { left, right, operator } = expression;
      return { text: `${textOf(left, side)} ${operator} ${textOf(right, side)}`, own: strength.comparison };
    }
    case "logic": {
      const own = strength[expression.operator];
      // A tree that leans to the right is another tree, and keeps its parentheses.
      return {
        text: `${textOf(expression.left, own)} ${expression.operator} ${textOf(expression.right, own + 1)}`,
        own,
      };
    }
    case "member": {
      const { operand, values } = expression;
      const side = strength.comparison + 1;
      const [value] = values;
      const text =
        operand.type === "texts" && value !== undefined
          ? `${textOf(value, side)} in ${textOf(operand, side)}`
          : `${textOf(operand, side)} in [${values.map((each) => textOf(each, 0)).join(", ")}]`;
      return { text, own: strength.comparison };
    }
    case "call":
      return {
        text: `${expression.function}(${expression.arguments.map((each) => textOf(each, 0)).join(", ")})`,
        own: strength.tightest,
      };
    case "list":
      return { text: `${expression.function}(${textOf(expression.operand, 0)})`, own: strength.tightest };
    case "piecewise": {
      const list = (numbers: readonly number[]): string => `[${numbers.map(numberText).join(", ")}]`;
      const { operand, knots, values } = expression;
      return { text: `piecewise(${textOf(operand, 0)}, ${list(knots)}, ${list(values)})`, own: strength.tightest };
    }
  }
}

/** As the formatter has it: no spaces around `^`. */
export function spaced(operator: string): string {
  return operator === "^" ? "^" : ` ${operator} `;
}

/** A constant by its type: `7d`, `2026-11-01`, `"sale"`. */
export function constantText(type: FormulaType, value: number | string | boolean): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return String(value);
  if (type === "time") return dateText(value);
  return type === "duration" ? durationText(value) : numberText(value);
}

/** `2026-11-01`, or with the time of the day in UTC. */
export function dateText(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  return text.endsWith("T00:00:00Z") ? text.slice(0, 10) : text;
}

const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** `7d`, `90s`: in the largest unit that divides it. */
export function durationText(seconds: number): string {
  const unit = units.find(([, size]) => seconds !== 0 && seconds % size === 0);
  if (unit !== undefined) return `${seconds / unit[1]}${unit[0]}`;
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

/** `in [0, 1]`, `>= 0`; nothing for any number. */
export function rangeText(range: FormulaRange | undefined): string {
  const { low, high, lowOpen, highOpen } = range ?? {};
  if (low !== undefined && high !== undefined) return `in [${numberText(low)}, ${numberText(high)}]`;
  if (low !== undefined) return `${lowOpen === true ? ">" : ">="} ${numberText(low)}`;
  if (high !== undefined) return `${highOpen === true ? "<" : "<="} ${numberText(high)}`;
  return "";
}

/** `[a, b]` or the one name. */
export function namesText(names: readonly string[]): string {
  const [only = "", ...others] = names;
  return others.length === 0 ? nameText(only) : `[${names.map(nameText).join(", ")}]`;
}
