/**
 * One operation of a formula over whole columns: `out[i] = a[i] op b[i]` for the first `count` candidates. An operand that is
 * the same for all candidates is a column of one number, with 0 as its mask; the mask of others is −1. Each loop calls
 * one function of its own, so that the engine compiles it into the loop.
 */
import { formulaFunctions, type FormulaFunctionName } from "../functions/index.js";
import { bothHold, doesNotHold, eitherHolds, isEqual, isLess, isLessOrEqual, raise } from "./operations.js";
import type { NumberColumn, TextColumn, TextsColumn } from "./frame.js";

export type UnaryKernel = (out: NumberColumn, a: NumberColumn, aMask: number, count: number) => void;

export type BinaryKernel = (
  out: NumberColumn,
  a: NumberColumn,
  aMask: number,
  b: NumberColumn,
  bMask: number,
  count: number,
) => void;

export const negate: UnaryKernel = (out, a, am, n) => {
  for (let i = 0; i < n; i++) out[i] = -a[i & am]!;
};

export const not: UnaryKernel = (out, a, am, n) => {
  for (let i = 0; i < n; i++) out[i] = doesNotHold(a[i & am]!);
};

export const arithmeticKernels: Readonly<Record<"+" | "-" | "*" | "/" | "^", BinaryKernel>> = {
  "+": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = a[i & am]! + b[i & bm]!;
  },
  "-": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = a[i & am]! - b[i & bm]!;
  },
  "*": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = a[i & am]! * b[i & bm]!;
  },
  "/": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = a[i & am]! / b[i & bm]!;
  },
  "^": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = raise(a[i & am]!, b[i & bm]!);
  },
};

const less: BinaryKernel = (out, a, am, b, bm, n) => {
  for (let i = 0; i < n; i++) out[i] = isLess(a[i & am]!, b[i & bm]!);
};

const lessOrEqual: BinaryKernel = (out, a, am, b, bm, n) => {
  for (let i = 0; i < n; i++) out[i] = isLessOrEqual(a[i & am]!, b[i & bm]!);
};

export const comparisonKernels: Readonly<Record<"==" | "!=" | "<" | "<=" | ">" | ">=", BinaryKernel>> = {
  "==": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = isEqual(a[i & am]!, b[i & bm]!);
  },
  "!=": (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = doesNotHold(isEqual(a[i & am]!, b[i & bm]!));
  },
  "<": less,
  "<=": lessOrEqual,
  ">": (out, a, am, b, bm, n) => less(out, b, bm, a, am, n),
  ">=": (out, a, am, b, bm, n) => lessOrEqual(out, b, bm, a, am, n),
};

export const logicKernels: Readonly<Record<"and" | "or", BinaryKernel>> = {
  and: (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = bothHold(a[i & am]!, b[i & bm]!);
  },
  or: (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = eitherHolds(a[i & am]!, b[i & bm]!);
  },
};

function numbersOf(name: FormulaFunctionName): (...numbers: number[]) => number {
  const row = formulaFunctions[name];
  if (row.of === "numbers" || row.of === "numbers and clock") return row.compute;
  throw new Error(`\`${name}\` is not a function of numbers`);
}

const [age, safePower] = [numbersOf("age"), numbersOf("safe_pow")];

/** Functions of two numbers that rankings call most; `age` has the clock as its second one. */
export const functionKernels: Readonly<Partial<Record<FormulaFunctionName, BinaryKernel>>> = {
  age: (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = age(a[i & am]!, b[i & bm]!);
  },
  safe_pow: (out, a, am, b, bm, n) => {
    for (let i = 0; i < n; i++) out[i] = safePower(a[i & am]!, b[i & bm]!);
  },
};

/** Whether a candidate's text is one of the values: what `isSameText` and `eitherHolds` make of them. */
export function isOneOf(out: NumberColumn, texts: TextColumn, values: readonly string[], count: number): void {
  const [first] = values;
  if (values.length === 1)
    for (let i = 0; i < count; i++) {
      const text = texts[i];
      out[i] = text === undefined ? NaN : text === first ? 1 : 0;
    }
  else
    for (let i = 0; i < count; i++) {
      const text = texts[i];
      out[i] = text === undefined ? NaN : values.includes(text) ? 1 : 0;
    }
}

/** Whether one of a candidate's texts is the value. */
export function hasValue(out: NumberColumn, lists: TextsColumn, value: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const texts = lists[i];
    out[i] = texts === undefined ? NaN : texts.includes(value) ? 1 : 0;
  }
}
