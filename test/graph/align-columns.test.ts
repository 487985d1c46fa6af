import { describe, expect, it } from "vitest";
import {
  alignColumns,
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  type GraphFunction,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { hasTrees } from "../../src/compiler/model/index.js";
import { afterTwoSteps, createRandom, distance, functionOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

/** Columns of two tensors, mixed, and what they are multiplied with; gradients as autodiff writes them. */
function mixedColumns(
  rows: number,
  more: (b: GraphBuilder, values: { readonly x: ValueId; readonly dx: ValueId }) => readonly ValueId[] = () => [],
): GraphFunction {
  const b = new GraphBuilder("f");
  const [left, right] = [b.input("left", float32(rows, 4)), b.input("right", float32(rows, 3))];
  const cut = (of: ValueId, begin: number, size: number): ValueId => b.slice(of, { axis: 1, begin, size });
  const x = b.concat([cut(left, 2, 2), cut(right, 0, 1), cut(left, 0, 2), cut(right, 1, 2)], 1);
  const weights = [2, 5].map((columns) => b.input(`w${columns}`, float32(7, columns)));
  const upstream = [2, 5].map((columns) => b.input(`d${columns}`, float32(rows, columns)));
  const dx = upstream
    .map((each, i) => b.matmul(each, weights[i] ?? -1, { transposeB: true }))
    .reduce((sum, term) => b.add(sum, term));
  const values = [
    ...weights.map((each) => b.matmul(x, each)),
    ...upstream.map((each) => b.matmul(x, each, { transposeA: true })),
    b.concat([cut(dx, 3, 2), cut(dx, 0, 2)], 1),
    b.concat([cut(dx, 2, 1), cut(dx, 5, 2)], 1),
    ...more(b, { x, dx }),
  ];
  return b.finish(values.map((value, i) => ({ name: `y${i}`, value })));
}

function outputsOf(fn: GraphFunction): readonly number[] {
  const random = createRandom(3);
  const feeds = Object.fromEntries(
    fn.nodes.flatMap(({ op, attributes, type }) => {
      if (op !== "input" || !("name" in attributes)) return [];
      const shape = type.shape.map(Number);
      const size = shape.reduce((all, side) => all * side, 1);
      return [[attributes.name, { shape, data: Array.from({ length: size }, () => random() - 0.5) }]];
    }),
  );
  const outputs = createInterpreter({ state: [], functions: [fn] }, new Map()).run(fn.name, feeds);
  return Object.values(outputs).flatMap(({ data }) => [...data]);
}

function counts({ nodes }: GraphFunction): Readonly<Record<"slice" | "concat" | "gather", number>> {
  const of = (wanted: string): number => nodes.filter(({ op }) => op === wanted).length;
  return { slice: of("slice"), concat: of("concat"), gather: of("gather") };
}

describe("columns that products read", () => {
  it("are joined in the order in which they come, and so is their gradient", () => {
    const plain = mixedColumns(16);
    const aligned = alignColumns(plain);
    expect(counts(plain)).toEqual({ slice: 8, concat: 3, gather: 0 });
    // Rows of two weights, and of two gradients of weights; a slice for the gradient of each tensor.
    expect(counts(aligned)).toEqual({ slice: 2, concat: 1, gather: 4 });
    expect(distance(outputsOf(aligned), outputsOf(plain))).toBeLessThan(1e-12);
  });

  it("keep their order where anything else reads them", () => {
    const plain = mixedColumns(16, (b, { x }) => [b.relu(x)]);
    expect(alignColumns(plain)).toBe(plain);
  });

  it("keep it in a gradient that is read whole", () => {
    const plain = mixedColumns(16, (b, { dx }) => [b.relu(dx)]);
    const aligned = alignColumns(plain);
    expect(counts(aligned)).toEqual({ slice: 4, concat: 3, gather: 4 });
    expect(distance(outputsOf(aligned), outputsOf(plain))).toBeLessThan(1e-12);
  });

  it("keep it where the weights are larger than the batch", () => {
    const plain = mixedColumns(3);
    expect(alignColumns(plain)).toBe(plain);
  });
});

const rows = 6;
// The second group's networks are those of the first.
const trained = shippedModels.filter(
  ([name, model]) => model.loss.terms.length > 0 && !hasTrees(model) && !name.includes("group2"),
);
const cases = trained.flatMap(([name, model]) => {
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const plain = bindDims(functionOf(program, "train"), { B: rows });
  const aligned = alignColumns(plain, Infinity);
  return aligned === plain ? [] : [{ name, model, program, plain, aligned }];
});

describe("a step with aligned columns", () => {
  it("is that of many shipped specs", () => {
    expect(cases.map(({ name }) => name)).toContain("census/mmoe.mtl");
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)("of $name gives the same losses and state", ({ model, program, plain, aligned }) => {
    const after = (fn: GraphFunction): readonly number[] => afterTwoSteps(program, fn, randomFeeds(model, rows));
    expect(distance(after(aligned), after(plain))).toBeLessThan(1e-6);
  });
});
