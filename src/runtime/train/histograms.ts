/** How the numbers of embedding tables are distributed, for TensorBoard. */
import type { Program } from "../../compiler/graph/index.js";
import type { Session } from "../engine/engine.js";
import { rowChunks, sessionReader } from "../engine/state.js";
import type { Histogram } from "./tensorboard.js";

const bucketCount = 30;

/** One for each table of the spec, `embedding/user_id`; buckets of equal width from the least value to the greatest. */
export function embeddingHistograms(session: Session, { state }: Program): readonly Histogram[] {
  const reader = sessionReader(session, state);
  return state.flatMap((variable) => {
    if (variable.role !== "parameter") return [];
    const tables = variable.pieces.filter(({ name }) => name.endsWith(".embedding"));
    return tables.map(({ name, row, rows }): Histogram => {
      const chunks = function* (): IterableIterator<Float32Array | Int32Array> {
        for (const { first, count } of rowChunks(variable, row, row + rows)) yield reader.rows(variable, first, count);
      };
      return histogramOf(`embedding/${name.slice(0, -".embedding".length)}`, chunks);
    });
  });
}

/** In two passes, so that no table is held at once. Values that are not finite are left out. */
export function histogramOf(tag: string, chunks: () => Iterable<ArrayLike<number>>): Histogram {
  let [min, max, sum, sumOfSquares, count] = [Infinity, -Infinity, 0, 0, 0];
  const visit = (body: (value: number) => void): void => {
    for (const values of chunks())
      for (let i = 0; i < values.length; i += 1) if (Number.isFinite(values[i]!)) body(values[i]!);
  };
  visit((value) => {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
    count += 1;
  });
  if (count === 0) return { tag, min: 0, max: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [0], counts: [0] };
  const width = (max - min) / bucketCount || 1;
  const counts = Array.from({ length: bucketCount }, () => 0);
  visit((value) => {
    const bucket = Math.min(bucketCount - 1, Math.floor((value - min) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  });
  const limits = counts.map((_, i) => min + (i + 1) * width);
  return { tag, min, max, count, sum, sumOfSquares, limits, counts };
}
