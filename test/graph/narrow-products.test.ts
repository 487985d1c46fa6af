/** Columns of products that nobody reads. */
import { describe, expect, it } from "vitest";
import { createInterpreter, float32, GraphBuilder, type GraphFunction } from "../../src/compiler/graph/index.js";
import { narrowProducts } from "../../src/compiler/graph/passes/products/narrow-products.js";
import { distance } from "../lower/harness.js";

const feeds = {
  a: { shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, at) => Math.sin(at)) },
  b: { shape: [4, 10], data: Float32Array.from({ length: 40 }, (_, at) => Math.cos(at)) },
  c: { shape: [10, 4], data: Float32Array.from({ length: 40 }, (_, at) => Math.cos(2 * at)) },
};

function built(write: (b: GraphBuilder, product: (transposeB: boolean) => number) => readonly number[]): GraphFunction {
  const b = new GraphBuilder("f");
  const [a, right, other] = [b.input("a", float32(3, 4)), b.input("b", float32(4, 10)), b.input("c", float32(10, 4))];
  const values = write(b, (transposeB) => b.matmul(a, transposeB ? other : right, { transposeB }));
  return b.finish(values.map((value, at) => ({ name: `y${at}`, value })));
}

const widths = ({ nodes }: GraphFunction): readonly number[] =>
  nodes.flatMap((node) => (node.op === "matmul" ? [Number(node.type.shape[1])] : []));

function expectSame(fn: GraphFunction): GraphFunction {
  const narrow = narrowProducts(fn);
  const [before, after] = [fn, narrow].map((each) =>
    createInterpreter({ state: [], functions: [each] }).run("f", feeds),
  );
  for (const [name, { data }] of Object.entries(before ?? {}))
    expect([name, distance([...data], [...(after?.[name]?.data ?? [])])]).toEqual([name, 0]);
  return narrow;
}

describe("narrow products", () => {
  it.each([false, true])("have the columns from the first to the last that are read (transposed: %s)", (transposeB) => {
    const fn = built((b, product) =>
      [
        [2, 3],
        [5, 2],
      ].map(([begin = 0, size = 0]) => b.slice(product(transposeB), { axis: 1, begin, size })),
    );
    expect(widths(expectSame(fn))).toEqual([5]);
  });

  it("are left where all of a product is read, as a whole or by parts", () => {
    const read = built((b, product) => [
      b.slice(product(false), { axis: 1, begin: 0, size: 4 }),
      b.sum(product(false), { axes: [0] }),
    ]);
    expect(narrowProducts(read)).toBe(read);
    const parts = built((b, product) => [
      b.slice(product(false), { axis: 1, begin: 0, size: 4 }),
      b.slice(product(false), { axis: 1, begin: 4, size: 6 }),
    ]);
    expect(narrowProducts(parts)).toBe(parts);
    const rows = built((b, product) => [b.slice(product(false), { axis: 0, begin: 0, size: 2 })]);
    expect(narrowProducts(rows)).toBe(rows);
  });
});
