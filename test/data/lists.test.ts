/** Batches that keep lists whole. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countListBatches,
  countLongLists,
  indexLists,
  listBatches,
  type ListBatch,
  type ListIndex,
} from "../../src/runtime/data/batches/lists.js";
import { event, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const copy = (batches: Iterable<ListBatch>): readonly { rows: number[]; lengths: readonly number[] }[] =>
  Array.from(batches, ({ rows, lengths }) => ({ rows: [...rows], lengths }));

/** The lists of a batch, each as its rows. */
function listsOf({ rows, lengths }: { readonly rows: readonly number[]; readonly lengths: readonly number[] }) {
  let at = 0;
  return lengths.map((length) => rows.slice(at, (at += length)));
}

const someCodes = fc.array(fc.integer({ min: -1, max: 12 }), { minLength: 1, maxLength: 120 });
const someOrder = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  shuffle: fc.option(fc.record({ seed: fc.nat(9), epoch: fc.nat(9) }), { nil: undefined }),
});

const wholeOf = ({ rows, starts, count }: ListIndex): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, list) => [...rows.subarray(starts[list], starts[list + 1])]);

describe("lists", () => {
  it("are the rows of a code in file order, by their first rows; without a code a row is one by itself", () => {
    const index = indexLists(Int32Array.of(2, -1, 0, 2, -1, 0, 0));
    expect(wholeOf(index)).toEqual([[0, 3], [1], [2, 5, 6], [4]]);
    expect([index.longest, countLongLists(index, 2), countLongLists(index, 3)]).toEqual([3, 1, 0]);
    expect(indexLists(new Int32Array(0))).toMatchObject({ count: 0, longest: 0 });
  });

  it("have each row once an epoch, fit their batch, and are whole unless they are longer than it", () => {
    fc.assert(
      fc.property(someCodes, someOrder, (codes, { size, shuffle }) => {
        const index = indexLists(Int32Array.from(codes));
        const order = shuffle === undefined ? { size } : { size, shuffle };
        const batches = copy(listBatches(index, order, 0));
        expect(batches.flatMap(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual(codes.map((_, row) => row));
        expect(batches.every(({ rows }) => rows.length > 0 && rows.length <= size)).toBe(true);
        const pieces = batches.flatMap(listsOf);
        for (const list of wholeOf(index)) {
          const own = pieces.filter((piece) => piece.some((row) => list.includes(row)));
          if (list.length <= size) expect(own).toEqual([list]);
          else
            expect(
              Math.max(...own.map(({ length }) => length)) - Math.min(...own.map(({ length }) => length)),
            ).toBeLessThan(2);
        }
        // No batch could have taken the list after it.
        const firsts = batches.map((batch) => listsOf(batch)[0]?.length ?? 0);
        for (const [at, { rows }] of batches.slice(0, -1).entries())
          expect(rows.length + (firsts[at + 1] ?? 0)).toBeGreaterThan(size);
        expect(countListBatches(index, order)).toBe(batches.length);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("go on after some batches as if they had not stopped", () => {
    fc.assert(
      fc.property(someCodes, someOrder, fc.nat(6), (codes, { size, shuffle }, skip) => {
        const index = indexLists(Int32Array.from(codes));
        const order = shuffle === undefined ? { size } : { size, shuffle };
        expect(copy(listBatches(index, order, skip))).toEqual(copy(listBatches(index, order, 0)).slice(skip));
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it("come in another order by seed and epoch, and a list that is cut in other parts", () => {
    const order = (seed: number, epoch: number, codes: readonly number[]): string =>
      JSON.stringify(copy(listBatches(indexLists(Int32Array.from(codes)), { size: 8, shuffle: { seed, epoch } }, 0)));
    const short = Array.from({ length: 40 }, (_, row) => row % 20);
    const long = Array.from({ length: 40 }, () => 0);
    for (const codes of [short, long]) {
      expect(order(1, 0, codes)).toBe(order(1, 0, codes));
      expect(new Set([order(1, 0, codes), order(1, 1, codes), order(2, 0, codes)]).size).toBe(3);
    }
  });

  it("come first with an equal chance", () => {
    const index = indexLists(Int32Array.from([0, 0, 0, 1, 2, 2, 3]));
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++) {
      const [first] = copy(listBatches(index, { size: 3, shuffle: { seed, epoch: 0 } }, 0));
      counts[[0, 0, 0, 1, 2, 2, 3][first?.rows[0] ?? 0] ?? 0]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe("a data set", () => {
  const rows = Array.from({ length: 500 }, (_, i) => `${i},u${(i * i) % 37},${i % 11},${i % 2}`);
  const files = { "a.csv": `x,user,session,click\n${rows.join("\n")}\n` };
  const model = spec({ train: source("a.csv"), group: "user" }, [numeric("x")], [event("click")]);
  const order = { size: 64, pad: true, lists: "whole", shuffle: { seed: 3, epoch: 1 } } as const;

  it("has batches of whole lists, the same from memory and from the disk", async () => {
    const folder = folderWith(files);
    const held = (await openIn(folder, model)).train;
    const read = (await openIn(folder, model, { cacheLimit: 0 })).train;
    const all = rowsOf(held, order);
    expect(rowsOf(read, order)).toEqual(all);
    expect(all.map(({ numbers }) => numbers[0] ?? -1).toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i));
    expect(rowsOf(held, { ...order, skip: 2 })).toEqual(
      all.slice([...(held?.batches(order) ?? [])].slice(0, 2).reduce((sum, batch) => sum + batch.rows, 0)),
    );
    let count = 0;
    for (const batch of held?.batches(order) ?? []) {
      count += 1;
      const { groups, members, length, count: lists } = batch.lists ?? { groups: [], members: [], length: 0, count: 0 };
      const users = Array.from({ length: batch.rows }, (_, row) => (batch.numbers[row] ?? 0) ** 2 % 37);
      expect(new Set(users).size).toBe(lists);
      for (let row = 0; row < batch.rows; row++)
        for (let other = 0; other < batch.rows; other++)
          expect(groups[row] === groups[other]).toBe(users[row] === users[other]);
      for (let list = 0; list < lists; list++) {
        const found = Array.from(members.slice(list * length, (list + 1) * length)).filter((row) => row >= 0);
        expect(found).toEqual([...users.keys()].filter((row) => groups[row] === list));
      }
      expect(batch.weights.slice(batch.rows).every((weight) => weight === 0)).toBe(true);
    }
    expect(held?.batchCount(order)).toBe(count);
    expect(held?.batchCount({ size: 64 })).toBe(8);
    held?.close();
    read?.close();
  });

  it.each([true, false])(
    "has batches whose lists are what chance put into them (the last filled up: %s)",
    async (pad) => {
      const folder = folderWith(files);
      const held = (await openIn(folder, model)).train;
      const read = (await openIn(folder, model, { cacheLimit: 0 })).train;
      const split = { ...order, pad, lists: "split" } as const;
      const { lists: _, ...plain } = split;
      expect(rowsOf(held, split)).toEqual(rowsOf(held, plain));
      const found = [held, read].map((data) =>
        [...(data?.batches(split) ?? [])].map(({ lists }) => structuredClone(lists)),
      );
      expect(found[1]).toEqual(found[0]);
      expect([...(held?.batches({ ...split, skip: 3 }) ?? [])].map(({ lists }) => lists)).toEqual(found[0]?.slice(3));
      let pairs = 0;
      for (const { numbers, rows: count, size, lists } of held?.batches(split) ?? []) {
        const users = Array.from({ length: count }, (_, row) => (numbers[row] ?? 0) ** 2 % 37);
        const { groups, members, length = 0 } = lists ?? { groups: [], members: [] };
        expect(groups).toHaveLength(size);
        expect(lists?.count).toBe(new Set(users).size);
        for (const [row, user] of users.entries()) {
          const list = groups[row] ?? -1;
          const own = Array.from(members.slice(list * length, (list + 1) * length)).filter((other) => other >= 0);
          expect(own).toEqual([...users.keys()].filter((other) => users[other] === user));
          pairs += own.length - 1;
        }
      }
      expect(pairs).toBeGreaterThan(0);
      expect(held?.batchCount(split)).toBe(8);
      held?.close();
      read?.close();
    },
  );

  it("has lists by a column of their own where it is asked for, and the group beside", async () => {
    const folder = folderWith(files);
    const { train } = await openIn(folder, model, { lists: "session" });
    const plain = (await openIn(folder, model)).train;
    expect(train?.lists()?.count).toBe(11);
    expect(plain?.lists()?.count).toBe(new Set(rows.map((_, i) => (i * i) % 37)).size);
    expect(train?.groups()).toEqual(plain?.groups());
    expect(train?.hash).not.toBe(plain?.hash);
    // The group is the lists that there would be anyway: one entry of the cache serves both.
    expect((await openIn(folder, model, { lists: "user" })).train?.hash).toBe(plain?.hash);
    expect((await openIn(folder, spec({ train: source("a.csv") }, [numeric("x")]))).train?.lists()).toBeUndefined();
  });
});
