import { describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  type GraphFunction,
  initialize,
  joinProducts,
  type Program,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { hasTrees } from "../../src/compiler/model/index.js";
import { createRandom, distance, functionOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

function products(fn: GraphFunction): readonly (readonly unknown[])[] {
  return fn.nodes.flatMap((node) => (node.op === "matmul" ? [node.type.shape] : []));
}

/** The outputs of a function without state on random inputs. */
function outputsOf(fn: GraphFunction): Readonly<Record<string, readonly number[]>> {
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
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

function expectSame(joined: GraphFunction, plain: GraphFunction): void {
  const [found, wanted] = [outputsOf(joined), outputsOf(plain)];
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) expect(distance(found[name] ?? [], values)).toBeLessThan(1e-12);
}

describe("products of one matrix", () => {
  it("are the columns of one product, and give its terms to the gradient of what they share", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32(6, 5));
    const weights = [80, 3, 4].map((columns) => b.input(`w${columns}`, float32(5, columns)));
    const gradients = [80, 3, 4].map((columns) => b.input(`d${columns}`, float32(6, columns)));
    const outputs = [
      ...weights.map((weight, i) => ({ name: `y${i}`, value: b.matmul(x, weight) })),
      ...gradients.map((gradient, i) => ({ name: `dw${i}`, value: b.matmul(x, gradient, { transposeA: true }) })),
      {
        name: "dx",
        value: gradients
          .map((gradient, i) => b.matmul(gradient, weights[i] ?? -1, { transposeB: true }))
          .reduceRight((sum, term) => b.add(sum, term)),
      },
    ];
    const plain = b.finish(outputs);
    const joined = joinProducts(plain);
    expect(products(plain)).toHaveLength(9);
    expect(products(joined)).toEqual([
      [6, 87],
      [5, 87],
      [6, 5],
    ]);
    // The weights are joined once, and so are the gradients.
    expect(joined.nodes.filter(({ op }) => op === "concat")).toHaveLength(2);
    expectSame(joined, plain);
  });

  it("stay apart where one is computed from another, where all are wide, and where a sum has other terms", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32(4, 4));
    const first = b.matmul(x, b.input("w", float32(4, 4)));
    const second = b.matmul(x, first);
    const wide = [65, 66].map((columns) =>
      b.matmul(b.input("v", float32(4, 4)), b.input(`u${columns}`, float32(4, columns))),
    );
    const mixed = b.add(b.matmul(first, second, { transposeB: true }), b.input("z", float32(4, 4)));
    const plain = b.finish([second, ...wide, mixed].map((value, i) => ({ name: `y${i}`, value })));
    expect(joinProducts(plain)).toBe(plain);
  });

  it("are as they are where a term is read elsewhere too", () => {
    const b = new GraphBuilder("f");
    const [x, w, v] = ["x", "w", "v"].map((name) => b.input(name, float32(3, 3)));
    const term = b.matmul(x ?? -1, w ?? -1);
    const sum = b.add(term, b.matmul(v ?? -1, x ?? -1));
    const plain = b.finish([
      { name: "term", value: term },
      { name: "sum", value: sum },
    ]);
    expect(joinProducts(plain)).toBe(plain);
  });
});

const rows = 6;
const trained = shippedModels.filter(([, model]) => model.loss.terms.length > 0 && !hasTrees(model));

describe("a step with its products joined", () => {
  it.each(trained)("%s gives the same losses and state", (_, model) => {
    const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
    const plain = bindDims(functionOf(program, "train"), { B: rows });
    const joined = joinProducts(plain);
    if (joined === plain) return;
    const after = (fn: GraphFunction): readonly number[] => {
      const initial = new Map(program.state.map((each) => [each.name, initialize(each, 1)]));
      const stepped: Program = { ...program, functions: [fn] };
      const interpreter = createInterpreter(stepped, initial);
      const feeds = randomFeeds(model, rows);
      const outputs = [interpreter.run("train", feeds), interpreter.run("train", feeds)];
      return [
        ...outputs.flatMap((each) => Object.values(each).flatMap(({ data }) => [...data])),
        ...program.state.flatMap(({ name }) => [...interpreter.get(name).data]),
      ];
    };
    expect(distance(after(joined), after(plain))).toBeLessThan(1e-6);
  });
});
