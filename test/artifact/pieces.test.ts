import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StateVariable } from "../../src/compiler/graph/graph.js";
import { pieceSources, readState, splitState } from "../../src/runtime/artifact/pieces.js";
import {
  readSafetensorsHeader,
  safetensorsContent,
  type TensorSource,
} from "../../src/runtime/artifact/safetensors.js";
import { heldReader } from "../../src/runtime/engine/state.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

const zero = { kind: "constant", value: 0 } as const;
const merged: StateVariable = {
  name: "embeddings.2",
  type: { dtype: "float32", shape: [5, 2] },
  role: "parameter",
  pieces: [
    { name: "user.embedding", row: 0, rows: 2, initializer: zero },
    { name: "item.embedding", row: 2, rows: 3, initializer: zero },
  ],
};
const step: StateVariable = {
  name: "step",
  type: { dtype: "int32", shape: [] },
  role: "step",
  pieces: [{ name: "step", row: 0, rows: 1, initializer: zero }],
};
const variables = [merged, step];
const state = new Map<string, HostTensor>([
  ["embeddings.2", { shape: [5, 2], data: Float32Array.from({ length: 10 }, (_, i) => i) }],
  ["step", { shape: [], data: Int32Array.of(7) }],
]);

/** State that is read back from a file of these tensors. */
async function stored(tensors: ReadonlyMap<string, TensorSource>): Promise<ReadonlyMap<string, HostTensor>> {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-pieces-"));
  const path = join(folder, "weights.safetensors");
  writeFileSync(path, Buffer.concat([...safetensorsContent(tensors).pieces()]));
  const handle = await open(path);
  try {
    return await readState(variables, handle, await readSafetensorsHeader(handle));
  } finally {
    await handle.close();
    rmSync(folder, { recursive: true });
  }
}

describe("pieces of state", () => {
  it("are cut by the rows of each logical name", () => {
    expect([...splitState(variables, state)]).toEqual([
      ["user.embedding", { shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) }],
      ["item.embedding", { shape: [3, 2], data: Float32Array.of(4, 5, 6, 7, 8, 9) }],
      ["step", { shape: [], data: Int32Array.of(7) }],
    ]);
  });

  it("are read some rows at a time, in the order of their rows", () => {
    const sources = pieceSources(variables, heldReader(state));
    const held = [...sources].map(([name, { shape, chunks }]) => [
      name,
      shape,
      [...chunks()].flatMap((part) => [...part]),
    ]);
    expect(held).toEqual([
      ["user.embedding", [2, 2], [0, 1, 2, 3]],
      ["item.embedding", [3, 2], [4, 5, 6, 7, 8, 9]],
      ["step", [], [7]],
    ]);
  });

  it("of a file join to what they were cut from, each read to its place", async () => {
    expect([...(await stored(pieceSources(variables, heldReader(state))))]).toEqual([...state]);
  });

  it("are refused by name when one is missing or of another shape", async () => {
    const pieces = new Map(pieceSources(variables, heldReader(state)));
    pieces.set("item.embedding", { shape: [2, 2], dtype: "float32", chunks: () => [new Float32Array(4)] });
    await expect(stored(pieces)).rejects.toThrow("`item.embedding` has shape [2, 2] and the model wants [3, 2]");
    pieces.delete("item.embedding");
    await expect(stored(pieces)).rejects.toThrow(
      "MTL7207: the weights do not fit the model: `item.embedding` is missing",
    );
  });
});
