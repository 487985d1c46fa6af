/** Labels, sample spaces and weights over all encoded rows, in one pass. */
import { columnText, headTypeText } from "../../compiler/describe/index.js";
import type { Model } from "../../compiler/model/model.js";
import type { Dataset } from "../data/index.js";
import { truthsOf } from "../measure/sample-space.js";
import type { TrueType } from "../train/inspect/space-counts.js";
import type { RoleProfile } from "./types.js";

const scanBatch = 4096;

/** What every row says beside its features. */
export function rowParts(
  { labels, heads, data: { weight } }: Model,
  data: Dataset,
): Pick<RoleProfile, "labels" | "heads" | "weight"> {
  const known = labels.map(() => ({ n: 0, sum: 0 }));
  const spaces = heads.flatMap(({ name, type }) =>
    type.kind === "score" ? [] : [{ name, type: type as TrueType, rows: 0, known: 0, sum: 0 }],
  );
  const weights = { minimum: Infinity, maximum: -Infinity, sum: 0, zeros: 0 };
  for (const batch of data.batches({ size: scanBatch, pad: false })) {
    for (let row = 0; row < batch.rows; row++) {
      const value = batch.weights[row] ?? 0;
      weights.minimum = Math.min(weights.minimum, value);
      weights.maximum = Math.max(weights.maximum, value);
      weights.sum += value;
      if (value === 0) weights.zeros += 1;
      for (const [i, counts] of known.entries()) {
        const at = row * labels.length + i;
        if (batch.known[at] === 0) continue;
        counts.n += 1;
        counts.sum += batch.labels[at] ?? 0;
      }
    }
    const rows = { rows: batch.rows, labels, values: batch.labels, known: batch.known };
    for (const space of spaces) {
      const truth = truthsOf(space.type, space.type.given, rows);
      for (let row = 0; row < batch.rows; row++) {
        if (batch.weights[row] === 0 || truth.given(row) !== 1) continue;
        space.rows += 1;
        const target = truth.target(row);
        if (Number.isNaN(target)) continue;
        space.known += 1;
        space.sum += target;
      }
    }
  }
  return {
    labels: labels.map(({ name, base, source }, i) => {
      const { n = 0, sum = 0 } = known[i] ?? {};
      return {
        name,
        kind: base,
        source: columnText(source),
        nulls: data.rows - n,
        ...(n === 0 || base === "classes" ? {} : { mean: single(sum / n) }),
      };
    }),
    heads: spaces.map(({ name, type, rows, known: truths, sum }) => ({
      name,
      predicts: headTypeText(labels, type),
      rows,
      known: truths,
      ...(truths === 0 || type.kind === "classes" ? {} : { mean: single(sum / truths) }),
    })),
    ...(weight === undefined || data.rows === 0
      ? {}
      : {
          weight: {
            column: weight,
            minimum: single(weights.minimum),
            mean: single(weights.sum / data.rows),
            maximum: single(weights.maximum),
            zeroShare: weights.zeros / data.rows,
          },
        }),
  };
}

/** Rows hold single precision: more digits than that would be invented. */
function single(value: number): number {
  return Number(value.toPrecision(7));
}
