import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/runtime/artifact/safetensors.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const tensor: fc.Arbitrary<HostTensor> = fc.tuple(shape, fc.boolean(), fc.nat()).map(([extents, float, seed]) => {
  const size = extents.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, (_, i) => (seed % 1000) / 3 + i);
  return { shape: extents, data: float ? Float32Array.from(values) : Int32Array.from(values) };
});
const tensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__"),
  tensor,
);

describe("safetensors", () => {
  it("come back as they were, in order", () => {
    fc.assert(
      fc.property(tensors, (dictionary) => {
        const map = new Map(Object.entries(dictionary));
        // A Buffer, as files are read: its `slice` is a view and not a copy.
        const bytes = Buffer.from(encodeSafetensors(map, { format: "mtlc" }));
        const decoded = decodeSafetensors(bytes);
        bytes.fill(0);
        expect([...decoded.tensors]).toEqual([...map]);
        expect(decoded.metadata).toEqual({ format: "mtlc" });
      }),
      { seed: 1 },
    );
  });

  it("have the layout of the format", () => {
    const bytes = encodeSafetensors(new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    expect(new Float32Array(bytes.slice(8 + length).buffer)).toEqual(Float32Array.of(1, 2));
  });

  it("are refused when cut at any place", () => {
    const bytes = encodeSafetensors(new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]));
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow();
  });

  it("are refused when a range does not fit the shape", () => {
    const text = JSON.stringify({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } });
    const bytes = new Uint8Array(8 + text.length + 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(new TextEncoder().encode(text), 8);
    expect(() => decodeSafetensors(bytes)).toThrow("`a` does not fit its byte range");
  });
});
