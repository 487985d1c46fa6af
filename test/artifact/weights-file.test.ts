/** Weights that graphs hold again, read from the file of weights. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { float32, GraphBuilder, initialize, int32, type StateVariable } from "../../src/compiler/graph/index.js";
import { createGraphModel } from "../../src/compiler/targets/tfjs/index.js";
import { pieceSources } from "../../src/runtime/artifact/pieces.js";
import { safetensorsContent } from "../../src/runtime/artifact/safetensors.js";
import { fileWeights } from "../../src/runtime/artifact/weights-file.js";
import { initialReader } from "../../src/runtime/engine/state.js";

const tables = ["users", "items", "shops"].map((name, i): StateVariable => ({
  name,
  type: float32(5 + i, 3),
  role: "parameter",
  pieces: [{ name, row: 0, rows: 5 + i, initializer: { kind: "normal", mean: 0, deviation: 1 } }],
}));

describe("weights of a file", () => {
  it("stay what they are while others are read: whoever makes a text of a model holds all of its pieces", () => {
    const builder = new GraphBuilder("predict");
    const ids = builder.input("ids", int32("B"));
    const outputs = tables.map((table, i) => ({ name: `o${i}`, value: builder.gather(builder.state(table), ids) }));
    const program = { state: tables, functions: [builder.finish(outputs)] };
    const weights = safetensorsContent(pieceSources(tables, initialReader(5)));
    const folder = mkdtempSync(join(tmpdir(), "mtlc-weights-"));
    try {
      const path = "weights.safetensors";
      writeFileSync(join(folder, path), Buffer.concat([...weights.pieces()]));
      const file = fileWeights({
        path,
        variables: tables,
        offset: ({ name }) => weights.offsets.get(name) ?? 0,
      });
      const [, ...shards] = createGraphModel(program, "predict", file.weights, { generator: "test" });
      const held = shards.flatMap(({ content }) => [...file.opensIn(folder, content)]);
      const found = Buffer.concat(held);
      const wanted = tables.map((table) => Buffer.from(new Uint8Array(Float32Array.from(initialize(table, 5)).buffer)));
      expect(held.length).toBeGreaterThan(tables.length - 1);
      for (const bytes of wanted) expect(found.includes(bytes)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
