import { describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  initialize,
  type StackedProgram,
  type StackedState,
  type Program,
  stackTraining,
  checkProgram,
} from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { hasTrees, type Model } from "../../src/compiler/model/index.js";
import { afterTwoSteps, distance, type Feeds, functionOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { manyTasks } from "../lower/many-tasks.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const rows = 6;

function programOf(model: Model): Program {
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  return { ...program, functions: program.functions.map((fn) => bindDims(fn, { B: rows })) };
}

/** Outputs of calls and the state after them, of each variable by its own name. */
function afterCalls(
  { program, stacked }: StackedProgram,
  before: Program,
  feeds: Feeds,
  calls: readonly string[],
): readonly number[] {
  const state = new Map(program.state.map((each) => [each.name, initialize(each, 1)]));
  const interpreter = createInterpreter(program, state);
  const outputs = calls.map((call) => interpreter.run(call, call === "apply" ? {} : feeds));
  const parts = new Map(stacked.flatMap((each) => each.parts.map(({ name }) => [name, each] as const)));
  return [
    ...outputs.flatMap((each) => Object.values(each).flatMap(({ data }) => [...data])),
    ...before.state.flatMap(({ name }) => [...valueOf(name, parts.get(name), (each) => interpreter.get(each).data)]),
  ];
}

const twoSteps = ["train", "train"];

function valueOf(
  name: string,
  whole: StackedState | undefined,
  read: (name: string) => ArrayLike<number>,
): readonly number[] {
  const data = Array.from(read(whole?.whole.name ?? name));
  if (whole === undefined) return data;
  const size = data.length / whole.parts.length;
  const at = whole.parts.findIndex((part) => part.name === name);
  return data.slice(at * size, (at + 1) * size);
}

const trainable = shippedModels.filter(([, model]) => model.loss.terms.length > 0 && !hasTrees(model));

describe("what many parts compute in the same way", () => {
  const stackedSpecs = trainable.flatMap(([name, model]) => {
    const program = programOf(model);
    const stacked = stackTraining(program, 2);
    return stacked.program === program ? [] : [{ name, model, program, stacked }];
  });

  it("is stacked in most shipped specs, where two are enough", () => {
    expect(stackedSpecs.length).toBeGreaterThan(trainable.length / 2);
  });

  it.each(stackedSpecs)("of $name gives the same losses and state", ({ model, program, stacked }) => {
    expect(checkProgram(stacked.program)).toEqual([]);
    const feeds = randomFeeds(model, rows, 1);
    const train = functionOf(program, "train");
    const expected = afterTwoSteps(program, train, feeds);
    expect(distance(afterCalls(stacked, program, feeds, twoSteps), expected)).toBeLessThan(1e-6);
  });

  it.each([
    ["of one weight", () => ""],
    ["of weights that differ", (at: number) => `${(at + 1) / 4} * `],
  ])("is as many ops, and as many variables, for 32 tasks as for 8, of losses %s", (_, weight) => {
    const sizeOf = (count: number): { readonly nodes: number; readonly state: number } => {
      const program = programOf(manyTasks(count, weight));
      const stacked = stackTraining(program).program;
      return { nodes: functionOf(stacked, "train").nodes.length, state: stacked.state.length };
    };
    const [few, many] = [sizeOf(8), sizeOf(32)];
    expect(many.state).toBe(few.state);
    // Two outputs of each task are cut out of two stacks, and weights of losses are numbers.
    expect(many.nodes - few.nodes).toBeLessThanOrEqual(24 * 8);
  });

  it("is left as it is in shipped specs where eight are needed", () => {
    for (const [, model] of trainable) {
      const program = programOf(model);
      expect(stackTraining(program).program).toBe(program);
    }
  });

  it("is left as it is where there are fewer than eight", () => {
    const program = programOf(manyTasks(7, () => ""));
    expect(stackTraining(program).program).toBe(program);
  });

  it("of losses of other weights gives the same losses and state", () => {
    const model = manyTasks(9, (at) => `${(at + 1) / 4} * `);
    const program = programOf(model);
    const stacked = stackTraining(program);
    const feeds = randomFeeds(model, rows, 1);
    const expected = afterTwoSteps(program, functionOf(program, "train"), feeds);
    expect(stacked.stacked.length).toBeGreaterThan(10);
    expect(distance(afterCalls(stacked, program, feeds, twoSteps), expected)).toBeLessThan(1e-6);
  });

  it("is stacked where a step has several batches, in the function that takes it too", () => {
    const sizeOf = (count: number): readonly number[] => {
      const program = programOf(manyTasks(count, undefined, "train { accumulate: 2 }"));
      return stackTraining(program).program.functions.map(({ nodes }) => nodes.length);
    };
    const program = programOf(manyTasks(9, undefined, "train { accumulate: 2 }"));
    const stacked = stackTraining(program);
    const feeds = randomFeeds(manyTasks(9), rows, 1);
    const after = (each: StackedProgram): readonly number[] =>
      afterCalls(each, program, feeds, ["train", "train", "apply", "train"]);
    expect(distance(after(stacked), after({ program, stacked: [] }))).toBeLessThan(1e-6);
    expect(sizeOf(32)[1]).toBe(sizeOf(8)[1]);
  });
});
