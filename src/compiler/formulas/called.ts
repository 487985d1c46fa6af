import { formulaFunctions, type FormulaFunctionName, type ListFunctionName } from "../functions/index.js";
import {
  bothHold,
  doesNotHold,
  eitherHolds,
  hasText,
  interpolate,
  isEqual,
  isLess,
  isLessOrEqual,
  isSameText,
  isTextLess,
  isTextLessOrEqual,
  raise,
} from "./operations.js";

const operators = {
  bothHold,
  doesNotHold,
  eitherHolds,
  hasText,
  interpolate,
  isEqual,
  isLess,
  isLessOrEqual,
  isSameText,
  isTextLess,
  isTextLessOrEqual,
  raise,
};

export type OperatorName = keyof typeof operators;

/** The name under which generated code calls a function: `if` is a word of JavaScript. */
export function calledName(name: FormulaFunctionName | ListFunctionName): string {
  return `fn_${name}`;
}

/** The functions that generated code calls by their names, and that the serving module carries for it. */
export const calledFunctions: Readonly<Record<string, unknown>> = {
  ...operators,
  ...Object.fromEntries(
    Object.entries(formulaFunctions).map(([name, { compute }]) => [calledName(name as FormulaFunctionName), compute]),
  ),
};
