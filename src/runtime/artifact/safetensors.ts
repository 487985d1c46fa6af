import type { HostTensor } from "../engine/engine.js";

/**
 * The safetensors format (https://huggingface.co/docs/safetensors): an 8-byte little-endian header length, a JSON header
 * with dtype, shape and byte range of each tensor, then the bytes. Small enough to read in any language, and holds no
 * code. Tensors are written in the order of the map, so equal maps give equal bytes.
 */

interface HeaderEntry {
  readonly dtype: "F32" | "I32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of a file with these tensors; `metadata` are texts that go into the header. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header = new Map<string, HeaderEntry | Readonly<Record<string, string>>>();
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    end += data.byteLength;
    header.set(name, { dtype: data instanceof Float32Array ? "F32" : "I32", shape, data_offsets: [begin, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // The data starts at a multiple of 8, so that a reader can map it as it is.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** What {@link encodeSafetensors} wrote; throws an error that says what is wrong with the bytes. */
export function decodeSafetensors(bytes: Uint8Array): {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  if (bytes.length < 8) throw new Error("it is shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw new Error("its header is cut off");
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  const start = 8 + headerLength;
  const tensors = new Map<string, HostTensor>();
  for (const [name, entry] of header.entries) {
    const [begin, end] = entry.data_offsets;
    const size = entry.shape.reduce((product, extent) => product * extent, 1);
    if (end - begin !== size * 4 || begin < 0 || start + end > bytes.length)
      throw new Error(`\`${name}\` does not fit its byte range`);
    // A copy: the range need not be aligned in the caller's buffer, and the tensors outlive it.
    const copy = new Uint8Array(bytes.subarray(start + begin, start + end));
    const data = entry.dtype === "F32" ? new Float32Array(copy.buffer, 0, size) : new Int32Array(copy.buffer, 0, size);
    tensors.set(name, { shape: entry.shape, data });
  }
  return { tensors, metadata: header.metadata };
}

function parseHeader(text: string): {
  readonly entries: readonly (readonly [string, HeaderEntry])[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new Error("its header is not JSON");
  }
  if (typeof header !== "object" || header === null) throw new Error("its header is not an object");
  const entries: (readonly [string, HeaderEntry])[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = { ...value };
    else if (isEntry(value)) entries.push([name, value]);
    else throw new Error(`its header has no valid entry for \`${name}\``);
  }
  return { entries, metadata };
}

function isEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets: range } = value as Partial<Record<keyof HeaderEntry, unknown>>;
  return (dtype === "F32" || dtype === "I32") && isCounts(shape) && isCounts(range) && range.length === 2;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
