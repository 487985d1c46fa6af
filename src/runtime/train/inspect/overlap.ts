/** Rows that are measured on and were trained on. */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { noLocation } from "../../failure.js";
import { keyedRows, keysOfBatch } from "../../data/batches/row-keys.js";
import type { Dataset } from "../../data/index.js";
import { sampleRows } from "./sample.js";
import { roleWord } from "./space-counts.js";

export type MeasuredRole = "validation" | "test";

/** Rows of each side that are looked for among the training rows. */
const soughtRows = 2000;
/** Fewer rows may meet by chance. */
const fewestRows = 20;

/**
 * A warning (MTL7145) when at least half of the rows of a role are among the training rows, label and all, and training
 * rows do so among each other at most half as often: data of few columns repeats its rows by nature. Training data of more rows than
 * have keys is not searched.
 */
export function warnOfOverlap(role: MeasuredRole, measured: Dataset, train: Dataset): readonly Diagnostic[] {
  if (train.rows > keyedRows || measured.rows < fewestRows || train.rows < fewestRows) return [];
  const [sought, own] = [measured, train].map((data) => keysOfBatch(sampleRows(data, soughtRows), data.layout)) as [
    Float64Array,
    Float64Array,
  ];
  const counts = new Map([...sought, ...own].map((key) => [key, 0]));
  const marked = new Uint8Array(2 ** 16);
  for (const key of counts.keys()) marked[key & 0xffff] = 1;
  for (const keys of keysOf(train))
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row]!;
      // A Map is asked for one row in sixteen at most.
      if (marked[key & 0xffff] === 0) continue;
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  const share = shareOf(sought, (key) => (counts.get(key) ?? 0) > 0);
  const repeated = shareOf(own, (key) => (counts.get(key) ?? 0) > 1);
  if (share < 0.5 || repeated > share / 2) return [];
  return [
    createDiagnostic("MTL7145", { role: roleWord(role), share, repeated }, noLocation(), {
      help: "what is measured on rows that were trained on says nothing of other rows",
    }),
  ];
}

/** The keys of all rows, some at a time. */
function* keysOf(data: Dataset): Iterable<Float64Array> {
  if (data.keys !== undefined) yield data.keys;
  else for (const batch of data.batches({ size: 4096, pad: false })) yield keysOfBatch(batch, data.layout);
}

function shareOf(keys: Float64Array, holds: (key: number) => boolean): number {
  return keys.filter(holds).length / Math.max(1, keys.length);
}
