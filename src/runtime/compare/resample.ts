/** Metrics of several models under the same draws of units. */
import {
  createMetricInput,
  metricArguments,
  type MetricInput,
  type MetricRows,
  rowOfMetric,
} from "../../compiler/metrics/index.js";
import type { MetricModel } from "../../compiler/model/index.js";
import { type Draws, drawUnits } from "../statistics/index.js";
import type { Units } from "./units.js";

/**
 * The values of metrics over the rows of resamplings, [metric][model][resample]; NaN where one is undefined. A unit that is drawn n times
 * counts n times by its weights, so that nothing is copied and orders are made once.
 *
 * @param rows by model; only predictions differ
 * @param pause awaited before each; rejects to end the work
 */
export async function resampleMetrics(
  metrics: readonly MetricModel[],
  rows: readonly MetricRows[],
  units: Units,
  draws: Draws,
  { resamples, pause }: { readonly resamples: number; readonly pause?: (() => Promise<void>) | undefined },
): Promise<readonly (readonly Float64Array[])[]> {
  const inputs = rows.map(createMetricInput);
  const values = metrics.map(() => inputs.map(() => new Float64Array(resamples)));
  const [first] = inputs;
  if (first === undefined) return values;
  const measures = metrics.map((metric) => measureOf(metric, units));
  const counts = new Float64Array(units.count);
  for (let r = 0; r < resamples; r++) {
    await pause?.();
    drawUnits(counts, draws);
    const weightsOf = createWeights(counts, units, first.weights);
    for (const [m, { weighting, compute }] of measures.entries()) {
      const weights = weightsOf(weighting);
      for (const [model, input] of inputs.entries()) values[m]![model]![r] = compute({ ...input, weights });
    }
  }
  return values;
}

interface Weighting {
  /** Whether sample weights count. */
  readonly isWeighted: boolean;
  /** Whether a unit counts by the square of its weights. */
  readonly isSquared: boolean;
}

interface Measure {
  readonly weighting: Weighting;
  readonly compute: (input: MetricInput) => number;
}

function measureOf(metric: MetricModel, units: Units): Measure {
  const row = rowOfMetric(metric);
  const args = metricArguments(metric);
  return {
    weighting: {
      isWeighted: args["weighted"] !== false,
      isSquared: units.kind === "groups" && row.groupsAre === "pairs",
    },
    compute: (input) => {
      const value = row.compute(input, args);
      return typeof value === "number" ? value : NaN;
    },
  };
}

/** Weights of rows under counts of units; each kind is made once. */
function createWeights(
  counts: Float64Array,
  { codes }: Units,
  own: Float32Array,
): (weighting: Weighting) => Float32Array {
  const made = new Map<string, Float32Array>();
  return ({ isWeighted, isSquared }) => {
    const key = `${isWeighted} ${isSquared}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const factors = isSquared ? counts.map(Math.sqrt) : counts;
    const weights = new Float32Array(own.length);
    for (let row = 0; row < weights.length; row++) {
      const unit = codes === undefined ? row : codes[row]!;
      if (unit >= 0) weights[row] = (isWeighted ? own[row]! : 1) * factors[unit]!;
    }
    made.set(key, weights);
    return weights;
  };
}
