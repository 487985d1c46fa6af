import { describe, expect, it } from "vitest";
import {
  alignColumns,
  bindDims,
  createInterpreter,
  type GraphFunction,
  initialize,
  multiplyTables,
  padDistinct,
  type Program,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { hasTrees } from "../../src/compiler/model/index.js";
import { distance, functionOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const rows = 12;
const trained = shippedModels.filter(
  ([name, model]) => model.loss.terms.length > 0 && !hasTrees(model) && !name.includes("group2"),
);
const cases = trained.flatMap(([name, model]) => {
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const plain = padDistinct(alignColumns(bindDims(functionOf(program, "train"), { B: rows }), Infinity));
  if (plain === undefined) return [];
  const multiplied = multiplyTables(plain, true);
  return multiplied === plain ? [] : [{ name, model, program, plain, multiplied }];
});

describe("a step with products of tables", () => {
  it("is that of many shipped specs", () => {
    expect(cases.map(({ name }) => name)).toContain("census/mmoe.mtl");
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)("of $name gives the same losses and state", ({ model, program, plain, multiplied }) => {
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
    expect(distance(after(multiplied), after(plain))).toBeLessThan(1e-6);
  });
});
