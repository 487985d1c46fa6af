/** Lists of distinct ids in the plans of the fused engine: parts make them together, and loops over them take as many rows as are distinct. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  initialize,
  int32,
  type Program,
  type StateVariable,
} from "../../src/compiler/graph/index.js";
import { repeatedStep } from "../../src/compiler/graph/passes/repeat.js";
import { fusedPlan } from "../../src/compiler/targets/fused/index.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { distance } from "../lower/harness.js";
import { fusedMissing } from "./engines.js";
import { variable } from "./programs.js";

const tableRows = 300;
const state = ["users", "items"].flatMap((name) => [
  variable(name, "float32", tableRows, 4),
  variable(`${name}/slot`, "float32", tableRows, 4),
]);

function stateOf(name: string): StateVariable {
  const found = state.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no state \`${name}\``);
  return {
    ...found,
    pieces: found.pieces.map((piece) => ({ ...piece, initializer: { kind: "normal", mean: 0, deviation: 1 } })),
  };
}

/** Two tables, each by a list of its own, both of as many ids; what is distinct of them is added up (the norm), and changed by it. */
function step(): Program {
  const b = new GraphBuilder("train");
  const x = b.input("x", float32("B", 4));
  const parts = ["users", "items"].map((name) => {
    const ids = b.input(name, int32("B"));
    const list = b.unique(ids);
    const back = b.mul(x, b.gather(b.state(stateOf(name)), ids));
    const sums = b.segmentSum(back, b.uniqueIndex(ids), b.shape(list)[0] ?? 0);
    return { name, list, sums, again: b.gather(sums, b.uniqueIndex(ids)) };
  });
  const norm = b.sqrt(parts.reduce((sum, { sums }) => b.add(sum, b.sum(b.square(sums))), b.scalar(0.5)));
  const updates = parts.flatMap(({ name, list, sums }) => {
    const slot = b.add(b.mul(b.gather(b.state(stateOf(`${name}/slot`)), list), b.scalar(0.5)), b.div(sums, norm));
    const rows = b.sub(b.gather(b.state(stateOf(name)), list), b.mul(slot, b.scalar(0.1)));
    return [
      { kind: "scatter", state: name, ids: list, rows } as const,
      { kind: "scatter", state: `${name}/slot`, ids: list, rows: slot } as const,
    ];
  });
  const [users = -1, items = -1] = parts.map(({ again }) => again);
  const fn = b.finish(
    [
      { name: "loss", value: b.mean(b.mul(users, items)) },
      { name: "norm", value: norm },
    ],
    updates,
  );
  return { state: state.map(({ name }) => stateOf(name)), functions: [fn] };
}

/** Ids of a batch: all the same, few, as many as there are rows, or most of them small. */
const idsOf = (rows: number): fc.Arbitrary<readonly number[]> =>
  fc.oneof(
    fc.integer({ min: 0, max: tableRows - 1 }).map((id) => Array.from({ length: rows }, () => id)),
    ...[1, 3, tableRows - 1].map((max) => fc.array(fc.integer({ min: 0, max }), { minLength: rows, maxLength: rows })),
    fc.array(
      fc.double({ min: 0, max: 1, noNaN: true }).map((at) => Math.floor(at ** 6 * (tableRows - 1))),
      { minLength: rows, maxLength: rows },
    ),
    fc.shuffledSubarray(
      Array.from({ length: tableRows }, (_, id) => id),
      { minLength: rows, maxLength: rows },
    ),
  );

/** Steps of one size one after another, so that a short list follows a long one. */
const cases = fc.constantFrom(1, 2, 3, 16, 64, 200).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    steps: fc.array(fc.tuple(idsOf(rows), idsOf(rows)), { minLength: 1, maxLength: 4 }),
  }),
);

function feedsOf(rows: number, [users, items]: readonly [readonly number[], readonly number[]]) {
  return {
    users: { shape: [rows], data: Int32Array.from(users) },
    items: { shape: [rows], data: Int32Array.from(items) },
    x: { shape: [rows, 4], data: Float32Array.from({ length: rows * 4 }, (_, at) => Math.sin(at + 1)) },
  };
}

describe("loops over distinct ids", () => {
  const rows = 64;
  const [fn] = step().functions;
  const made = fn === undefined ? undefined : repeatedStep(bindDims(fn, { B: rows }));
  const plan = made === undefined ? undefined : fusedPlan(made.fn, rows);
  const loops = plan?.phases.flat() ?? [];

  it("are as long as the list, each of its own", () => {
    const changing = loops.filter(({ instructions }) => instructions.some(({ code }) => code === "scatter"));
    expect(changing.map(({ rows: of }) => of)).toEqual([rows, rows]);
    const sizes = changing.map(({ counted }) => counted);
    expect(new Set(sizes).size).toBe(2);
    const joined = loops.flatMap(({ instructions }) => instructions).filter(({ code }) => code === "joinDistinct");
    expect(joined.map(({ operands }) => operands[1]?.buffer).toSorted()).toEqual(sizes.toSorted());
  });
});

describe.skipIf(fusedMissing !== undefined)("a step that changes distinct rows", () => {
  afterEach(() => {
    delete process.env["MTLC_THREADS"];
  });

  it.each([1, 2, 3, 7])("gives what the interpreter does, whatever is distinct, with %i threads", (threads) => {
    process.env["MTLC_THREADS"] = String(threads);
    const program = step();
    const first = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
    fc.assert(
      fc.property(cases, ({ rows, steps }) => {
        const session = openFusedOnly(program, { functions: ["train"], trainBatch: rows });
        if (session === undefined) throw new Error("the engine does not run it");
        session.set(
          new Map([...first].map(([name, data]) => [name, { shape: [tableRows, 4], data: Float32Array.from(data) }])),
        );
        const oracle = createInterpreter(program, first);
        for (const each of steps) {
          const feeds = feedsOf(rows, each);
          const found = session.run("train", feeds);
          for (const [name, { data }] of Object.entries(oracle.run("train", feeds)))
            expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
        }
        for (const [name, { data }] of session.get())
          expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
        session.close();
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});
