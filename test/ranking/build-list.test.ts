import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildList, verifyList, type ListProblem, type WindowConstraint } from "../../src/compiler/ranking/index.js";
import { bruteForce } from "./brute-force.js";
import { keyColumn } from "./key-column.js";

const row = (values: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: values - 1 }).map((value) => [value]) },
    { weight: 1, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: values - 1 }), { minLength: 2, maxLength: 2 }) },
  );

const flags = (count: number): fc.Arbitrary<Uint8Array> =>
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }).map((bits) => Uint8Array.from(bits));

function problems(
  what: { readonly last?: true; readonly soft?: true; readonly pins?: true; readonly caps?: true } = {},
): fc.Arbitrary<ListProblem> {
  return fc.integer({ min: 1, max: 8 }).chain((count) => {
    const keys = fc
      .integer({ min: 1, max: 4 })
      .chain((values) => fc.array(row(values), { minLength: count, maxLength: count }))
      .map(keyColumn);
    const strength = what.soft
      ? fc.oneof(
          fc.integer({ min: 1, max: 3 }).map((priority) => ({ kind: "soft" as const, priority })),
          fc
            .constantFrom("shorten" as const, "relax" as const, "refuse" as const)
            .map((otherwise) => ({ kind: "hard" as const, otherwise })),
        )
      : fc.constant({ kind: "hard" as const, otherwise: "shorten" as const });
    const window = fc
      .record({
        most: fc.integer({ min: 1, max: 2 }),
        extra: fc.integer({ min: 1, max: 3 }),
        keys,
        tail: fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }), { maxLength: 4 }),
        strength,
      })
      .map(({ most, extra, tail, ...rest }) => ({
        ...rest,
        most,
        size: most + extra,
        tail: tail.map((values) => [...new Set(values)]),
      }));
    const quota = fc.record({
      members: flags(count),
      least: fc.integer({ min: 1, max: 3 }),
      top: fc.integer({ min: 3, max: 6 }),
      strength,
    });
    const cap = fc.record({
      keys,
      permits: fc
        .array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 12 })
        .map((p) => Float64Array.from(p)),
    });
    const pin = fc.record({
      candidate: fc.integer({ min: 0, max: count - 1 }),
      position: fc.integer({ min: 0, max: count }),
    });
    return fc
      .record({
        length: fc.integer({ min: 1, max: count + 1 }),
        last: what.last ? flags(count) : fc.constant(new Uint8Array(count)),
        windows: fc.array(window, { minLength: 0, maxLength: 2 }),
        quotas: fc.array(quota, { maxLength: what.soft ? 2 : 0 }),
        caps: fc.array(cap, { maxLength: what.caps ? 1 : 0 }),
        pins: fc.array(pin, { maxLength: what.pins ? 2 : 0 }),
      })
      .map(({ windows, quotas, caps, pins, last, length }): ListProblem => {
        const allowed = pins.filter(
          ({ candidate, position }, i) =>
            last[candidate] === 0 &&
            !pins.slice(0, i).some((other) => other.candidate === candidate || other.position === position),
        );
        return {
          count,
          length,
          last,
          windows: windows.map((each, i) => ({ ...each, name: `window ${i}` })),
          quotas: quotas.map((each, i) => ({
            ...each,
            name: `quota ${i}`,
            members: each.members.map((member, candidate) => (last[candidate] === 1 ? 0 : member)),
          })),
          caps: caps.map((each, i) => ({ ...each, name: `cap ${i}` })),
          pins: allowed.map((each, i) => ({ ...each, name: `pin ${i}` })),
          budget: 1000,
        };
      });
  });
}

function agrees(problem: ListProblem): void {
  const built = buildList(problem);
  const expected = bruteForce(problem);
  expect([...built.list]).toEqual(expected.list);
  expect(built.searchTruncated).toBe(false);
  expect(verifyList(problem, built)).toEqual([]);
  expect(built.relaxed.some(({ kind }) => kind === "refused")).toBe(expected.refused);
}

describe("the list is the lexicographically first feasible one", () => {
  it("for hard windows", () => {
    fc.assert(fc.property(problems(), agrees), { numRuns: 4000, seed: 1 });
  });

  it("for hard windows, caps and suppressed candidates", () => {
    fc.assert(fc.property(problems({ last: true, caps: true }), agrees), { numRuns: 2000, seed: 2 });
  });

  it("for hard and soft windows and quotas", () => {
    fc.assert(fc.property(problems({ soft: true }), agrees), { numRuns: 1500, seed: 3 });
  }, 120_000);

  it("for everything at once", () => {
    fc.assert(fc.property(problems({ soft: true, pins: true, caps: true, last: true }), agrees), {
      numRuns: 1500,
      seed: 4,
    });
  }, 120_000);
});

describe("a window that may be relaxed", () => {
  const soft = (
    priority: number,
    name: string,
    values: readonly string[],
    tail: readonly string[],
  ): WindowConstraint => {
    const known = [...new Set([...values, ...tail])];
    const numbers = (own: readonly string[]): number[][] => own.map((value) => [known.indexOf(value)]);
    return {
      name,
      most: 1,
      size: 2,
      keys: { ...keyColumn(numbers(values)), valueCount: known.length },
      tail: numbers(tail),
      strength: { kind: "soft", priority },
    };
  };

  it("is broken once by the page before, and holds on the rest of the page", () => {
    const problem: ListProblem = {
      count: 8,
      length: 5,
      windows: [
        soft(2, "brands", ["z1", "z2", "z3", "z4", "x", "x", "x", "x"], ["x"]),
        soft(1, "categories", ["y", "y", "y", "y", "p", "q", "r", "t"], ["y"]),
      ],
      caps: [],
      quotas: [],
      pins: [],
      budget: 1000,
    };
    const { list, relaxed } = buildList(problem);
    expect([...list]).toEqual([0, 4, 1, 5, 2]);
    expect(relaxed).toEqual([{ kind: "window", rule: "categories", positions: [1] }]);
    const first = buildList({ ...problem, windows: problem.windows.map((each) => ({ ...each, tail: [] })) });
    expect(first.relaxed).toEqual([]);
  });
});

describe("two windows that only just fit", () => {
  it("leave room for all sixteen", () => {
    const a = [1, 3, 2, 2, 4, 3, 2, 2, 1, 2, 4, 4, 4, 3, 1, 4];
    const b = [3, 2, 2, 3, 1, 4, 2, 2, 3, 4, 1, 1, 1, 1, 3, 2];
    const hard = (name: string, values: readonly number[]): WindowConstraint => ({
      name,
      most: 1,
      size: 3,
      keys: keyColumn(values.map((value) => [value])),
      tail: [],
      strength: { kind: "hard", otherwise: "shorten" },
    });
    const windows = [hard("a", a), hard("b", b)];
    const problem: ListProblem = { count: 16, length: 16, windows, caps: [], quotas: [], pins: [], budget: 1000 };
    const built = buildList(problem);
    expect(built.list).toHaveLength(16);
    expect(built.relaxed).toEqual([]);
    expect(verifyList(problem, built)).toEqual([]);
  });
});

describe("a short list", () => {
  it("names the rules without which it would be longer", () => {
    const window = (name: string, values: readonly number[]): WindowConstraint => ({
      name,
      most: 1,
      size: 3,
      keys: keyColumn(values.map((value) => [value])),
      tail: [],
      strength: { kind: "hard", otherwise: "shorten" },
    });
    const windows = [window("idle", [0, 1, 2]), window("tight", [0, 0, 0])];
    const { relaxed } = buildList({ count: 3, length: 3, windows, caps: [], quotas: [], pins: [], budget: 1000 });
    expect(relaxed).toEqual([{ kind: "short", rules: ["tight"], wanted: 3, length: 1 }]);
  });
});
