import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float32, GraphBuilder, int32 } from "../../src/compiler/graph/index.js";
import type { HostTensor, Session } from "../../src/runtime/engine/index.js";
import { sizedCalls } from "../../src/runtime/jobs/predict/sized-calls.js";

type Feeds = Readonly<Record<string, HostTensor>>;

const target = (() => {
  const b = new GraphBuilder("predict");
  const ids = b.input("ids", int32("B", 2));
  const numbers = b.input("numbers", float32("B", 3));
  return b.finish([
    { name: "row", value: numbers },
    { name: "one", value: ids },
  ]);
})();

/** What each row gets: its numbers and its ids, and a number of all of them. */
function compute({ ids, numbers }: Feeds): Feeds {
  const rows = ids?.shape[0] ?? 0;
  if (ids?.data.length !== 2 * rows || numbers?.shape[0] !== rows || numbers.data.length !== 3 * rows)
    throw new Error("the feeds have other sizes than they say");
  const sums = Float32Array.from(
    { length: 3 * rows },
    (_, at) => numbers.data[at]! + ids.data[2 * Math.floor(at / 3)]!,
  );
  const ones = Int32Array.from({ length: rows }, (_, row) => ids.data[2 * row + 1]!);
  return { row: { shape: [rows, 3], data: sums }, one: { shape: [rows], data: ones } };
}

function feedsOf(rows: number, seed: number): Feeds {
  return {
    ids: { shape: [rows, 2], data: Int32Array.from({ length: 2 * rows }, (_, at) => (at * 7 + seed) % 11) },
    numbers: { shape: [rows, 3], data: Float32Array.from({ length: 3 * rows }, (_, at) => ((at * 5 + seed) % 13) / 4) },
  };
}

describe("calls of a session that makes a plan for each size", () => {
  const sizes: number[] = [];
  const session = {
    run: (_: string, feeds: Feeds) => {
      sizes.push(feeds["ids"]?.shape[0] ?? 0);
      return compute(feeds);
    },
  } as unknown as Session;

  it("are of eight sizes, and give each row what it gets in one call of all", () => {
    const calls = sizedCalls(session, target);
    expect(calls).toBeDefined();
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 9000 })),
        fc.nat(100),
        (rows, seed) => {
          sizes.length = 0;
          const feeds = feedsOf(rows, seed);
          expect(calls?.run("predict", feeds)).toEqual(compute(feeds));
          // Less than the smallest size is computed in vain.
          const computed = sizes.reduce((sum, size) => sum + size, 0);
          expect(computed - rows).toBeGreaterThanOrEqual(0);
          expect(computed - rows).toBeLessThan(16);
          expect(sizes.every((size) => size >= 16 && size <= 2048 && Number.isInteger(Math.log2(size)))).toBe(true);
        },
      ),
    );
  });

  it("are not made of a function with an input that has no rows", () => {
    const b = new GraphBuilder("predict");
    const numbers = b.input("numbers", float32("B", 3));
    const listed = b.add(numbers, b.input("list", float32(3)));
    expect(sizedCalls(session, b.finish([{ name: "row", value: listed }]))).toBeUndefined();
  });
});
