import { describe, expect, it } from "vitest";
import {
  alignColumns,
  bindDims,
  type GraphFunction,
  multiplyTables,
  padDistinct,
} from "../../src/compiler/graph/index.js";
import { flopsOfNode } from "../../src/compiler/cost/flops.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { type FittedSizes, hasTrees, type Model } from "../../src/compiler/model/index.js";
import { afterTwoSteps, distance, functionOf, modelOf, randomFeeds } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const rows = 12;
const trained = shippedModels.filter(
  ([name, model]) => model.loss.terms.length > 0 && !hasTrees(model) && !name.includes("group2"),
);
/** Features of few values, of some, and of so many that their rows are multiplied. */
function sizesOf(model: Model): FittedSizes {
  const features = model.features.filter(({ kind }) => kind !== "numeric");
  return { ids: Object.fromEntries(features.map(({ name }, i) => [name, 2 + ((i * 13) % 45)])) };
}

const always = { leastWork: 0, leastShare: -Infinity, mostValues: 30 / rows, readsAgain: true };

const cases = trained.flatMap(([name, model]) => {
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const plain = padDistinct(alignColumns(bindDims(functionOf(program, "train"), { B: rows }), Infinity));
  if (plain === undefined) return [];
  const multiplied = multiplyTables(plain, always);
  return multiplied === plain ? [] : [{ name, model, program, plain, multiplied }];
});

describe("a step with products of tables", () => {
  it("is that of many shipped specs", () => {
    expect(cases.map(({ name }) => name)).toContain("census/mmoe.mtl");
    expect(cases.length).toBeGreaterThan(15);
  });

  it("is left as it is where there is little to win", () => {
    for (const { plain } of cases) expect(multiplyTables(plain)).toBe(plain);
  });

  it("multiplies the tables of census, and takes less than two thirds of the work", () => {
    const { model, program } = cases.find(({ name }) => name === "census/mmoe.mtl") ?? {
      model: undefined,
      program: undefined,
    };
    if (model === undefined) throw new Error("there is no census/mmoe.mtl");
    const plain = alignColumns(bindDims(functionOf(program, "train"), { B: 1024 }));
    const work = ({ nodes }: GraphFunction): number =>
      nodes.reduce(
        (sum, node) =>
          sum +
          flopsOfNode(
            node,
            node.inputs.flatMap((id) => nodes[id]?.type ?? []),
            new Map(),
          ),
        0,
      );
    expect(work(multiplyTables(plain)) / work(plain)).toBeLessThan(2 / 3);
  });

  it("multiplies rows of all but features of few values where products of the others would be too large", () => {
    const features = Array.from({ length: 24 }, (_, i) => `f${i}: categorical(hash: ${i < 12 ? 6 : 100}, embed: 8)`);
    const names = features.map((_, i) => `f${i}`).join(", ");
    const model = modelOf(`model m
      features { ${features.join("\n")} }
      labels { click: event }
      tower t = mlp([${names}], [512, 8])
      task ctr: P(click) = sigmoid(logit(t))
      loss { ctr: bce }
      train { embeddings: dense }`);
    const ids = Object.fromEntries(model.features.map(({ name }, i) => [name, i < 12 ? 6 : 100]));
    const plain = bindDims(functionOf(lowerModel(model, { ids }), "train"), { B: 1024 });
    const multiplied = multiplyTables(plain);
    const shapes = multiplied.nodes.map(({ type }) => type.shape.join("×"));
    expect(multiplied).not.toBe(plain);
    // Products of twelve tables of six values, and rows of the other twelve.
    expect(shapes).toContain("12×6×512");
    expect(shapes).not.toContain("12×100×512");
    expect(shapes).toContain("1024×96");
  });

  it.each(cases)("of $name gives the same losses and state", ({ model, program, plain, multiplied }) => {
    const feeds = randomFeeds(model, rows, 1, (feature) => sizesOf(model).ids[feature] ?? 2);
    const after = (fn: GraphFunction): readonly number[] => afterTwoSteps(program, fn, feeds);
    expect(distance(after(multiplied), after(plain))).toBeLessThan(1e-6);
  });
});
