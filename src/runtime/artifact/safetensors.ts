import type { FileHandle } from "node:fs/promises";
import { type HeaderEntry, safetensorsHead, type TensorForm } from "../../compiler/targets/safetensors-head.js";
import type { HostTensor } from "../engine/engine.js";

/**
 * The safetensors format (https://huggingface.co/docs/safetensors): an 8-byte little-endian header length, a JSON header
 * with dtype, shape and byte range of each tensor, then the bytes. Small enough to read in any language, and holds no
 * code. Tensors are written in the order of the map, so equal maps give equal bytes. Files are written and read in pieces: they
 * may be larger than the memory.
 */

/** A tensor whose elements are made as they are written. */
export interface TensorSource extends TensorForm {
  /** All elements in order. */
  readonly chunks: () => Iterable<Float32Array | Int32Array>;
}

/** A file in the making: where each tensor's bytes begin in it, and its pieces. */
export interface SafetensorsContent {
  readonly offsets: ReadonlyMap<string, number>;
  readonly pieces: () => Iterable<Uint8Array>;
}

/** The content of a file with these tensors; `metadata` are texts that go into the header. */
export function safetensorsContent(
  tensors: ReadonlyMap<string, TensorSource>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsContent {
  const { head, offsets } = safetensorsHead(tensors, metadata);
  return {
    offsets,
    pieces: function* () {
      yield head;
      for (const { chunks } of tensors.values()) for (const data of chunks()) yield bytesOf(data);
    },
  };
}

/** The memory of an array as bytes. */
export function bytesOf(data: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A tensor that is held in memory. */
export function heldTensor({ shape, data }: HostTensor): TensorSource {
  return { shape, dtype: data instanceof Float32Array ? "float32" : "int32", chunks: () => [data] };
}

/** A tensor of a file: where its elements are. */
export interface StoredTensor extends TensorForm {
  /** Of its first byte in the file. */
  readonly offset: number;
}

/** The largest header that is read: names and shapes of many more tensors than any model has. */
const largestHeader = 1 << 28;

/** The tensors of an open file; throws an error that says what is wrong with its bytes. */
export async function readSafetensorsHeader(handle: FileHandle): Promise<ReadonlyMap<string, StoredTensor>> {
  const { size: fileBytes } = await handle.stat();
  if (fileBytes < 8) throw new Error("it is shorter than its header");
  const length = new DataView(new ArrayBuffer(8));
  await readFully(handle, new Uint8Array(length.buffer), 0);
  const headerLength = Number(length.getBigUint64(0, true));
  if (headerLength > fileBytes - 8 || headerLength > largestHeader) throw new Error("its header is cut off");
  const text = new Uint8Array(headerLength);
  await readFully(handle, text, 8);
  const start = 8 + headerLength;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: range }] of parseHeader(new TextDecoder().decode(text))) {
    const [begin, end] = range;
    if (end - begin !== sizeOf(shape) * 4 || begin < 0 || start + end > fileBytes)
      throw new Error(`\`${name}\` does not fit its byte range`);
    tensors.set(name, { shape, dtype: dtype === "F32" ? "float32" : "int32", offset: start + begin });
  }
  return tensors;
}

/** Bytes of one read: no call of the system takes 2 GiB. */
const largestRead = 1 << 28;

/** Fills an array with the bytes of a file from `position` on. Throws when the file is shorter. */
export async function readFully(handle: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await handle.read(into, done, Math.min(into.length - done, largestRead), position + done);
    if (bytesRead === 0) throw new Error("it is shorter than it was");
    done += bytesRead;
  }
}

function parseHeader(text: string): readonly (readonly [string, HeaderEntry])[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new Error("its header is not JSON");
  }
  if (typeof header !== "object" || header === null) throw new Error("its header is not an object");
  return Object.entries(header).flatMap(([name, value]: [string, unknown]) => {
    if (name === "__metadata__") return [];
    if (isEntry(value)) return [[name, value] as const];
    throw new Error(`its header has no valid entry for \`${name}\``);
  });
}

function isEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets: range } = value as Partial<Record<keyof HeaderEntry, unknown>>;
  return (dtype === "F32" || dtype === "I32") && isCounts(shape) && isCounts(range) && range.length === 2;
}

/** Whether it is a list of whole numbers ≥ 0, as shapes are. */
export function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
