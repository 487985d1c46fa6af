/**
 * The functions of formulas and conditions, a row each: parameters, result and its range, what it computes, and a sentence
 * for editors. Checker, interpreter, generated code, completion and hover read the rows. Pure; imports nothing.
 */
import { choiceFunctions } from "./choices.js";
import { listFunctions } from "./lists.js";
import { numberFunctions } from "./numbers.js";
import type { CandidateFunction, FormulaFunction, ListFunction } from "./row.js";

const candidateFunctions = { ...numberFunctions, ...choiceFunctions };

/** A function of one candidate's values. */
export type FormulaFunctionName = keyof typeof candidateFunctions;
/** A function of the request's list of candidates. */
export type ListFunctionName = keyof typeof listFunctions;

/** By their names, in the order in which editors offer them. */
export const formulaFunctions: Readonly<
  Record<FormulaFunctionName, CandidateFunction> & Record<ListFunctionName, ListFunction>
> = { ...candidateFunctions, ...listFunctions };

/** The function of that name, which may be any text. */
export function findFormulaFunction(name: string): FormulaFunction | undefined {
  const rows: Readonly<Record<string, FormulaFunction>> = formulaFunctions;
  return Object.hasOwn(rows, name) ? rows[name] : undefined;
}

export function isFormulaFunction(name: string): name is FormulaFunctionName {
  return Object.hasOwn(candidateFunctions, name);
}

export function isListFunction(name: string): name is ListFunctionName {
  return Object.hasOwn(listFunctions, name);
}

/** The parameters of `piecewise`, which takes lists besides its number. */
export const piecewiseParameters = ["x", "knots", "values"] as const;

/** Every word that a formula may call. */
export const formulaCallWords: readonly string[] = [...Object.keys(formulaFunctions), "piecewise"];

export { leastBase } from "./numbers.js";
export type { Column, FormulaFunction, FormulaKind, FormulaParameter } from "./row.js";
