/** Parameters of a model: all of them, and those that the paper counts when it gives models the same size. */
import type { Model } from "../../../src/compiler/model/index.js";
import { createProgram } from "../../../src/runtime/engine/create-program.js";
import { fittedWithoutRows } from "./trainer.js";

/** `counted`: the weights of experts or bottom and of towers, without gates, biases and the last unit of a task. */
export function countWeights(model: Model): { readonly counted: number; readonly all: number } {
  const parameters = createProgram(model, fittedWithoutRows(model))
    .state.filter(({ role }) => role === "parameter")
    .map(({ name, type }) => ({ name, size: type.shape.reduce<number>((size, extent) => size * Number(extent), 1) }));
  const sum = (some: typeof parameters): number => some.reduce((total, { size }) => total + size, 0);
  const counted = parameters.filter(({ name }) => name.endsWith(".weight") && !/\.gate\.|\/logit\./.test(name));
  return { counted: sum(counted), all: sum(parameters) };
}
