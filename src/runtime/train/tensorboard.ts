import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeFailure } from "../artifact/directory.js";
import { maskedCrc32c } from "../../compiler/model/checksums/crc32c.js";
import { createEncoder, joinedBytes, many, one, oneof } from "../../compiler/targets/protobuf.js";
import { makeFolder } from "../make-folder.js";

/**
 * TensorBoard event files: TFRecord framing around `tensorflow.Event` messages that hold scalars. Written on the host, so
 * that every engine has them.
 */

/** A named number at a step. */
export interface Scalar {
  /** Slashes group charts: `loss/income`. */
  readonly tag: string;
  readonly value: number;
}

/** How values are distributed. */
export interface Histogram {
  readonly tag: string;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Ascending right ends of buckets, and the number of values in each. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** Writes one event file; each call is on disk, as far as the process is concerned, when it returns. */
export interface EventWriter {
  readonly path: string;
  /** `time` is in seconds since 1970. */
  write(step: number, time: number, scalars: readonly Scalar[]): void;
  writeHistograms(step: number, time: number, histograms: readonly Histogram[]): void;
  close(): void;
}

const encode = createEncoder({
  Event: {
    wallTime: one("double", 1),
    step: one("int64", 2),
    ...oneof({ fileVersion: one("string", 3), summary: one("Summary", 5) }),
  },
  Summary: { value: many("SummaryValue", 1) },
  SummaryValue: { tag: one("string", 1), ...oneof({ simpleValue: one("float", 2), histo: one("Histogram", 5) }) },
  Histogram: {
    min: one("double", 1),
    max: one("double", 2),
    num: one("double", 3),
    sum: one("double", 4),
    sumSquares: one("double", 5),
    bucketLimit: many("double", 6),
    bucket: many("double", 7),
  },
});

/**
 * Opens `<directory>/events.out.tfevents.<seconds>.mtlc` (a run that is resumed adds a file; TensorBoard joins them).
 * Throws a {@link Failure} when the disk refuses.
 */
export function createEventWriter(directory: string, time: number): EventWriter {
  const path = join(directory, `events.out.tfevents.${String(Math.floor(time)).padStart(10, "0")}.${process.pid}.mtlc`);
  const file = openFile(directory, path);
  const append = (event: object): void => {
    writeSync(file, frameRecord(joinedBytes(encode("Event", event))));
  };
  append({ wallTime: time, fileVersion: "brain.Event:2" });
  return {
    path,
    write: (step, at, scalars) =>
      append({
        wallTime: at,
        step,
        summary: { value: scalars.map(({ tag, value }) => ({ tag, simpleValue: value })) },
      }),
    writeHistograms: (step, at, histograms) => {
      if (histograms.length === 0) return;
      const value = histograms.map(({ tag, min, max, count, sum, sumOfSquares, limits, counts }) => ({
        tag,
        histo: { min, max, num: count, sum, sumSquares: sumOfSquares, bucketLimit: limits, bucket: counts },
      }));
      append({ wallTime: at, step, summary: { value } });
    },
    close: () => closeSync(file),
  };
}

/** One record: length (uint64), its masked checksum, the data, its masked checksum; all little-endian. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

function openFile(directory: string, path: string): number {
  try {
    makeFolder(directory);
    return openSync(path, "wx");
  } catch (error) {
    throw writeFailure(error, directory);
  }
}
