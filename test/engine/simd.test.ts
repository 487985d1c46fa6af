import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GraphFunction, Program } from "../../src/compiler/graph/graph.js";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  initialize,
  opTable,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { wholeBytes } from "../../src/runtime/engine/engine.js";
import { selectEngine } from "../../src/runtime/engine/index.js";
import { createSimdEngine, type SimdEngine } from "../../src/runtime/engine/simd/engine.js";
import { rowFlops } from "../../src/runtime/jobs/predict/row-flops.js";
import { createRandom, distance, functionOf, hostTensors, inputsOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";
import { opCases } from "./op-cases.js";
import { floats, ints, updatesProgram, variable } from "./programs.js";

const engine = ((): SimdEngine => {
  const made = createSimdEngine();
  if ("reasons" in made) throw new Error(made.reasons.join("; "));
  return made;
})();

const missing = new Set(
  Object.entries(opTable).flatMap(([op, { missingIn = [] }]) => (missingIn.includes("simd") ? [op] : [])),
);
const evaluate: Program = { ...updatesProgram, functions: updatesProgram.functions.slice(1) };

/** A function of inputs of known shapes. */
function functionOfShapes(
  shapes: readonly (readonly number[])[],
  write: (b: GraphBuilder, inputs: readonly ValueId[]) => readonly ValueId[],
): GraphFunction {
  const b = new GraphBuilder("f");
  const inputs = shapes.map((shape, at) => b.input(`x${at}`, float32(...shape)));
  return b.finish(write(b, inputs).map((value, at) => ({ name: `y${at}`, value })));
}

/** How far the outputs are from the interpreter's, where all inputs are in [-1, 1). */
function farthest(fn: GraphFunction, shapes: readonly (readonly number[])[]): number {
  const random = createRandom(5);
  const feeds = Object.fromEntries(
    shapes.map((shape, at) => {
      const size = shape.reduce((all, side) => all * side, 1);
      return [`x${at}`, floats(shape, ...Array.from({ length: size }, () => 2 * random() - 1))];
    }),
  );
  const program: Program = { state: [], functions: [fn] };
  const session = engine.openNow(program);
  const [found, expected] = [session.run("f", feeds), createInterpreter(program).run("f", feeds)];
  session.close();
  return Math.max(
    ...Object.entries(expected).map(([name, { data }]) => distance([...(found[name]?.data ?? [])], [...data])),
  );
}

describe("the engine simd", () => {
  it("computes every op that predictions have as the interpreter does", () => {
    const cases = opCases(11).filter(({ op }) => !missing.has(op));
    const ops = new Set<string>(cases.map(({ op }) => op));
    expect(Object.keys(opTable).filter((op) => !ops.has(op))).toEqual([...missing]);
    const program: Program = { state: [], functions: cases.map(({ fn }) => fn) };
    const session = engine.openNow(program);
    const oracle = createInterpreter(program);
    for (const { name, feeds } of cases) {
      const actual = session.run(name, feeds)["y"];
      const expected = oracle.run(name, feeds)["y"];
      expect(actual?.shape, name).toEqual(expected?.shape);
      for (const [at, value] of [...(expected?.data ?? [])].entries())
        expect(Math.abs((actual?.data[at] ?? NaN) - value), `${name} at ${at}`).toBeLessThanOrEqual(
          2e-6 * Math.abs(value) + 1e-6,
        );
    }
    session.close();
  });

  it("multiplies matrices of any size, however they lie, of inputs and of weights", () => {
    const size = fc.integer({ min: 1, max: 70 });
    const few = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(few, few, size, size, fc.boolean(), fc.boolean(), (matrices, rows, inner, columns, a, b) => {
        const shapes = [
          a ? [matrices, inner, rows] : [matrices, rows, inner],
          b ? [matrices, columns, inner] : [matrices, inner, columns],
        ];
        const transposed = { transposeA: a, transposeB: b };
        const weights = Array.from({ length: matrices * inner * columns }, (_, at) => Math.sin(at));
        const fn = functionOfShapes(shapes, (builder, [x = 0, y = 0]) => [
          builder.matmul(x, y, transposed),
          builder.matmul(x, builder.constant(float32(...(shapes[1] ?? [])), weights), transposed),
        ]);
        expect(farthest(fn, shapes)).toBeLessThan(1e-5);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it("reduces over any axes, and reads parts of parts", () => {
    const size = fc.integer({ min: 1, max: 11 });
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), fc.nat(), (shape, kind) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => (kind >> axis) % 2 === 1);
        const [rows = 1] = shape;
        const fn = functionOfShapes([shape, shape], (b, [x = 0, y = 0]) => {
          const half = Math.ceil(rows / 2);
          const joined = b.concat([y, b.slice(x, { axis: 0, begin: 0, size: half })], 0);
          const back = b.transpose(
            joined,
            shape.map((_, axis) => shape.length - 1 - axis),
          );
          return [
            b.sum(b.mul(x, y), { axes }),
            b.max(x, { axes }),
            b.exp(back),
            b.relu(b.slice(joined, { axis: 0, begin: half, size: rows })),
          ];
        });
        expect(farthest(fn, [shape, shape])).toBeLessThan(1e-5);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it.each(shippedModels.map(([name, model]) => ({ name, model })))("predicts as $name says", ({ model }) => {
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const state = new Map(program.state.map((each) => [each.name, initialize(each, 1)]));
    const rowsApart = rowFlops(functionOf(program, "predict")) !== undefined;
    const session = engine.openNow(program, { functions: ["predict"], rowsApart });
    session.set(
      new Map(program.state.map(({ name, type }) => [name, { shape: type.shape.map(Number), data: state.get(name)! }])),
    );
    const oracle = createInterpreter(program, state);
    for (const rows of [1, 7, 6, 1]) {
      const feeds = randomFeeds(model, rows, rows);
      const found = session.run("predict", hostTensors(feeds, new Set(inputsOf(program, "predict"))));
      for (const [head, { data }] of Object.entries(oracle.run("predict", feeds)))
        expect(distance([...(found[head]?.data ?? [])], [...data]), `${head} of ${rows} rows`).toBeLessThan(1e-5);
    }
    session.close();
  });

  it("starts with zeros, takes state and any batch, and keeps no hold of the arrays", () => {
    const session = engine.openNow(evaluate);
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

  it("computes what only state decides again when that has changed, in every size", () => {
    const b = new GraphBuilder("f");
    const w = variable("w", "float32", 2, 2);
    const y = b.matmul(b.input("x", { dtype: "float32", shape: ["B", 2] }), b.exp(b.state(w)), { transposeB: true });
    const session = engine.openNow({ state: [w], functions: [b.finish([{ name: "y", value: y }])] });
    const at = (rows: number): number =>
      session.run("f", { x: floats([rows, 2], ...Array<number>(rows * 2).fill(1)) })["y"]?.data[1] ?? NaN;
    expect([at(1), at(5)]).toEqual([2, 2]);
    for (const value of [1, 2]) {
      session.set(new Map([["w", floats([2, 2], 0, 0, value, value)]]));
      for (const rows of [5, 1, 3, 5]) expect(at(rows)).toBeCloseTo(2 * Math.exp(value), 4);
    }
    session.close();
  });

  it("computes calls of any rows with a module for a few numbers of them, where rows are apart", () => {
    const table = variable("table", "float32", 5, 3);
    const b = new GraphBuilder("f");
    const ids = b.input("ids", { dtype: "int32", shape: ["B", 2] });
    const x = b.input("x", { dtype: "float32", shape: ["B", 6] });
    const rows = b.reshape(b.gather(b.state(table), ids), ["B", 6]);
    const y = b.sum(b.mul(rows, x), { axes: [1] });
    const once = b.exp(b.sum(b.state(table)));
    const outputs = [
      { name: "y", value: y },
      { name: "once", value: once },
    ];
    const program: Program = { state: [table], functions: [b.finish(outputs)] };
    const session = engine.openNow(program, { rowsApart: true });
    const oracle = createInterpreter(program);
    const values = Array.from({ length: 15 }, (_, at) => Math.sin(at));
    session.set(new Map([["table", floats([5, 3], ...values)]]));
    oracle.set("table", values);
    const random = createRandom(9);
    for (const count of [3, 70, 1, 5, 9, 33, 2, 0, 64, 3]) {
      const feeds = {
        ids: ints([count, 2], ...Array.from({ length: 2 * count }, () => Math.floor(random() * 5))),
        x: floats([count, 6], ...Array.from({ length: 6 * count }, random)),
      };
      const [found, expected] = [session.run("f", feeds), oracle.run("f", feeds)];
      expect(found["y"]?.shape).toEqual([count]);
      for (const name of ["y", "once"])
        expect(distance([...(found[name]?.data ?? [])], [...(expected[name]?.data ?? [])])).toBeLessThan(1e-5);
    }
    expect(() => session.run("f", { ids: ints([2, 2], 0, 1, 2, 3), x: floats([1, 6], 1, 2, 3, 4, 5, 6) })).toThrow(
      "shape",
    );
    session.close();
  });

  it("forgets sizes when there are many, and goes on", () => {
    const session = engine.openNow(evaluate);
    session.set(new Map([["w", floats([2], 2, 3)]]));
    for (const rows of [...Array(70).keys(), 0, 1, 39]) {
      const x = floats([rows + 1, 2], ...Array<number>(2 * rows + 2).fill(rows));
      const { y } = session.run("evaluate", { x });
      expect([...(y?.data.slice(-2) ?? [])]).toEqual([2 * rows, 3 * rows]);
    }
    session.close();
  });

  it("reads a large table where it is given, and writes rows of a copy", () => {
    const rows = wholeBytes / 8 + 1;
    const table = variable("table", "float32", rows, 2);
    const b = new GraphBuilder("look");
    const y = b.gather(b.state(table), b.input("ids", { dtype: "int32", shape: ["B"] }));
    const session = engine.openNow({ state: [table], functions: [b.finish([{ name: "y", value: y }])] });
    const look = (...ids: readonly number[]): unknown => session.run("look", { ids: ints([ids.length], ...ids) })["y"];
    expect(look(rows - 1)).toEqual(floats([1, 2], 0, 0));
    session.writeRows("table", rows - 1, Float32Array.of(5, 6));
    expect(look(rows - 1, 0)).toEqual(floats([2, 2], 5, 6, 0, 0));
    const given = new Float32Array(2 * rows).fill(1);
    session.set(new Map([["table", { shape: [rows, 2], data: given }]]));
    session.writeRows("table", 0, Float32Array.of(7, 8));
    expect(look(0, 1)).toEqual(floats([2, 2], 7, 8, 1, 1));
    expect(given[0]).toBe(1);
    expect([...session.readRows("table", 0, 1)]).toEqual([7, 8]);
    expect(() => look(rows)).toThrow("a row outside of `table`");
    session.close();
  });

  it("refuses feeds that do not fit, and runs on", () => {
    const session = engine.openNow(evaluate);
    expect(() => session.run("evaluate", {})).toThrow("`evaluate` needs the input `x`");
    expect(() => session.run("evaluate", { x: floats([1, 3], 1, 2, 3) })).toThrow("has shape [1, 3]; it is [B, 2]");
    expect(() => session.run("nothing", {})).toThrow("no function `nothing`");
    expect(() => session.get(["nothing"])).toThrow("no state `nothing`");
    expect(session.run("evaluate", { x: floats([1, 2], 1, 1) })["y"]?.shape).toEqual([1, 2]);
    session.close();
  });

  it("opens no function that writes state or has an op that only training needs", () => {
    expect(() => engine.openNow(updatesProgram)).toThrow("`train` updates state");
    expect([...missing].toSorted()).toEqual(["random", "segmentSum", "unique", "uniqueIndex"]);
    for (const { op, fn } of opCases(1).filter((each) => missing.has(each.op)))
      expect(() => engine.openNow({ state: [], functions: [fn] })).toThrow(`cannot compute the op \`${op}\``);
  });
});

describe("asking for the engine simd", () => {
  it("is refused by what trains", async () => {
    await expect(selectEngine({ preference: "simd" })).rejects.toThrow("the simd engine only predicts");
    expect((await selectEngine({ preference: "simd", purpose: "prediction" })).engine.name).toBe("simd");
  });
});
