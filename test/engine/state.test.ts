/** State of any size: made, written and read by rows, with the numbers that it has as a whole. */
import { describe, expect, it } from "vitest";
import {
  float32,
  type Program,
  GraphBuilder,
  initialize,
  initializeRows,
  int32,
  type StateVariable,
} from "../../src/compiler/graph/index.js";
import { chunkBytes, isLarge } from "../../src/runtime/engine/engine.js";
import { fillSession, holdState, initialReader, rowChunks, sessionReader } from "../../src/runtime/engine/state.js";
import { bytesOf } from "../../src/runtime/artifact/safetensors.js";
import { describeEngines } from "./engines.js";

const normal = { kind: "normal", mean: 0, deviation: 0.05 } as const;
/** 300,000 rows of 16 numbers in two pieces: more than a chunk. */
const table: StateVariable = {
  name: "table",
  type: float32(300_000, 16),
  role: "parameter",
  pieces: [
    { name: "a.embedding", row: 0, rows: 123_457, initializer: normal },
    { name: "b.embedding", row: 123_457, rows: 176_543, initializer: normal },
  ],
};
const slot: StateVariable = {
  ...table,
  name: "table/accumulator",
  role: "slot",
  pieces: table.pieces.map((piece) => ({ ...piece, initializer: { kind: "constant", value: 0.1 } as const })),
};
const step: StateVariable = {
  name: "step",
  type: int32(),
  role: "step",
  pieces: [{ name: "step", row: 0, rows: 1, initializer: { kind: "constant", value: 3 } }],
};
const small: StateVariable = {
  ...table,
  name: "small",
  type: float32(5, 3),
  pieces: [{ name: "s", row: 0, rows: 5, initializer: normal }],
};
const variables = [table, slot, step, small];

/** Bit for bit; a comparison element by element takes minutes here. */
function same(a: Float32Array | Int32Array | undefined, b: Float32Array | Int32Array): boolean {
  return a !== undefined && Buffer.from(bytesOf(a)).equals(bytesOf(b));
}

describe("rows of a variable", () => {
  it("are made by themselves as they are made in the whole, from any row on", () => {
    const odd: StateVariable = {
      ...small,
      type: float32(9, 3),
      pieces: [
        { name: "p", row: 0, rows: 4, initializer: normal },
        { name: "q", row: 4, rows: 5, initializer: { kind: "uniform", low: -1, high: 1 } },
      ],
    };
    const whole = initialize(odd, 7);
    for (let first = 0; first < 9; first += 1)
      for (let count = 0; first + count <= 9; count += 1)
        expect(initializeRows(odd, 7, first, count)).toEqual(whole.slice(first * 3, (first + count) * 3));
  });

  it("are cut into runs that cover them once, each of at most a chunk", () => {
    const runs = [...rowChunks(table, 5, 300_000)];
    expect(runs.length).toBeGreaterThan(1);
    let next = 5;
    for (const { first, count } of runs) {
      expect(first).toBe(next);
      expect(count * 64).toBeLessThanOrEqual(chunkBytes);
      next += count;
    }
    expect(next).toBe(300_000);
    expect(variables.map(isLarge)).toEqual([true, true, false, false]);
  });
});

describeEngines("a session's state", (open) => {
  it.each([
    ["a table", false],
    ["a table and its slot, which the native engine holds as one", true],
  ])("is what was put into it by rows, before and after a step that moves some of %s", async (_, movesSlot) => {
    const builder = new GraphBuilder("train");
    const ids = builder.input("ids", int32("B"));
    const rows = builder.gather(builder.state(table), ids);
    const slots = builder.gather(builder.state(slot), ids);
    const moved = builder.add(rows, builder.scalar(1));
    const next = builder.add(builder.state(step), builder.scalar(1, "int32"));
    const fn = builder.finish(
      [{ name: "sum", value: builder.sum(builder.add(builder.sum(rows), builder.sum(builder.state(small)))) }],
      [
        { kind: "scatter", state: table.name, ids, rows: moved },
        ...(movesSlot ? ([{ kind: "scatter", state: slot.name, ids, rows: builder.add(slots, moved) }] as const) : []),
        { kind: "assign", state: step.name, value: next },
      ],
    );
    const program: Program = { state: variables, functions: [fn] };
    const session = await (await open()).open(program);
    await fillSession(session, variables, initialReader(7));
    const held = holdState(variables, sessionReader(session, variables));
    for (const variable of variables)
      expect([variable.name, same(held.get(variable.name)?.data, initialize(variable, 7))]).toEqual([
        variable.name,
        true,
      ]);
    const touched = Int32Array.of(0, 123_456, 299_999);
    session.run("train", { ids: { shape: [3], data: touched } });
    const expected = initialize(table, 7);
    for (const row of touched)
      for (let place = row * 16; place < row * 16 + 16; place += 1) expected[place] = (expected[place] ?? 0) + 1;
    const after = holdState(variables, sessionReader(session, variables), held);
    expect(same(after.get("table")?.data, expected)).toBe(true);
    expect(after.get("table")?.data === held.get("table")?.data).toBe(true);
    if (movesSlot) {
      const slotRow = [...(after.get(slot.name)?.data.subarray(123_456 * 16, 123_457 * 16) ?? [])];
      const moves = expected.subarray(123_456 * 16, 123_457 * 16);
      expect(slotRow).toEqual([...moves].map((move) => Math.fround(Math.fround(0.1) + move)));
      expect(
        same(session.get([slot.name]).get(slot.name)?.data, after.get(slot.name)?.data ?? new Float32Array()),
      ).toBe(true);
      session.set(new Map([[slot.name, { shape: [300_000, 16], data: expected }]]));
      expect(same(session.get([slot.name]).get(slot.name)?.data, expected)).toBe(true);
      expect(same(session.get(["table"]).get("table")?.data, expected)).toBe(true);
    }
    expect([...(after.get("step")?.data ?? [])]).toEqual([4]);
    session.writeRows("table", 123_456, new Float32Array(32).fill(9));
    expect(session.readRows("table", 123_455, 4)).toEqual(
      Float32Array.of(
        ...expected.slice(123_455 * 16, 123_456 * 16),
        ...new Float32Array(32).fill(9),
        ...expected.slice(123_458 * 16, 123_459 * 16),
      ),
    );
    session.close();
  });

  it("stops being filled when the signal fires", async () => {
    const session = await (await open()).open({ state: [table], functions: [] });
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(fillSession(session, [table], initialReader(1), controller.signal)).rejects.toThrow("enough");
    session.close();
  });
});
