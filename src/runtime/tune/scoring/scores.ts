/** Formulas over a slice of the log, for one set of parameters after the other. */
import { createEvaluator } from "../../../compiler/formulas/index.js";
import type { FormulaExpression, ServingModel } from "../../../compiler/model/index.js";
import { readsOf } from "../formula/reads.js";
import type { LogPart } from "../log/part.js";

/** Values of parameters by name; those of the spec stand for others. */
export type ParamValues = ReadonlyMap<string, number>;

/** What a formula gives each row of the slice: NaN, ∞ and all. */
export type FormulaColumn = (params: ParamValues) => Float64Array;

/**
 * A formula's column. One that reads no parameter in `moving` is computed once; one whose values depend on the other
 * candidates or on the clock is computed request by request.
 */
export function createFormulaColumn(
  formula: FormulaExpression,
  part: LogPart,
  serving: ServingModel,
  moving: ReadonlySet<string>,
): FormulaColumn {
  const reads = readsOf([formula], serving);
  const compute: FormulaColumn = (params) => {
    const all = new Map([...part.whole.params, ...params]);
    if (!reads.byRequest) return createEvaluator({ ...part.whole, params: all }).numbers(formula);
    const column = new Float64Array(part.rows.rows);
    let at = 0;
    for (const frame of part.requests) {
      column.set(createEvaluator({ ...frame, params: all }).numbers(formula), at);
      at += frame.count;
    }
    return column;
  };
  if ([...reads.params].some((name) => moving.has(name))) return compute;
  let known: Float64Array | undefined;
  return (params) => (known ??= compute(params));
}

/** The column as scores: what is not a finite number orders last, as it does at serving. */
export function scoresOf(column: Float64Array): Float64Array {
  return column.map((value) => (Number.isFinite(value) ? value : -Infinity));
}
