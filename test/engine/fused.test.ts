/** The fused engine against the interpreter: every op, random graphs, and steps of every shipped spec, by any number of threads. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createInterpreter, float32, GraphBuilder, initialize, type Program } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { HostTensor, Session } from "../../src/runtime/engine/engine.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { distance, hostTensors, inputsOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { randomProgram } from "../graph/random-graph.js";
import { servingOnes, shippedModels } from "../shipped-models.js";
import { fusedMissing } from "./engines.js";
import { type OpCase, opCases } from "./op-cases.js";
import { variable } from "./programs.js";
import { rowCases } from "./row-cases.js";
import { bytesOf, queueOf, stepsOf } from "./steps.js";

/** Losses that compare rows have lists of a length that the batch decides. */
const otherEngine = ["bpr", "combined_ranking", "lambdarank", "partial_order"];

const threadCounts = [1, 2, 3];

function withThreads(threads: number): void {
  process.env["MTLC_THREADS"] = String(threads);
}

function firstValues(program: Program): ReadonlyMap<string, HostTensor> {
  return new Map(
    program.state.map((variable) => [
      variable.name,
      { shape: variable.type.shape.map(Number), data: initialize(variable, 3) },
    ]),
  );
}

function open(program: Program, rows: number): Session {
  const session = openFusedOnly(program, { functions: ["train"], trainBatch: rows });
  if (session === undefined) throw new Error("the engine does not run it");
  session.set(firstValues(program));
  return session;
}

const interpreterOf = (program: Program) =>
  createInterpreter(program, new Map(program.state.map((each) => [each.name, initialize(each, 3)])));

/** Ops that add up: what they are allowed grows with how much that is. */
const adding: ReadonlySet<string> = new Set(["sum", "matmul", "segmentSum"]);

/** How far an output of a case is from the interpreter's, as a part of what is allowed. */
function errorOf(session: Session, oracle: ReturnType<typeof createInterpreter>, { name, op, feeds }: OpCase): number {
  const actual = session.run(name, feeds)["y"];
  const expected = oracle.run(name, feeds)["y"];
  if (`${actual?.shape}` !== `${expected?.shape}`) return Infinity;
  const added = adding.has(op) ? Math.max(...Object.values(feeds).map(({ data }) => data.length)) : 1;
  let most = 0;
  for (const [at, value] of [...(expected?.data ?? [])].entries()) {
    const error = Math.abs((actual?.data[at] ?? NaN) - value) / (4e-6 * Math.abs(value) + 4e-6 * Math.sqrt(added));
    if (!(error <= most)) most = Number.isNaN(error) ? Infinity : error;
  }
  return most;
}

/** The cases that are wrong, those that are not run, and how many were right. */
function tried(cases: readonly OpCase[], rows: number) {
  const wrong: string[] = [];
  const refused = new Set<string>();
  let right = 0;
  for (const each of cases) {
    const program: Program = { state: [], functions: [each.fn] };
    try {
      const session = openFusedOnly(program, { trainBatch: rows });
      if (session === undefined) {
        refused.add(each.op);
        continue;
      }
      const error = errorOf(session, createInterpreter(program), each);
      if (error <= 1) right += 1;
      else wrong.push(`${each.name}: ${error}`);
      session.close();
    } catch (error) {
      wrong.push(`${each.name}: ${String(error)}`);
    }
  }
  return { wrong, refused: [...refused], right };
}

/** Whether outputs hardly move with their input, as they would where a comparison is of two values that are the same but for rounding. */
function isSmooth(program: Program, feeds: { readonly x: HostTensor; readonly ids: HostTensor }): boolean {
  const outputs = (times: number): readonly number[] => {
    const x = { ...feeds.x, data: [...feeds.x.data].map((value, at) => value * (1 + times * (at % 5))) };
    return Object.values(interpreterOf(program).run("train", { ...feeds, x })).flatMap(({ data }) => [...data]);
  };
  const [some, others] = [outputs(0), outputs(1e-7)];
  return distance(some, others) < 2e-5;
}

describe.skipIf(fusedMissing !== undefined)(`the fused engine (${fusedMissing ?? "there"})`, () => {
  const before = process.env["MTLC_THREADS"];
  afterEach(() => {
    if (before === undefined) delete process.env["MTLC_THREADS"];
    else process.env["MTLC_THREADS"] = before;
  });

  it.each(threadCounts)("computes every op as the interpreter does with %i threads", (threads) => {
    withThreads(threads);
    const { wrong, refused, right } = tried(opCases(11), 1);
    expect(wrong).toEqual([]);
    // They are of a step that makes ids of a table distinct: the random graphs have them.
    expect(refused).toEqual(["unique", "uniqueIndex"]);
    expect(right).toBeGreaterThan(400);
  });

  it.each([1, 2, 7, 48, 130].flatMap((rows) => threadCounts.map((threads) => [rows, threads] as const)))(
    "computes every op over %i rows with %i threads",
    (rows, threads) => {
      withThreads(threads);
      const cases = opCases(5).flatMap((each) => rowCases(each, rows));
      const { wrong, refused, right } = tried(cases, rows);
      expect(wrong).toEqual([]);
      expect(refused).toEqual([]);
      expect(right).toBeGreaterThan(200);
    },
  );

  it.each(threadCounts)("runs random graphs as the interpreter does with %i threads", (threads) => {
    withThreads(threads);
    let runs = 0;
    fc.assert(
      fc.property(randomProgram, fc.constantFrom(1, 5, 16, 33, 200), ({ program }, rows) => {
        // Far from 0, where `tanh(x) < x` is a matter of rounding.
        const x = Float32Array.from({ length: rows * 4 }, (_, at) => Math.sin(at) + (at % 3 === 0 ? -1.2 : 1.2));
        const feeds = {
          x: { shape: [rows, 4], data: x },
          ids: { shape: [rows], data: Int32Array.from({ length: rows }, (_, at) => (at * at + 3 * at) % 6) },
        };
        const session = openFusedOnly(program, { functions: ["train"], trainBatch: rows });
        if (session === undefined) return;
        fc.pre(isSmooth(program, feeds));
        runs += 1;
        session.set(firstValues(program));
        const oracle = interpreterOf(program);
        for (let step = 0; step < 2; step += 1) {
          const found = session.run("train", feeds);
          for (const [name, { shape, data }] of Object.entries(oracle.run("train", feeds))) {
            expect(found[name]?.shape).toEqual(shape);
            expect(distance([...data], [...(found[name]?.data ?? [])])).toBeLessThan(1e-4);
          }
        }
        for (const [name, { data }] of session.get())
          expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
        session.close();
      }),
      { numRuns: 300, seed: 11 },
    );
    expect(runs).toBeGreaterThan(250);
  });

  it.each(shippedModels)("takes the steps of %s as the interpreter does, by any number of threads", (name, model) => {
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const rows = 70;
    if (otherEngine.some((each) => name.endsWith(`${each}.mtl`))) {
      expect(openFusedOnly(program, { functions: ["train"], trainBatch: rows })).toBeUndefined();
      return;
    }
    const oracle = interpreterOf(program);
    const inputs = new Set(inputsOf(program, "train"));
    const steps = [1, 2].map((seed) => randomFeeds(model, rows, seed));
    const wanted = steps.map((feeds) => oracle.run("train", feeds));
    for (const threads of threadCounts) {
      withThreads(threads);
      const session = open(program, rows);
      const isSame = (data: ArrayLike<number>, other: ArrayLike<number> = []): boolean =>
        distance(Array.from(data), Array.from(other)) < 1e-4;
      for (const [at, feeds] of steps.entries()) {
        const found = session.run("train", hostTensors(feeds, inputs));
        for (const [key, { data }] of Object.entries(wanted[at] ?? {}))
          expect([threads, key, isSame(data, found[key]?.data)]).toEqual([threads, key, true]);
      }
      for (const [key, { data }] of session.get())
        expect([threads, key, isSame(data, oracle.get(key).data)]).toEqual([threads, key, true]);
      session.close();
    }
  });

  it.each(threadCounts)("takes several steps of one call as it takes them one by one, with %i threads", (threads) => {
    withThreads(threads);
    for (const name of ["census/mmoe", "examples/din"]) {
      const { program, feeds } = stepsOf(name, 33, 9);
      const single = open(program, 33);
      const several = open(program, 33);
      const most = several.stepsPerCall?.("train") ?? 1;
      expect(most).toBeGreaterThan(8);
      const one = feeds.map((each) => single.run("train", each));
      const all = several.runSteps?.("train", queueOf(feeds), feeds.length) ?? [];
      expect(all).toEqual(one);
      expect(bytesOf(several.get())).toEqual(bytesOf(single.get()));
      single.close();
      several.close();
    }
  });

  it("gives the same bytes each time, and others with other threads only within rounding", () => {
    const { program, feeds } = stepsOf("census/mmoe", 70, 4);
    const trained = (threads: number): ReadonlyMap<string, HostTensor> => {
      withThreads(threads);
      const session = open(program, 70);
      for (const each of feeds) session.run("train", each);
      const state = session.get();
      session.close();
      return state;
    };
    const first = trained(3);
    for (let again = 0; again < 5; again += 1) expect(bytesOf(trained(3))).toEqual(bytesOf(first));
    const other = trained(1);
    expect(bytesOf(other)).not.toEqual(bytesOf(first));
    for (const [name, { data }] of first)
      expect([name, distance([...data], [...(other.get(name)?.data ?? [])]) < 1e-4]).toEqual([name, true]);
  });
});

describe.skipIf(fusedMissing !== undefined)("state that is copied and written in one step", () => {
  const names = ["w", "old"].map((name) => variable(name, "float32", 64));
  const [w, old] = names;
  /** `old` is read a phase after `w` could be written, so that its copy of `w` waits. */
  function program(isSwapped: boolean): Program {
    if (w === undefined || old === undefined) throw new Error("there are two variables");
    const b = new GraphBuilder("train");
    const late = b.sum(b.mul(b.state(old), b.sum(b.input("x", float32("B", 3)))));
    const next = isSwapped ? b.state(old) : b.add(b.state(w), b.scalar(1));
    const fn = b.finish(
      [
        { name: "late", value: late },
        { name: "before", value: b.state(w) },
      ],
      [
        { kind: "assign", state: "old", value: b.state(w) },
        { kind: "assign", state: "w", value: next },
      ],
    );
    return { state: [w, old], functions: [fn] };
  }

  it.each(threadCounts)("is that of before, with %d threads", (threads) => {
    withThreads(threads);
    const made = program(false);
    const session = open(made, 64);
    const values = new Map([...firstValues(made)].map(([name, { data }]) => [name, data]));
    const oracle = createInterpreter(made, values);
    const feeds = { x: { shape: [64, 3], data: new Float32Array(192).fill(0.5) } };
    for (let step = 0; step < 3; step += 1) {
      const found = session.run("train", feeds);
      for (const [name, { data }] of Object.entries(oracle.run("train", feeds)))
        expect([name, [...(found[name]?.data ?? [])]]).toEqual([name, [...data]]);
    }
    for (const [name, { data }] of session.get()) expect([name, [...data]]).toEqual([name, [...oracle.get(name).data]]);
    session.close();
  });

  it("is left to another engine where two are copied into one another", () => {
    expect(openFusedOnly(program(true), { functions: ["train"], trainBatch: 64 })).toBeUndefined();
  });
});
