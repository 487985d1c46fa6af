import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GraphFunction } from "../../src/compiler/graph/graph.js";
import { joinedBytes } from "../../src/compiler/targets/protobuf.js";
import { createSavedModel } from "../../src/compiler/targets/savedmodel/index.js";
import { float, updatesProgram, variable } from "../engine/programs.js";
import { python, pythonHas } from "../python.js";

const values = new Map<string, Float32Array | Int32Array>([
  ["w", Float32Array.of(2, 3)],
  ["table", Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  ["step", Int32Array.of(41)],
]);

describe("a SavedModel", () => {
  it("is the same bytes for the same program and values", () => {
    const bytes = (): Buffer => Buffer.from(joinedBytes(createSavedModel(updatesProgram, { values }).content));
    expect(bytes().equals(bytes())).toBe(true);
    expect(bytes().equals(Buffer.from(joinedBytes(createSavedModel(updatesProgram).content)))).toBe(false);
  });

  it("names the tensors of its functions and state", () => {
    const model = createSavedModel(updatesProgram);
    expect([...model.functions.keys()]).toEqual(["train", "evaluate"]);
    expect(model.functions.get("evaluate")?.inputs).toEqual([
      { name: "x", tensor: "evaluate/x:0", type: float("B", 2) },
    ]);
    expect(model.functions.get("evaluate")?.outputs.map((output) => output.name)).toEqual(["y", "ones"]);
    expect([...model.state.keys()]).toEqual(["w", "copy", "old", "table", "step"]);
  });

  it("has no two inputs of `set` that Python reads as one parameter", () => {
    const state = ["a/1.mean", "a.1.mean", "a.1.mean_2"].map((name) => variable(name, "float32", 2));
    const text = Buffer.from(joinedBytes(createSavedModel({ state, functions: [] }).content)).toString("latin1");
    expect(text).toContain("a.1.mean_3");
  });

  it("refuses a value of another size and state of unknown size", () => {
    expect(() => createSavedModel(updatesProgram, { values: new Map([["w", Float32Array.of(1)]]) })).toThrow(
      "state `w` has 2 elements; the given value has 1",
    );
    expect(() => createSavedModel({ state: [variable("s", "float32", "B")], functions: [] })).toThrow(
      "state `s` has the unknown size `B`",
    );
  });

  it("says product and bias so that TensorFlow fuses them, and shares one Unique", () => {
    const fn: GraphFunction = {
      name: "f",
      nodes: [
        { op: "input", inputs: [], attributes: { name: "x", type: float("B", 2) }, type: float("B", 2) },
        { op: "state", inputs: [], attributes: { name: "w" }, type: float(2, 3) },
        { op: "matmul", inputs: [0, 1], attributes: { transposeA: false, transposeB: false }, type: float("B", 3) },
        { op: "state", inputs: [], attributes: { name: "b" }, type: float(3) },
        { op: "add", inputs: [3, 2], attributes: {}, type: float("B", 3) },
        {
          op: "input",
          inputs: [],
          attributes: { name: "ids", type: { dtype: "int32", shape: ["N"] } },
          type: { dtype: "int32", shape: ["N"] },
        },
        { op: "unique", inputs: [5], attributes: { dim: "U" }, type: { dtype: "int32", shape: ["U"] } },
        { op: "uniqueIndex", inputs: [5], attributes: {}, type: { dtype: "int32", shape: ["N"] } },
      ],
      outputs: [
        { name: "y", value: 4 },
        { name: "unique", value: 6 },
        { name: "index", value: 7 },
      ],
      updates: [],
    };
    const program = { state: [variable("w", "float32", 2, 3), variable("b", "float32", 3)], functions: [fn] };
    const text = Buffer.from(joinedBytes(createSavedModel(program).content)).toString("latin1");
    expect(text).toContain("BiasAdd");
    expect(text).not.toContain("AddV2");
    expect(text.split(`${String.fromCharCode("Unique".length)}Unique`)).toHaveLength(2);
  });
});

const hasTensorFlow = pythonHas("tensorflow");

describe.skipIf(!hasTensorFlow)("a SavedModel in Python's TensorFlow", () => {
  it("serves by itself, trains, and lets its state be read and replaced", () => {
    const folder = mkdtempSync(join(tmpdir(), "mtlc-saved-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), joinedBytes(createSavedModel(updatesProgram, { values }).content));
      const script = `
import json, sys, numpy as np, tensorflow as tf
s = tf.saved_model.load(sys.argv[1]).signatures
plain = lambda d: {k: v.numpy().tolist() for k, v in d.items()}
out = [plain(s["evaluate"](x=tf.constant([[1., 1.], [2., 2.]])))]
s["train"](x=tf.constant([1., 2.]), ids=tf.constant([3]), rows=tf.constant([[9., 9.]]))
out.append(plain(s["get"]()))
state = s["get"](); state["w"] = tf.constant([5., 6.])
s["set"](**state)
out.append(plain(s["get"]())["w"])
print(json.dumps(out))
`;
      const text = execFileSync(python, ["-c", script, folder], { stdio: ["ignore", "pipe", "ignore"] }).toString();
      expect(JSON.parse(text)).toEqual([
        {
          y: [
            [2, 3],
            [4, 6],
          ],
          ones: [1, 1],
        },
        {
          w: [3, 5],
          copy: [1, 2],
          old: [2, 3],
          table: [
            [1, 2],
            [3, 4],
            [5, 6],
            [9, 9],
          ],
          step: 42,
        },
        [5, 6],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
