/**
 * TensorFlow's files of values (a "tensor bundle"): `variables.data-00000-of-00001` holds the elements of all tensors, one after
 * the other in the order of their names, and `variables.index` says where: a sorted table of protocol buffers in the format of
 * LevelDB's tables. The data is written by whoever has it; the index is made here.
 */
import type { DType } from "../../graph/graph.js";
import { maskCrc32c, maskedCrc32c } from "../../model/checksums/crc32c.js";
import { encodeBundleEntry, encodeBundleHeader } from "../tensorflow/proto.js";

/** Paths beside `saved_model.pb`. */
export const bundleFiles = {
  data: "variables/variables.data-00000-of-00001",
  index: "variables/variables.index",
} as const;

/** A tensor of the data file. */
export interface BundleEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Its bytes in the data file: [offset, offset + size). */
  readonly offset: number;
  readonly size: number;
  /** CRC-32C of these bytes, not masked. */
  readonly crc32c: number;
}

/** The order of tensors in both files: that of the bytes of their names. */
export function compareBundleNames(a: string, b: string): number {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1)
    if (left[at] !== right[at]) return (left[at] ?? 0) - (right[at] ?? 0);
  return left.length - right.length;
}

/** The bytes of the index; `entries` in the order of {@link compareBundleNames}. */
export function encodeBundleIndex(entries: readonly BundleEntry[]): Uint8Array {
  const rows = [
    { key: "", value: encodeBundleHeader() },
    ...entries.map((entry) => ({
      key: entry.name,
      value: encodeBundleEntry({ ...entry, crc32c: maskCrc32c(entry.crc32c) }),
    })),
  ];
  const data = block(rows.map(({ key, value }) => ({ key: encoder.encode(key), value })));
  const meta = block([]);
  const metaHandle = handle(data.length, meta);
  const last = encoder.encode(rows.at(-1)?.key ?? "");
  // Above every key of the one data block.
  const index = block([{ key: Uint8Array.of(...last, 0), value: handle(0, data) }]);
  const indexHandle = handle(data.length + meta.length, index);
  const footer = new Uint8Array(48);
  footer.set([...metaHandle, ...indexHandle]);
  new DataView(footer.buffer).setBigUint64(40, 0xdb4775248b80fb57n, true);
  return joined([data, meta, index, footer]);
}

const encoder = new TextEncoder();
/** The kind of a block that is not compressed, and its checksum. */
const trailerBytes = 5;

/** Entries without shared prefixes, each a place to start from; then the trailer. */
function block(entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let at = 0;
  for (const { key, value } of entries) {
    starts.push(at);
    const head = Uint8Array.of(0, ...varint(key.length), ...varint(value.length));
    parts.push(head, key, value);
    at += head.length + key.length + value.length;
  }
  if (starts.length === 0) starts.push(0);
  const tail = new DataView(new ArrayBuffer(starts.length * 4 + 4));
  starts.forEach((start, place) => tail.setUint32(place * 4, start, true));
  tail.setUint32(starts.length * 4, starts.length, true);
  const body = joined([...parts, new Uint8Array(tail.buffer), Uint8Array.of(0)]);
  const checksum = new DataView(new ArrayBuffer(4));
  checksum.setUint32(0, maskedCrc32c(body), true);
  return joined([body, new Uint8Array(checksum.buffer)]);
}

/** Where a block is, its trailer left out. */
function handle(offset: number, { length }: Uint8Array): Uint8Array {
  return Uint8Array.of(...varint(offset), ...varint(length - trailerBytes));
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
