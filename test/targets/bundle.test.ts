/** Weights in files of their own beside a SavedModel, as TensorFlow reads them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { float32, GraphBuilder, initialize, int32, type StateVariable } from "../../src/compiler/graph/index.js";
import { createSavedModel, savedModelFiles } from "../../src/compiler/targets/savedmodel/index.js";
import { pieceSources } from "../../src/runtime/artifact/pieces.js";
import { fileWeights } from "../../src/runtime/artifact/weights-file.js";
import { safetensorsContent } from "../../src/runtime/artifact/safetensors.js";
import { loadBinding } from "../../src/runtime/engine/native-binding.js";
import { initialReader } from "../../src/runtime/engine/state.js";
import { nativeMissing } from "../engine/engines.js";

const variable = (name: string, rows: number, width: number): StateVariable => ({
  name,
  type: float32(rows, width),
  role: "parameter",
  pieces: [{ name: `${name}.embedding`, row: 0, rows, initializer: { kind: "normal", mean: 0, deviation: 1 } }],
});
// Names whose order is not that of the program, one of them outside of ASCII, and many entries.
const tables = ["zeta", "alpha", "a/b", "ärger", ...Array.from({ length: 40 }, (_, i) => `t${i}`)].map((name, i) =>
  variable(name, 7 + i, 3),
);

describe.skipIf(nativeMissing !== undefined)("values beside a SavedModel", () => {
  it.each([true, false])("are restored when TensorFlow loads it, with accessors: %s", (accessors) => {
    const builder = new GraphBuilder("predict");
    const ids = builder.input("ids", int32("B"));
    const outputs = tables.map((table, i) => ({ name: `o${i}`, value: builder.gather(builder.state(table), ids) }));
    const program = { state: tables, functions: [builder.finish(outputs)] };
    const weights = safetensorsContent(pieceSources(tables, initialReader(5)));
    const folder = mkdtempSync(join(tmpdir(), "mtlc-bundle-"));
    try {
      const path = "weights.safetensors";
      writeFileSync(join(folder, path), Buffer.concat([...weights.pieces()]));
      const file = fileWeights({
        path,
        variables: tables,
        offset: ({ pieces }) => weights.offsets.get(pieces[0]?.name ?? "") ?? 0,
      });
      for (const { path, content } of savedModelFiles(program, file.weights, { inline: 0, accessors })) {
        const target = join(folder, "saved_model", path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(
          target,
          typeof content === "function" ? Buffer.concat([...file.opensIn(folder, content)]) : content,
        );
      }
      const found = loadBinding();
      if (found.kind !== "loaded") throw new Error("the native engine is not there");
      const { binding } = found;
      const { functions } = createSavedModel(program, {
        restored: new Set(tables.map(({ name }) => name)),
        accessors,
      });
      const predict = functions.get("predict");
      const id = binding.loadSavedModel(join(folder, "saved_model"), "serve");
      const input = binding.createTensor([2], binding.TF_INT32, Int32Array.of(6, 0));
      const results = binding.runSavedModel(
        id,
        [input],
        predict?.inputs[0]?.tensor ?? "",
        (predict?.outputs ?? []).map(({ tensor }) => tensor).join(","),
      );
      results.forEach((result, i) => {
        const whole = initialize(tables[i] as StateVariable, 5);
        expect(binding.tensorDataSync(result.id)).toEqual(
          Float32Array.of(...whole.slice(18, 21), ...whole.slice(0, 3)),
        );
      });
      for (const result of results) binding.deleteTensor(result.id);
      binding.deleteTensor(input);
      binding.deleteSavedModel(id);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
