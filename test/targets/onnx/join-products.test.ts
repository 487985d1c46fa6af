import { describe, expect, it } from "vitest";
import { createInterpreter, type GraphFunction, initialize } from "../../../src/compiler/graph/index.js";
import { lowerModel } from "../../../src/compiler/lower/index.js";
import { hasTrees } from "../../../src/compiler/model/index.js";
import { joinProducts } from "../../../src/compiler/targets/onnx/index.js";
import { functionOf, randomFeeds, sizesOf } from "../../lower/harness.js";
import { servingOnes, shippedModels } from "../../shipped-models.js";

const cases = shippedModels.flatMap(([name, model]) => {
  if (hasTrees(model)) return [];
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const plain = functionOf(program, "predict");
  const joined = joinProducts(plain);
  return joined === plain ? [] : [{ name, model, program, joined }];
});

const products = ({ nodes }: GraphFunction): number => nodes.filter(({ op }) => op === "matmul").length;

describe("products of one matrix as one", () => {
  it("are the gates of experts, and their mixtures", () => {
    const { program, joined } = cases.find(({ name }) => name === "census/mmoe.mtl") ?? {};
    if (program === undefined || joined === undefined) throw new Error("census/mmoe.mtl has none");
    expect(products(joined)).toBe(products(functionOf(program, "predict")) - 2);
  });

  it.each(cases)("say the same of $name", ({ model, program, joined }) => {
    const state = new Map(program.state.map((variable) => [variable.name, initialize(variable, 1)]));
    const feeds = randomFeeds(model, 9, 2);
    const expected = createInterpreter(program, state).run("predict", feeds);
    const found = createInterpreter({ ...program, functions: [joined] }, state).run("predict", feeds);
    for (const [head, { data }] of Object.entries(expected)) expect(found[head]?.data, head).toEqual(data);
  });
});
