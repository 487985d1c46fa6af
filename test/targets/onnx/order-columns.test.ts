/** Columns in another order, on the interpreter: the same predictions from fewer pieces. */
import { describe, expect, it } from "vitest";
import { createInterpreter, initialize } from "../../../src/compiler/graph/index.js";
import { lowerModel } from "../../../src/compiler/lower/index.js";
import { orderColumns, orderRows } from "../../../src/compiler/targets/onnx/index.js";
import { inputsOf, randomFeeds, sizesOf } from "../../lower/harness.js";
import { servingOnes, shippedModels } from "../../shipped-models.js";

const files = [
  "census/mmoe.mtl",
  "examples/din.mtl",
  "examples/pepnet.mtl",
  "examples/dcn_v2.mtl",
  "examples/aitm.mtl",
];

/** Inputs of joins that a function computes. */
function joinedPieces(nodes: ReturnType<typeof orderColumns>["fn"]["nodes"]): number {
  return nodes.reduce((sum, { op, inputs }) => sum + (op === "concat" ? inputs.length : 0), 0);
}

describe("columns in the order in which they come", () => {
  it.each(files)("change no prediction of %s", (file) => {
    const model = shippedModels.find(([name]) => name === file)?.[1];
    if (model === undefined) throw new Error(`${file} is not a spec`);
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const fn = program.functions.find(({ name }) => name === "predict")!;
    const values = new Map(program.state.map((variable) => [variable.name, initialize(variable, 5)]));
    const { fn: better, ordered } = orderColumns(program, fn, () => true);
    const state = new Map(values);
    for (const [variable, weights] of ordered) {
      const { buffer, byteOffset, byteLength } = values.get(weights.of.name)!;
      const bytes = orderRows(weights, new Uint8Array(buffer, byteOffset, byteLength));
      state.set(variable.name, new Float32Array(bytes.buffer));
    }
    const changed = { state: [...program.state, ...ordered.keys()], functions: [better] };
    const inputs = new Set(inputsOf(program, "predict"));
    const feeds = Object.fromEntries(Object.entries(randomFeeds(model, 6)).filter(([name]) => inputs.has(name)));
    const before = createInterpreter(program, values).run("predict", feeds);
    const after = createInterpreter(changed, state).run("predict", feeds);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [head, { data }] of Object.entries(before))
      data.forEach((value, row) => expect(after[head]?.data[row]).toBeCloseTo(value, 10));
    if (file === "census/mmoe.mtl")
      expect([joinedPieces(fn.nodes), joinedPieces(better.nodes), ordered.size]).toEqual([10, 2, 3]);
    expect(orderColumns(program, fn, () => false).fn).toBe(fn);
  });
});
