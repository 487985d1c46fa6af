import * as tf from "@tensorflow/tfjs-core";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import { describe, expect, it } from "vitest";
import type { Program } from "../../src/compiler/graph/graph.js";
import { createGraphModel, type GraphModelFile } from "../../src/compiler/targets/tfjs/index.js";
import { opRefusals, type StateBytes } from "../../src/compiler/targets/target.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";
import { createTfjsEngine } from "../../src/runtime/engine/tfjs.js";
import { type OpCase, opCases } from "../engine/op-cases.js";
import { float, floats, updatesProgram, variable } from "../engine/programs.js";

const options = { generator: "mtlc test" };

/** The bytes of state that is held in memory. */
function bytesOf(state: ReadonlyMap<string, Float32Array | Int32Array>): StateBytes {
  return (name, from, to) => {
    const data = state.get(name);
    if (data === undefined) throw new Error(`state \`${name}\` has no value`);
    return new Uint8Array(data.buffer, data.byteOffset + from, to - from);
  };
}
const noState = bytesOf(new Map());

/** Loads the files as `tf.loadGraphModel` would load them from a folder. */
async function loadFiles(files: readonly GraphModelFile[]): Promise<Awaited<ReturnType<typeof loadGraphModel>>> {
  const byName = new Map(
    files.map((file): readonly [string, Buffer] => [file.name, Buffer.concat([...file.content()])]),
  );
  const model = JSON.parse(new TextDecoder().decode(byName.get("model.json")));
  const [group] = model.weightsManifest;
  const weightData = Buffer.concat(group.paths.map((path: string) => byName.get(path)));
  return loadGraphModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      signature: model.signature,
      format: model.format,
      weightSpecs: group.weights,
      weightData: new Uint8Array(weightData).buffer,
    }),
  });
}

function toTensor(value: HostTensor, dtype: "float32" | "int32" | "bool"): tf.Tensor {
  return tf.tensor(dtype === "bool" ? Uint8Array.from(value.data) : value.data, [...value.shape], dtype);
}

function isRefused({ fn }: OpCase): boolean {
  return opRefusals("tfjs", fn).length > 0;
}

describe.each(["wasm", "cpu"] as const)("a GraphModel on tfjs %s", (backend) => {
  it("computes every op as the engine does", async () => {
    const engine = await createTfjsEngine(backend);
    const cases = opCases(3).filter((each) => !isRefused(each));
    const session = await engine.open({ state: [], functions: cases.map((each) => each.fn) });
    for (const { name, fn, feeds } of cases) {
      const model = await loadFiles(createGraphModel({ state: [], functions: [fn] }, name, noState, options));
      const inputs: Record<string, tf.Tensor> = {};
      for (const node of fn.nodes) {
        if (node.op !== "input") continue;
        const feed = feeds[node.attributes.name];
        if (feed !== undefined) inputs[node.attributes.name] = toTensor(feed, node.type.dtype);
      }
      const isDynamic = fn.nodes.some((node) => node.op === "unique");
      const result = isDynamic ? await model.executeAsync(inputs, ["y"]) : model.execute(inputs, ["y"]);
      const tensor = Array.isArray(result) ? result[0] : result;
      const expected = session.run(name, feeds)["y"];
      expect(tensor?.shape, name).toEqual(expected?.shape);
      const values = [...((await tensor?.data()) ?? [])];
      // Ours adds up in double precision where tfjs does not.
      for (const [at, value] of [...(expected?.data ?? [])].entries())
        expect(Math.abs((values[at] ?? NaN) - value), `${name} at ${at}`).toBeLessThanOrEqual(1e-6 * Math.abs(value));
      model.dispose();
    }
    session.close();
  });

  it("holds the weights and takes any batch", async () => {
    const engine = await createTfjsEngine(backend);
    const program: Program = {
      state: [variable("table", "float32", 3, 2), variable("w", "float32", 2, 2), variable("b", "float32", 2)],
      functions: [
        {
          name: "predict",
          nodes: [
            {
              op: "input",
              inputs: [],
              attributes: { name: "ids", type: { dtype: "int32", shape: ["B"] } },
              type: { dtype: "int32", shape: ["B"] },
            },
            { op: "state", inputs: [], attributes: { name: "table" }, type: float(3, 2) },
            { op: "gather", inputs: [1, 0], attributes: {}, type: float("B", 2) },
            { op: "state", inputs: [], attributes: { name: "w" }, type: float(2, 2) },
            { op: "matmul", inputs: [2, 3], attributes: { transposeA: false, transposeB: false }, type: float("B", 2) },
            { op: "state", inputs: [], attributes: { name: "b" }, type: float(2) },
            { op: "add", inputs: [4, 5], attributes: {}, type: float("B", 2) },
            { op: "broadcast", inputs: [5], attributes: { shape: ["B", 2] }, type: float("B", 2) },
          ],
          outputs: [
            { name: "logit", value: 6 },
            { name: "bias", value: 7 },
          ],
          updates: [],
        },
      ],
    };
    const state = new Map([
      ["table", floats([3, 2], 1, 2, 3, 4, 5, 6)],
      ["w", floats([2, 2], 1, 0.5, -1, 2)],
      ["b", floats([2], 0.25, -0.25)],
    ]);
    const session = await engine.open(program);
    session.set(state);
    const weights = bytesOf(new Map([...state].map(([name, value]) => [name, value.data])));
    const files = createGraphModel(program, "predict", weights, { ...options, shardBytes: 20 });
    // 12 floats and a few shapes, in files of at most 20 bytes.
    expect(files.length).toBeGreaterThan(3);
    expect(files.slice(1).every((file) => Buffer.concat([...file.content()]).length <= 20)).toBe(true);
    const model = await loadFiles(files);
    for (const ids of [[2], [0, 1, 2, 2]]) {
      const feed: HostTensor = { shape: [ids.length], data: Int32Array.from(ids) };
      const expected = session.run("predict", { ids: feed });
      const result = model.execute({ ids: toTensor(feed, "int32") }, ["logit", "bias"]) as tf.Tensor[];
      expect([...((await result[0]?.data()) ?? [])]).toEqual([...(expected["logit"]?.data ?? [])]);
      expect([...((await result[1]?.data()) ?? [])]).toEqual([...(expected["bias"]?.data ?? [])]);
    }
    session.close();
  });
});

describe("the GraphModel target", () => {
  it("writes the same bytes for the same program", () => {
    const evaluate = updatesProgram.functions[1]?.name ?? "";
    const weights = bytesOf(new Map([["w", Float32Array.of(1, 2)]]));
    const files = (): readonly Buffer[] =>
      createGraphModel(updatesProgram, evaluate, weights, options).map((file) => Buffer.concat([...file.content()]));
    expect(files()).toEqual(files());
  });

  it("names what it cannot do", () => {
    const refused = opCases(1).filter(isRefused);
    expect(new Set(refused.map(({ op }) => op))).toEqual(new Set(["random", "segmentSum", "reluGrad"]));
    for (const { op, fn } of refused)
      expect(() => createGraphModel({ state: [], functions: [fn] }, fn.name, noState, options)).toThrow(
        `cannot compute the op \`${op}\``,
      );
    expect(() => createGraphModel(updatesProgram, "train", noState, options)).toThrow("`train` updates state");
    expect(() => createGraphModel(updatesProgram, "serve", noState, options)).toThrow("no function `serve`");
    const [, weights] = createGraphModel(updatesProgram, "evaluate", noState, options);
    expect(() => [...(weights?.content() ?? [])]).toThrow("state `w` has no value");
  });
});
