import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bytesOf,
  heldTensor,
  readFully,
  readSafetensorsHeader,
  safetensorsContent,
} from "../../src/runtime/artifact/safetensors.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-safetensors-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function encode(tensors: ReadonlyMap<string, HostTensor>, metadata: Readonly<Record<string, string>> = {}): Buffer {
  const sources = new Map([...tensors].map(([name, each]) => [name, heldTensor(each)]));
  return Buffer.concat([...safetensorsContent(sources, metadata).pieces()]);
}

/** The tensors of a file with these bytes. */
async function decode(bytes: Uint8Array): Promise<ReadonlyMap<string, HostTensor>> {
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  const handle = await open(path);
  try {
    const found = new Map<string, HostTensor>();
    for (const [name, { shape: sides, dtype, offset }] of await readSafetensorsHeader(handle)) {
      const size = sides.reduce((product, side) => product * side, 1);
      const data = dtype === "float32" ? new Float32Array(size) : new Int32Array(size);
      await readFully(handle, bytesOf(data), offset);
      found.set(name, { shape: sides, data });
    }
    return found;
  } finally {
    await handle.close();
  }
}

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
  it("come back as they were, in order", async () => {
    await fc.assert(
      fc.asyncProperty(tensors, async (dictionary) => {
        const map = new Map(Object.entries(dictionary));
        expect([...(await decode(encode(map, { format: "mtlc" })))]).toEqual([...map]);
      }),
      { seed: 1 },
    );
  });

  it("say where each tensor begins, whatever the pieces that it is written in", () => {
    const [a, b] = [Float32Array.of(1, 2, 3, 4), Int32Array.of(7, 8)];
    const content = safetensorsContent(
      new Map([
        ["a", { shape: [2, 2], dtype: "float32", chunks: () => [a.subarray(0, 2), a.subarray(2)] }],
        ["b", { shape: [2], dtype: "int32", chunks: () => [b] }],
      ]),
    );
    const bytes = Buffer.concat([...content.pieces()]);
    expect(bytes.readFloatLE((content.offsets.get("a") ?? 0) + 12)).toBe(4);
    expect(bytes.readInt32LE(content.offsets.get("b") ?? 0)).toBe(7);
    const whole = new Map<string, HostTensor>([
      ["a", { shape: [2, 2], data: a }],
      ["b", { shape: [2], data: b }],
    ]);
    expect(bytes.equals(encode(whole))).toBe(true);
  });

  it("have the layout of the format", () => {
    const bytes = encode(new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]), { format: "mtlc" });
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { format: "mtlc" },
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    expect([bytes.readFloatLE(8 + length), bytes.readFloatLE(12 + length)]).toEqual([1, 2]);
  });

  it("are refused when cut at any place", async () => {
    const bytes = encode(new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]));
    for (let length = 0; length < bytes.length; length++)
      await expect(decode(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow();
  });

  it("are refused when a range does not fit the shape", async () => {
    const text = JSON.stringify({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } });
    const bytes = new Uint8Array(8 + text.length + 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(new TextEncoder().encode(text), 8);
    await expect(decode(bytes)).rejects.toThrow("`a` does not fit its byte range");
  });
});
