/** Some encoded rows of a data set, held: a seeded choice over all of its files, the same for the same data. */
import type { Dataset, EncodedBatch } from "../../data/index.js";

/** At most `rows` rows; their arrays are their own. */
export function sampleRows(data: Dataset, rows: number): EncodedBatch {
  const size = Math.min(rows, data.rows);
  if (size > 0)
    for (const batch of data.batches({ size, shuffle: { seed: 1, epoch: 0 }, pad: false }))
      return {
        rows: batch.rows,
        size: batch.rows,
        ids: batch.ids.slice(),
        numbers: batch.numbers.slice(),
        labels: batch.labels.slice(),
        known: batch.known.slice(),
        weights: batch.weights.slice(),
      };
  const none = new Float32Array(0);
  return { rows: 0, size: 0, ids: new Int32Array(0), numbers: none, labels: none, known: none, weights: none };
}
