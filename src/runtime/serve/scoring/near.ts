/**
 * Small batches are scored by the thread of the server itself, which has the model as well: to a worker and back takes longer than a
 * network of a ranking needs for a few rows.
 */
import { join } from "node:path";
import { artifactFiles } from "../../artifact/index.js";
import { openPool, type Pool } from "../../pool/pool.js";
import { columnRows } from "./call-rows.js";
import type { ServingJob, ServingResult, ServingSetup } from "./service.js";
import { statOf } from "../../stat-of.js";

export type Workers = Pool<ServingJob, ServingResult, never>;

/** Rows of a batch up to which it is small. */
export const nearRows = 16;

/** Bytes of weights up to which the server's thread has them once more. */
const nearBytes = 16 * 2 ** 20;

/** Milliseconds that such a batch may hold up those who only read and write. */
const nearMilliseconds = 1;

/** Undefined where the model is too large or too slow for it. @param columns that a row has */
export async function openNear(setup: ServingSetup, columns: readonly string[]): Promise<Workers | undefined> {
  const weights = statOf(join(setup.source, artifactFiles.weights));
  if (weights === undefined || weights.size > nearBytes) return undefined;
  const { channel: _noPermits, ...ranking } = setup.ranking;
  const opened = await openPool<ServingSetup, ServingJob, ServingResult, never>({
    service: "serving",
    setup: { ...setup, ranking },
    workers: 1,
  });
  const rows = columnRows(
    nearRows,
    new Map(columns.map((name) => [name, Array.from({ length: nearRows }, () => null)])),
  );
  let least = Infinity;
  for (let i = 0; i < 8; i++) {
    const started = performance.now();
    await opened.submit({ kind: "inferRows", calls: [rows.records()] });
    least = Math.min(least, performance.now() - started);
  }
  if (least <= nearMilliseconds) return opened;
  await opened.close();
  return undefined;
}
