/** What the plans of the fused engine look like: where values are computed, and that they do not grow with parts of one form. */
import { afterEach, describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  initialize,
  int32,
  type StateVariable,
} from "../../src/compiler/graph/index.js";
import { repeatedStep } from "../../src/compiler/graph/passes/repeat.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { fusedPlan } from "../../src/compiler/targets/fused/index.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { distance, hostTensors, inputsOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { manyTasks } from "../lower/many-tasks.js";
import { fusedMissing } from "./engines.js";
import { variable } from "./programs.js";

const state = [
  variable("table", "float32", 50, 4),
  variable("slot", "float32", 50, 4),
  variable("weight", "float32", 4, 4),
  variable("few", "float32", 5, 20),
];
const [table, slot, weight, few] = state.map((each): StateVariable => ({
  ...each,
  pieces: each.pieces.map((piece) => ({ ...piece, initializer: { kind: "normal", mean: 0, deviation: 1 } })),
}));

/**
 * A step whose rows of a table are read twice: by all ids at first, and by the distinct ones where they change, and with them a slot. Rows of a small table are
 * summed by two lists of ids.
 */
function step() {
  if (table === undefined || slot === undefined || weight === undefined || few === undefined)
    throw new Error("no state");
  const b = new GraphBuilder("train");
  const ids = b.input("ids", int32("B"));
  const kinds = [b.input("first", int32("B")), b.input("second", int32("B"))];
  const distinct = b.unique(ids);
  const found = b.gather(b.state(table), ids);
  const x = b.input("x", float32("B", 20));
  const out = b.sub(b.matmul(found, b.state(weight)), b.slice(x, { axis: 1, begin: 3, size: 4 }));
  const back = b.mul(b.matmul(out, b.state(weight), { transposeB: true }), b.scalar(0.01));
  const sums = b.segmentSum(back, b.uniqueIndex(ids), b.shape(distinct)[0] ?? 0);
  const slope = b.mul(b.matmul(found, out, { transposeA: true }), b.scalar(0.01));
  const moved = b.add(b.mul(b.gather(b.state(slot), distinct), b.scalar(0.9)), sums);
  const scaled = b.mul(x, b.mean(out, { axes: [1], keepDims: true }));
  const [first = -1, second = -1] = kinds.map((each) => b.segmentSum(scaled, each, 5));
  const fn = b.finish(
    [{ name: "loss", value: b.mean(b.mul(out, out)) }],
    [
      { kind: "scatter", state: "table", ids: distinct, rows: b.sub(b.gather(b.state(table), distinct), moved) },
      { kind: "scatter", state: "slot", ids: distinct, rows: moved },
      { kind: "assign", state: "weight", value: b.sub(b.mul(b.state(weight), b.scalar(0.5)), slope) },
      { kind: "assign", state: "few", value: b.add(b.state(few), b.sub(first, b.mul(second, b.scalar(3)))) },
    ],
  );
  return { state: [table, slot, weight, few], functions: [fn] };
}

const rows = 64;
const feeds = {
  ids: { shape: [rows], data: Int32Array.from({ length: rows }, (_, at) => (at * at + 3 * at) % 37) },
  first: { shape: [rows], data: Int32Array.from({ length: rows }, (_, at) => at % 5) },
  second: { shape: [rows], data: Int32Array.from({ length: rows }, (_, at) => (at * 3) % 4) },
  x: { shape: [rows, 20], data: Float32Array.from({ length: rows * 20 }, (_, at) => Math.sin(at)) },
};

describe("a plan", () => {
  const [fn] = step().functions;
  const made = fn === undefined ? undefined : repeatedStep(bindDims(fn, { B: rows }));
  const layout = new Map(["table", "slot"].map((name, at) => [name, { array: "both", begin: 4 * at, stride: 8 }]));
  const plan = made === undefined ? undefined : fusedPlan(made.fn, rows, layout);
  const loops = plan?.phases.flat() ?? [];
  const kindOf = (buffer = -1) => plan?.buffers[buffer]?.kind;

  it("reads rows of a table, and slots of a weight, in the loops that change them", () => {
    const changing = loops.find(({ instructions }) => instructions.some(({ code }) => code === "scatter"));
    const read = changing?.instructions.find(({ code }) => code === "gather");
    expect(kindOf(read?.operands[0]?.buffer)).toBe("local");
    const halved = loops
      .flatMap(({ instructions }) => instructions)
      .find(({ code, operands }) => code === "mul" && kindOf(operands[1]?.buffer) === "state");
    expect(kindOf(halved?.operands[0]?.buffer)).toBe("local");
  });

  it("reads and writes a row of a table and of its slot at once, and sums the same rows by two lists at once", () => {
    const all = loops.flatMap(({ instructions }) => instructions);
    const operandsOf = (code: string) =>
      all.filter((each) => each.code === code).map(({ operands }) => operands.length);
    expect(operandsOf("gather").toSorted((a, b) => a - b)).toEqual([3, 5]);
    expect(operandsOf("scatter")).toEqual([5]);
    expect(operandsOf("segmentSumOverRows").filter((count) => count > 3)).toEqual([5]);
  });
});

describe.skipIf(fusedMissing !== undefined)("a step whose instructions are merged", () => {
  afterEach(() => {
    delete process.env["MTLC_THREADS"];
  });

  it.each([1, 2, 3])("gives what the interpreter does, with %i threads", (threads) => {
    process.env["MTLC_THREADS"] = String(threads);
    const program = step();
    const values = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
    const session = openFusedOnly(program, { functions: ["train"], trainBatch: rows });
    if (session === undefined) throw new Error("the engine does not run it");
    session.set(
      new Map(
        program.state.map(({ name, type }) => [
          name,
          { shape: type.shape.map(Number), data: values.get(name) ?? new Float32Array(0) },
        ]),
      ),
    );
    const oracle = createInterpreter(program, values);
    for (let at = 0; at < 3; at += 1) {
      const found = session.run("train", feeds);
      for (const [name, { data }] of Object.entries(oracle.run("train", feeds)))
        expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
    }
    for (const [name, { data }] of session.get())
      expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
    session.close();
  });
});

describe.skipIf(fusedMissing !== undefined)("a step of many tasks", () => {
  afterEach(() => {
    delete process.env["MTLC_THREADS"];
  });

  function taken(tasks: number) {
    process.env["MTLC_THREADS"] = "1";
    const model = manyTasks(tasks);
    const program = lowerModel(model, sizesOf(model));
    const session = openFusedOnly(program, { functions: ["train"], trainBatch: 16, traced: true });
    if (session === undefined) throw new Error("the engine does not run it");
    session.set(
      new Map(
        program.state.map((each) => [each.name, { shape: each.type.shape.map(Number), data: initialize(each, 3) }]),
      ),
    );
    const feeds = hostTensors(randomFeeds(model, 16, 1), new Set(inputsOf(program, "train")));
    // The first makes the plan.
    session.run("train", feeds);
    const spans = session.trace?.(() => session.run("train", feeds)) ?? [];
    return { program, session, feeds, instructions: spans.length };
  }

  it("has as many instructions for 24 tasks as for 12, but for two outputs of each", () => {
    const { instructions } = taken(12);
    expect(instructions).toBeGreaterThan(100);
    expect(taken(24).instructions).toBe(instructions + 24);
  });

  it("gives the losses and the state of the interpreter, of each variable by its own name", () => {
    const { program, session, feeds } = taken(12);
    const oracle = createInterpreter(program, new Map(program.state.map((each) => [each.name, initialize(each, 3)])));
    for (let before = 0; before < 2; before += 1) oracle.run("train", feeds);
    const found = session.run("train", feeds);
    for (const [name, { data }] of Object.entries(oracle.run("train", feeds)))
      expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
    const state = session.get();
    expect([...state.keys()].toSorted()).toEqual(program.state.map(({ name }) => name).toSorted());
    for (const [name, { data }] of state)
      expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
    session.close();
  });
});

describe.skipIf(fusedMissing !== undefined)("state of many bytes", () => {
  it("begins as zeros, each in memory of its own", () => {
    const addon = loadStepsAddon()?.addon;
    if (addon === undefined) throw new Error("the addon is there");
    const [some, others] = [5_000_004, 12].map((bytes) => new Float32Array(addon.allocate(bytes, 2)));
    expect([some?.length, others?.length]).toEqual([1_250_001, 3]);
    expect(some?.every((value) => value === 0)).toBe(true);
    some?.fill(7);
    expect([...(others ?? [])]).toEqual([0, 0, 0]);
    expect(() => addon.allocate(0, 1)).toThrow("no number of bytes");
  });

  it("is read and written by rows, and updated where it lies", () => {
    const large = variable("large", "float32", 40_000, 64);
    const b = new GraphBuilder("train");
    const x = b.input("x", float32("B", 64));
    const fn = b.finish(
      [{ name: "loss", value: b.mean(x) }],
      [{ kind: "assign", state: "large", value: b.add(b.state(large), b.sum(x, { axes: [0] })) }],
    );
    const session = openFusedOnly({ state: [large], functions: [fn] }, { functions: ["train"], trainBatch: 16 });
    if (session === undefined) throw new Error("the engine does not run it");
    session.writeRows(
      "large",
      39_999,
      Float32Array.from({ length: 64 }, (_, at) => at),
    );
    session.run("train", { x: { shape: [16, 64], data: new Float32Array(16 * 64).fill(0.5) } });
    expect([...session.readRows("large", 39_998, 2)]).toEqual([
      ...Array.from({ length: 64 }, () => 8),
      ...Array.from({ length: 64 }, (_, at) => at + 8),
    ]);
    session.close();
  });
});
