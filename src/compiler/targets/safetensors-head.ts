/** The head of a file in the safetensors format (https://huggingface.co/docs/safetensors). */

/** What the head says of a tensor. */
export interface TensorForm {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
}

/** An entry of the header: the bytes of the tensor are [begin, end) behind the head. */
export interface HeaderEntry {
  readonly dtype: "F32" | "I32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes before those of the tensors, and where each tensor's bytes begin in the file. `metadata` are texts of the header. */
export function safetensorsHead(
  tensors: Iterable<readonly [name: string, tensor: TensorForm]>,
  metadata: Readonly<Record<string, string>> = {},
): { readonly head: Uint8Array; readonly offsets: ReadonlyMap<string, number> } {
  const header = new Map<string, HeaderEntry | Readonly<Record<string, string>>>();
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  const begins = new Map<string, number>();
  let end = 0;
  for (const [name, { shape, dtype }] of tensors) {
    const begin = end;
    begins.set(name, begin);
    end += 4 * shape.reduce((product, extent) => product * extent, 1);
    header.set(name, { dtype: dtype === "float32" ? "F32" : "I32", shape, data_offsets: [begin, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // The data starts at a multiple of 8, so that a reader can map it as it is.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + headerLength).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(text, 8);
  return { head, offsets: new Map([...begins].map(([name, begin]) => [name, head.length + begin])) };
}
