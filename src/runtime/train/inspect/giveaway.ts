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
  const features = model.features.flatMap(({ name }) => {
    const values = valuesOf(name, data, sample);
    return values === undefined ? [] : [{ name, values }];
  });
  // Most labels are known in the same rows: what is the same for all of these is made once.
  let judged:
    { readonly rows: Int32Array; readonly features: readonly (readonly [string, JudgedValues])[] } | undefined;
  const featuresIn = (rows: Int32Array): readonly (readonly [string, JudgedValues])[] => {
    if (judged === undefined || !sameRows(judged.rows, rows))
      judged = { rows, features: features.map(({ name, values }) => [name, judgedValues(values, rows)]) };
    return judged.features;
  };
  return model.labels.flatMap((label, at) => {
    if (label.base !== "event") return [];
    const rows = knownRows(sample, at, model.labels.length);
    const targets = Float32Array.from(rows, (row) => sample.labels[row * model.labels.length + at] ?? 0);
    const positives = targets.reduce((sum, target) => sum + target, 0);
    if (Math.min(positives, rows.length - positives) < fewestRows) return [];
    return featuresIn(rows).map(([feature, values]) => ({
      feature,
      label: label.name,
      auc: aucOfValues(values, targets),
    }));
  });
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

function knownRows({ rows, known }: EncodedBatch, label: number, width: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row).filter((row) => known[row * width + label] !== 0);
}

/** A feature of the sample: a number per row, or the ids that each row has. */
type SampledValues =
  { readonly kind: "numbers"; readonly numbers: Float32Array } | ({ readonly kind: "ids" } & SampledIds);

/** Row i has `codes` from `starts[i]` up to `starts[i + 1]`: ids numbered from 0 as they come. */
interface SampledIds {
  readonly codes: Int32Array;
  readonly starts: Int32Array;
  readonly count: number;
}

function valuesOf(name: string, { layout }: Dataset, sample: EncodedBatch): SampledValues | undefined {
  const number = layout.numbers.find(({ feature }) => feature === name);
  const ids = layout.ids.find(({ feature }) => feature === name);
  if (ids !== undefined) return { kind: "ids", ...sampledIds(sample, layout.idWidth, ids) };
  if (number === undefined) return undefined;
  const { numberWidth } = layout;
  const numbers = new Float32Array(sample.rows);
  for (let row = 0; row < sample.rows; row++) numbers[row] = sample.numbers[row * numberWidth + number.offset]!;
  return { kind: "numbers", numbers };
}

function sampledIds(
  { rows, ids }: EncodedBatch,
  stride: number,
  { offset, width }: { readonly offset: number; readonly width: number },
): SampledIds {
  const known = new Map<number, number>();
  const codes = new Int32Array(rows * width);
  const starts = new Int32Array(rows + 1);
  let filled = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * stride + offset;
    for (let i = first; i < first + width; i++) {
      const id = ids[i]!;
      if (id < 0) continue;
      const code = known.get(id) ?? known.size;
      if (code === known.size) known.set(id, code);
      codes[filled++] = code;
    }
    starts[row + 1] = filled;
  }
  return { codes, starts, count: known.size };
}

/** A feature in the rows in which a label is known, for any label of these rows. */
interface JudgedValues {
  readonly ids: SampledIds;
  /** Of each row, its place in `ids`. */
  readonly rows: Int32Array;
  /** Of numbers; `order` is ascending. */
  readonly numbers?: { readonly values: Float32Array; readonly order: Int32Array };
}

function judgedValues(values: SampledValues, rows: Int32Array): JudgedValues {
  if (values.kind === "ids") return { ids: values, rows };
  const numbers = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) numbers[i] = values.numbers[rows[i]!]!;
  return {
    ids: bucketsOf(numbers),
    rows: rows.map((_, i) => i),
    numbers: { values: numbers, order: ascendingOrder(numbers) },
  };
}

function sameRows(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((row, at) => row === b[at]);
}

function aucOfValues({ ids, rows, numbers }: JudgedValues, targets: Float32Array): number {
  const heldOut = heldOutAuc(ids, rows, targets) ?? 0.5;
  if (numbers === undefined) return heldOut;
  const ordered = aucOfOrder(numbers.order, numbers.values, targets, new Float32Array(targets.length).fill(1)) ?? 0.5;
  return Math.max(ordered, 1 - ordered, heldOut);
}

function aucOfScores(scores: Float32Array, targets: Float32Array): number | undefined {
  return aucOfOrder(ascendingOrder(scores), scores, targets, new Float32Array(scores.length).fill(1));
}

/** Each value's bucket among buckets of about equal counts; equal values share one. */
function bucketsOf(values: Float32Array): SampledIds {
  const sorted = values.toSorted();
  const ends = Float32Array.from(
    { length: sorted.length === 0 ? 0 : numberBuckets },
    (_, i) => sorted[Math.floor((i * sorted.length) / numberBuckets)]!,
  );
  const codes = new Int32Array(values.length);
  const starts = new Int32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    codes[i] = endsUpTo(values[i]!, ends);
    starts[i + 1] = i + 1;
  }
  return { codes, starts, count: ends.length + 1 };
}

/** How many of the ascending ends are at most `value`; none where it is NaN. */
function endsUpTo(value: number, ends: Float32Array): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rates of every second row, judged on the others, and the other way round; a value that only one half has is at the mean. */
function heldOutAuc({ codes, starts, count }: SampledIds, rows: Int32Array, targets: Float32Array): number | undefined {
  const scores = new Float32Array(targets.length);
  for (const half of [0, 1]) {
    const totals = new Float64Array(count);
    const positives = new Float64Array(count);
    let total = 0;
    let allPositives = 0;
    for (let i = half; i < targets.length; i += 2) {
      const target = targets[i]!;
      total += 1;
      allPositives += target;
      for (let at = starts[rows[i]!]!; at < starts[rows[i]! + 1]!; at++) {
        totals[codes[at]!]! += 1;
        positives[codes[at]!]! += target;
      }
    }
    const mean = allPositives / Math.max(1, total);
    for (let i = 1 - half; i < targets.length; i += 2) {
      const start = starts[rows[i]!]!;
      const end = starts[rows[i]! + 1]!;
      let sum = 0;
      // One row of the mean steadies the rates of rare values.
      for (let at = start; at < end; at++) sum += (positives[codes[at]!]! + mean) / (totals[codes[at]!]! + 1);
      scores[i] = end === start ? mean : sum / (end - start);
    }
  }
  return aucOfScores(scores, targets);
}
