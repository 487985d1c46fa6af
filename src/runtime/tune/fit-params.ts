/** Parameters by regression: stacking on a long-term label, or logistic regression on the pairs of a survey. */
import { leastBase } from "../../compiler/functions/index.js";
import type { FormulaExpression } from "../../compiler/model/index.js";
import { createFailure } from "../failure.js";
import { type FittedParam, scaleCoefficients } from "./fit/coefficients.js";
import { fitPairwiseLogistic, pairsOf } from "./fit/pairwise.js";
import { fitNonnegativeRidge } from "./fit/stacking.js";
import { centerWithin, compressAmounts } from "./fit/within.js";
import type { IndexForm, IndexPart } from "./formula/index-form.js";
import { createFormulaColumn } from "./scoring/scores.js";
import type { Tuner } from "./tuner.js";

/** Small enough to leave a fit as it is, large enough for columns that say the same. */
const ridge = 1e-3;
const pairPenalty = 1e-4;

export interface ParamFit {
  readonly params: readonly FittedParam[];
  /** Rows or pairs that the fit learned from. */
  readonly observations: number;
}

/** Fits the exponents or weights of the tuner's formula on the slice that is not held out. */
export function fitParams(tuner: Tuner, method: "stacking" | "survey", label: string): ParamFit {
  const { target, log, serving } = tuner;
  const { form } = target;
  if (form === undefined) throw createFailure("MTL7558", { formula: target.name, method });
  const part = log.train;
  const columns = form.columns.map(({ parts }) => {
    const sum = new Float64Array(part.rows.rows);
    for (const each of parts) addPart(sum, each, form.link, (value) => columnOf(value));
    return sum;
  });
  function columnOf(value: FormulaExpression): Float64Array {
    return createFormulaColumn(value, part, serving, new Set())(tuner.production);
  }
  const { numbers, missing } = part.column(label);
  const isKnown = (row: number): boolean => missing?.[row] !== 1;
  const { starts } = part.rows;
  let coefficients: Float64Array;
  let observations = 0;
  if (method === "stacking") {
    const weights = Float64Array.from(numbers, (_, row) => Number(isKnown(row)));
    observations = weights.reduce((sum, weight) => sum + weight, 0);
    if (observations === 0) throw createFailure("MTL7557", { method, needs: `values in \`${label}\`` });
    const target = centerWithin(compressAmounts(numbers), starts, weights);
    const centered = columns.map((column) => centerWithin(column, starts, weights));
    ({ coefficients } = fitNonnegativeRidge(centered, target, weights, ridge));
  } else {
    const pairs = pairsOf(
      numbers.map((value, row) => (isKnown(row) ? value : NaN)),
      starts,
    );
    observations = pairs.winners.length;
    if (observations === 0)
      throw createFailure("MTL7557", { method, needs: `requests whose rows have different \`${label}\`` });
    coefficients = fitPairwiseLogistic(columns, pairs, pairPenalty);
  }
  const params = scaleCoefficients(form, coefficients, target.params);
  if (params === undefined) throw createFailure("MTL7561", { column: anchorText(form), method });
  return { params, observations };
}

function addPart(
  sum: Float64Array,
  { value, scale, guarded }: IndexPart,
  link: IndexForm["link"],
  columnOf: (value: FormulaExpression) => Float64Array,
): void {
  const column = columnOf(value);
  for (let row = 0; row < sum.length; row++) {
    const raw = column[row]!;
    const x = link === "log" ? Math.log(Math.max(raw, leastBase)) : guarded ? Math.max(raw, leastBase) : raw;
    sum[row] = sum[row]! + (Number.isFinite(x) ? scale * x : 0);
  }
}

function anchorText({ columns, link }: IndexForm): string {
  const noun = link === "log" ? "factors" : "terms";
  return columns.some(({ param }) => param === undefined)
    ? `the ${noun} without a parameter`
    : `the first of the ${noun}`;
}
