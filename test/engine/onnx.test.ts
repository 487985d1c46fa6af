import { describe, expect, it } from "vitest";
import { GraphBuilder, opTable } from "../../src/compiler/graph/index.js";
import type { Program } from "../../src/compiler/graph/graph.js";
import { onnxOps } from "../../src/compiler/targets/onnx/index.js";
import { wholeBytes } from "../../src/runtime/engine/engine.js";
import { selectEngine } from "../../src/runtime/engine/index.js";
import { createTfjsEngine } from "../../src/runtime/engine/tfjs.js";
import { describeOnnx } from "./engines.js";
import { opCases } from "./op-cases.js";
import { float, floats, ints, updatesProgram, variable } from "./programs.js";

const evaluate: Program = { ...updatesProgram, functions: updatesProgram.functions.slice(1) };

/** y = op(x). */
function unaryProgram(op: "expm1" | "log1p" | "softplus"): Program {
  const builder = new GraphBuilder(op);
  const y = builder[op](builder.input("x", float("B")));
  return { state: [], functions: [builder.finish([{ name: "y", value: y }], [])] };
}

describeOnnx("the engine onnx", (engine) => {
  it("lets the library report nothing to its makers", () => {
    expect(process.env["ORT_DISABLE_TELEMETRY"]).toBe("1");
  });

  it("computes every op that ONNX has as the others do", async () => {
    const cases = opCases(3).filter(({ op }) => onnxOps[op] !== undefined);
    const program: Program = { state: [], functions: cases.map(({ fn }) => fn) };
    const session = await engine.open(program);
    const other = await (await createTfjsEngine("cpu")).open(program);
    for (const { name, feeds } of cases) {
      const actual = session.run(name, feeds)["y"];
      const expected = other.run(name, feeds)["y"];
      expect(actual?.shape, name).toEqual(expected?.shape);
      for (const [at, value] of [...(expected?.data ?? [])].entries())
        expect(Math.abs((actual?.data[at] ?? NaN) - value), `${name} at ${at}`).toBeLessThanOrEqual(
          2e-6 * Math.abs(value) + 1e-7,
        );
    }
    session.close();
    other.close();
  });

  it.each([
    ["expm1", Math.expm1],
    ["log1p", Math.log1p],
    ["softplus", (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ] as const)(
    "keeps the last bits of %s, which is made of several ops, near 0 and far from it",
    async (op, compute) => {
      const session = await engine.open(unaryProgram(op));
      const all = [1e-30, 1e-8, -1e-8, 3e-4, -3e-4, 0.4999, 0.5001, -0.4999, -0.5001, -0.999, 3, 80, -5, -17, -40, -80];
      const x = Float32Array.from(op === "log1p" ? all.filter((value) => value > -1) : all);
      const y = session.run(op, { x: { shape: [x.length], data: x } })["y"]?.data;
      x.forEach((value, at) => {
        const expected = compute(value);
        expect(Math.abs((y?.[at] ?? NaN) - expected) / Math.abs(expected), `${op}(${value})`).toBeLessThan(1e-6);
      });
      session.close();
    },
  );

  it("starts with zeros, takes state and any batch, and keeps no hold of the arrays", async () => {
    const session = await engine.open(evaluate);
    const x = floats([1, 2], 1, 1);
    expect([...(session.run("evaluate", { x })["y"]?.data ?? [])]).toEqual([0, 0]);
    const given = floats([2], 2, 3);
    session.set(new Map([["w", given]]));
    given.data.fill(99);
    const first = session.run("evaluate", { x })["y"];
    x.data.fill(55);
    const rows = session.run("evaluate", { x: floats([3, 2], 1, 1, 1, 1, 2, 2) });
    expect(first).toEqual(floats([1, 2], 2, 3));
    expect(rows["y"]).toEqual(floats([3, 2], 2, 3, 2, 3, 4, 6));
    expect(rows["ones"]?.shape).toEqual([3]);
    expect(session.get(["w"]).get("w")).toEqual(floats([2], 2, 3));
    session.close();
  });

  it("feeds a large table, whose rows can be written and read, under whatever name it has", async () => {
    const rows = wholeBytes / 8 + 1;
    const name = "a table/of words";
    const table = variable(name, "float32", rows, 2);
    const builder = new GraphBuilder("look");
    const y = builder.gather(builder.state(table), builder.input("ids", { dtype: "int32", shape: ["B"] }));
    const session = await engine.open({ state: [table], functions: [builder.finish([{ name: "y", value: y }], [])] });
    session.writeRows(name, rows - 1, Float32Array.of(5, 6));
    expect(session.run("look", { ids: ints([2], rows - 1, 0) })["y"]).toEqual(floats([2, 2], 5, 6, 0, 0));
    session.writeRows(name, 0, Float32Array.of(7, 8));
    expect(session.run("look", { ids: ints([1], 0) })["y"]).toEqual(floats([1, 2], 7, 8));
    expect([...session.readRows(name, rows - 1, 1)]).toEqual([5, 6]);
    session.close();
  });

  it("refuses feeds that do not fit, and runs on", async () => {
    const session = await engine.open(evaluate);
    expect(() => session.run("evaluate", {})).toThrow("`evaluate` needs the input `x`");
    expect(() => session.run("evaluate", { x: floats([1, 3], 1, 2, 3) })).toThrow("has shape [1, 3]; it is [B, 2]");
    expect(() => session.run("nothing", {})).toThrow("no function `nothing`");
    expect(() => session.get(["nothing"])).toThrow("no state `nothing`");
    expect(session.run("evaluate", { x: floats([1, 2], 1, 1) })["y"]?.shape).toEqual([1, 2]);
    session.close();
  });

  it("opens no function that writes state or that ONNX cannot say", async () => {
    await expect(engine.open(updatesProgram)).rejects.toThrow("`train` updates state");
    const refused = opCases(1).filter(({ op }) => onnxOps[op] === undefined);
    const missing = Object.entries(opTable).filter(([, { missingIn = [] }]) => missingIn.includes("onnx"));
    expect(new Set(refused.map(({ op }) => op))).toEqual(new Set(missing.map(([op]) => op)));
    for (const { op, fn } of refused)
      await expect(engine.open({ state: [], functions: [fn] })).rejects.toThrow(`ONNX cannot compute \`${op}\``);
  });
});

describe("asking for the engine onnx", () => {
  it("is refused by what trains", async () => {
    await expect(selectEngine({ preference: "onnx" })).rejects.toThrow("the onnx engine only predicts");
    await expect(selectEngine({ environment: { MTLC_ENGINE: "onnx" } })).rejects.toThrow("MTL7440");
  });
});
