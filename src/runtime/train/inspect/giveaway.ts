/**
 * How well single features tell a label, on a sample: what tells it almost surely was most likely made from it. Values
 * are turned into the rate of positives that half of the sample shows for them, and judged on the other half, so that an
 * id that occurs once says nothing; numbers are judged by their order as well.
 */
import { outcomeLabels } from "../../../compiler/builtins/index.js";
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Model } from "../../../compiler/model/model.js";
import type { Dataset, EncodedBatch } from "../../data/index.js";
import { ascendingOrder, aucOfOrder } from "../../../compiler/metrics/index.js";
import { sampleRows } from "./sample.js";

/** Rows of the sample. */
const sampledRows = 16_384;
/** Rows of the rarer answer below which an AUC is mere chance. */
const fewestRows = 20;
/** Above this AUC a single feature gives the label away. */
const givesAway = 0.99;
/** Buckets of equal counts that numbers are cut into. */
const numberBuckets = 64;

/** The AUC of one feature for one label, turned so that it is at least that of its order. */
export interface SingleAuc {
  readonly feature: string;
  readonly label: string;
  /** In [0, 1]; 0.5 says nothing. */
  readonly auc: number;
}

/** The AUC of each feature for each event that has enough rows of both kinds in the sample. */
export function singleAucs(model: Pick<Model, "features" | "labels">, data: Dataset): readonly SingleAuc[] {
  const sample = sampleRows(data, sampledRows);
  const found: SingleAuc[] = [];
  for (const [at, label] of model.labels.entries()) {
    if (label.base !== "event") continue;
    const rows = knownRows(sample, at, model.labels.length);
    const targets = Float32Array.from(rows, (row) => sample.labels[row * model.labels.length + at] ?? 0);
    const positives = targets.reduce((sum, target) => sum + target, 0);
    if (Math.min(positives, rows.length - positives) < fewestRows) continue;
    for (const { name } of model.features) {
      const value = aucOfFeature(name, data, sample, rows, targets);
      if (value !== undefined) found.push({ feature: name, label: label.name, auc: value });
    }
  }
  return found;
}

/** A warning (MTL7147) per pair of a feature and a label that it gives away. A label that is a condition, such as a scene, is known before. */
export function warnOfGiveaways(
  { features, labels, heads, loss }: Pick<Model, "features" | "labels" | "heads" | "loss">,
  aucs: readonly SingleAuc[],
): readonly Diagnostic[] {
  const outcomes = outcomeLabels(
    labels,
    heads.map(({ type }) => type),
    loss.terms,
  );
  return aucs
    .filter(({ label, auc }) => auc > givesAway && outcomes.has(label))
    .map(({ feature, label, auc }) => {
      const span = features.find(({ name }) => name === feature)?.span ?? { file: "", start: 0, end: 0 };
      return createDiagnostic("MTL7147", { feature, label, auc }, span, {
        help: `if it is known only after \`${label}\`, leave it out: serving does not have it`,
      });
    });
}

function knownRows({ rows, known }: EncodedBatch, label: number, width: number): readonly number[] {
  return Array.from({ length: rows }, (_, row) => row).filter((row) => known[row * width + label] !== 0);
}

function aucOfFeature(
  name: string,
  { layout }: Dataset,
  sample: EncodedBatch,
  rows: readonly number[],
  targets: Float32Array,
): number | undefined {
  const number = layout.numbers.find(({ feature }) => feature === name);
  const ids = layout.ids.find(({ feature }) => feature === name);
  if (number !== undefined && ids === undefined) {
    const values = Float32Array.from(rows, (row) => sample.numbers[row * layout.numberWidth + number.offset] ?? 0);
    const ordered = aucOfScores(values, targets) ?? 0.5;
    const buckets = bucketsOf(values).map((bucket) => [bucket]);
    return Math.max(ordered, 1 - ordered, heldOutAuc(buckets, targets) ?? 0.5);
  }
  if (ids === undefined) return undefined;
  return heldOutAuc(
    rows.map((row) => {
      const start = row * layout.idWidth + ids.offset;
      return Array.from(sample.ids.subarray(start, start + ids.width)).filter((id) => id >= 0);
    }),
    targets,
  );
}

function aucOfScores(scores: Float32Array, targets: Float32Array): number | undefined {
  return aucOfOrder(ascendingOrder(scores), scores, targets, new Float32Array(scores.length).fill(1));
}

/** Each value's bucket among buckets of about equal counts; equal values share one. */
function bucketsOf(values: Float32Array): readonly number[] {
  const sorted = values.toSorted();
  const ends = Array.from({ length: numberBuckets }, (_, i) => sorted[Math.floor((i * sorted.length) / numberBuckets)]);
  return Array.from(values, (value) => ends.filter((end) => end !== undefined && end <= value).length);
}

/** Rates of every second row, judged on the others, and the other way round; a value that only one half has is at the mean. */
function heldOutAuc(values: readonly (readonly number[])[], targets: Float32Array): number | undefined {
  const scores = new Float32Array(targets.length);
  for (const half of [0, 1]) {
    const counts = new Map<number, { n: number; positives: number }>();
    let total = 0;
    let positives = 0;
    for (let row = half; row < targets.length; row += 2) {
      const target = targets[row] ?? 0;
      total += 1;
      positives += target;
      for (const value of values[row] ?? []) {
        const count = counts.get(value) ?? { n: 0, positives: 0 };
        count.n += 1;
        count.positives += target;
        counts.set(value, count);
      }
    }
    const mean = positives / Math.max(1, total);
    for (let row = 1 - half; row < targets.length; row += 2) {
      const rates = (values[row] ?? []).map((value) => {
        const { n, positives: own } = counts.get(value) ?? { n: 0, positives: 0 };
        // One row of the mean steadies the rates of rare values.
        return (own + mean) / (n + 1);
      });
      scores[row] = rates.length === 0 ? mean : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    }
  }
  return aucOfScores(scores, targets);
}
