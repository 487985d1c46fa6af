/** From fitted coefficients of a formula's columns to values of its parameters. */
import type { IndexForm } from "../formula/index-form.js";

/** A parameter of the formula as fits see it. */
export interface CoefficientParam {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface FittedParam {
  readonly name: string;
  readonly value: number;
  /** What the fit gave before it was moved into the range; absent when it was inside. */
  readonly outside?: number;
}

/**
 * The parameter whose value says nothing while the others move, and what it is fixed at: 1 where its range has it, else
 * its value in the spec. Undefined when the formula's scale is fixed already.
 */
export function anchorOf(
  form: IndexForm,
  params: readonly CoefficientParam[],
): { readonly name: string; readonly value: number } | undefined {
  if (form.columns.some(({ param }) => param === undefined)) return undefined;
  const own = form.columns.flatMap(({ param }) => params.filter(({ name }) => name === param));
  const anchor = own.find(({ low, high }) => low <= 1 && high >= 1) ?? own.find(({ value }) => value > 0);
  if (anchor === undefined) return undefined;
  return { name: anchor.name, value: anchor.low <= 1 && anchor.high >= 1 ? 1 : anchor.value };
}

/**
 * Coefficients are known up to a factor: they are scaled so that the column without a parameter has 1, or the anchor its
 * value. Undefined when that column got 0, so that nothing can be scaled by it.
 */
export function scaleCoefficients(
  form: IndexForm,
  coefficients: Float64Array,
  params: readonly CoefficientParam[],
): readonly FittedParam[] | undefined {
  const anchor = anchorOf(form, params);
  const at = form.columns.findIndex(({ param }) => param === anchor?.name);
  const unit = (coefficients[at] ?? 0) / (anchor?.value ?? 1);
  if (!(unit > 0)) return undefined;
  return form.columns.flatMap(({ param }, i) => {
    const found = params.find(({ name }) => name === param);
    if (found === undefined) return [];
    const value = (coefficients[i] ?? 0) / unit;
    const inside = Math.min(found.high, Math.max(found.low, value));
    return [{ name: found.name, value: inside, ...(inside === value ? {} : { outside: value }) }];
  });
}
