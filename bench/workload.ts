/** The two training workloads as plain arrays, for peers that know nothing of `.mtl`. */
import { omitUndefined } from "../src/compiler/text/index.js";
import type { BatchOptions, Dataset } from "../src/runtime/data/batches/dataset.js";

/** Shape of the MMoE that all peers train. */
export interface MmoeShape {
  /** Rows of each feature's embedding table, "unknown" included, in the order of the id columns. */
  readonly sizes: readonly number[];
  readonly embed: number;
  readonly experts: number;
  readonly units: number;
  readonly tower: number;
  readonly batch: number;
}

/** Encoded rows, row-major. */
export interface WorkloadArrays {
  readonly rows: number;
  readonly idWidth: number;
  readonly numberWidth: number;
  readonly labelWidth: number;
  readonly ids: Int32Array;
  readonly numbers: Float32Array;
  readonly labels: Float32Array;
}

/** Copies the first `limit` rows of an encoded dataset, in the order of an epoch where one is given. */
export function copyRows(dataset: Dataset, limit: number, shuffle?: BatchOptions["shuffle"]): WorkloadArrays {
  const { idWidth, numberWidth, labels: names } = dataset.layout;
  const rows = Math.min(limit, dataset.rows);
  const ids = new Int32Array(rows * idWidth);
  const numbers = new Float32Array(rows * numberWidth);
  const labels = new Float32Array(rows * names.length);
  let at = 0;
  for (const batch of dataset.batches({ size: 4096, pad: false, ...omitUndefined({ shuffle }) })) {
    const take = Math.min(batch.rows, rows - at);
    ids.set(batch.ids.subarray(0, take * idWidth), at * idWidth);
    numbers.set(batch.numbers.subarray(0, take * numberWidth), at * numberWidth);
    labels.set(batch.labels.subarray(0, take * names.length), at * names.length);
    at += take;
    if (at >= rows) break;
  }
  return { rows, idWidth, numberWidth, labelWidth: names.length, ids, numbers, labels };
}
