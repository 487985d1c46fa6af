import { describe, expect, it } from "vitest";
import {
  alignColumns,
  bindDims,
  GraphBuilder,
  type GraphFunction,
  mergeProducts,
  multiplyTables,
  padDistinct,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { hasTrees } from "../../src/compiler/model/index.js";
import { afterTwoSteps, distance, functionOf, modelOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const rows = 12;
const cases = shippedModels.flatMap(([name, model]) => {
  if (model.loss.terms.length === 0 || hasTrees(model) || name.includes("group2")) return [];
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const known = padDistinct(alignColumns(bindDims(functionOf(program, "train"), { B: rows }), Infinity));
  const plain = known === undefined ? undefined : multiplyTables(known);
  if (plain === undefined) return [];
  const merged = mergeProducts(plain);
  return merged === plain ? [] : [{ name, model, program, plain, merged }];
});

function products({ nodes }: GraphFunction): readonly string[] {
  return nodes.flatMap(({ op, inputs }) =>
    op === "matmul" ? [inputs.map((id) => nodes[id]?.type.shape.join("×")).join(" · ")] : [],
  );
}

describe("a step with merged products", () => {
  it("is that of many shipped specs", () => {
    expect(cases.map(({ name }) => name)).toContain("synthetic/mmoe.mtl");
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)(
    "of $name has fewer products and gives the same losses and state",
    ({ model, program, plain, merged }) => {
      expect(products(merged).length).toBeLessThan(products(plain).length);
      const feeds = randomFeeds(model, rows, 1);
      const after = (fn: GraphFunction): readonly number[] => afterTwoSteps(program, fn, feeds);
      expect(distance(after(merged), after(plain))).toBeLessThan(1e-6);
    },
  );

  it("multiplies experts and gates at once, and what their gradients share is joined once", () => {
    const model = modelOf(`model m
      features { f: categorical(hash: 50, embed: 8), n: numeric(scale: none) }
      labels { click: event, like: event }
      experts pool[4] = mlp([f, n], [16])
      gate a = softmax([f, n]) over pool
      gate b = softmax([f, n]) over pool
      task ctr: P(click) = sigmoid(logit(a))
      task ltr: P(like)  = sigmoid(logit(b))
      loss { ctr: bce, ltr: bce }`);
    const train = padDistinct(bindDims(functionOf(lowerModel(model, sizesOf(model, 50)), "train"), { B: 64 }));
    if (train === undefined) throw new Error("the step has sizes that its batch decides");
    const merged = mergeProducts(train);
    const found = products(merged);
    expect(found.filter((each) => each === "64×9 · 9×72")).toHaveLength(1);
    expect(found.filter((each) => each === "64×72 · 9×72")).toHaveLength(1);
    expect(found.filter((each) => each === "64×9 · 64×72")).toHaveLength(1);
    const joins = merged.nodes.filter(({ op, type }) => op === "concat" && type.shape[1] === 72);
    expect(joins).toHaveLength(2);
  });

  it("leaves wide products, products that need one another, and terms of a broadcast sum", () => {
    const builder = new GraphBuilder("train");
    const input = (name: string, ...shape: number[]) => builder.input(name, { dtype: "float32", shape });
    const x = input("x", 4, 3);
    const wide = [input("v", 3, 40), input("w", 3, 48)].map((w) => builder.matmul(x, w));
    const first = builder.matmul(x, input("narrow", 3, 3));
    const second = builder.matmul(x, builder.slice(first, { axis: 0, begin: 0, size: 3 }));
    const [row, weights] = [input("row", 1, 2), input("weights", 3, 2)];
    const broadcast = builder.add(
      builder.add(
        builder.matmul(row, weights, { transposeB: true }),
        builder.matmul(row, input("more", 3, 2), { transposeB: true }),
      ),
      x,
    );
    const values = [...wide, second, broadcast];
    const fn = builder.finish(values.map((value, i) => ({ name: `y${i}`, value })));
    expect(products(mergeProducts(fn)).filter((each) => each.startsWith("4×3"))).toEqual(
      products(fn).filter((each) => each.startsWith("4×3")),
    );
  });
});
