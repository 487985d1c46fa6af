/** From a model and what was fitted on its data to the program that an engine runs. */
import { eliminateDeadCode, type GraphFunction, type Program } from "../../compiler/graph/index.js";
import { lowerModel, type ServingValues } from "../../compiler/lower/index.js";
import { batchLayout, type LayoutSlot, type Model } from "../../compiler/model/index.js";
import { createRowEncoder, type Fitted, fittedSizes } from "../data/index.js";

/** The functions `train`, `evaluate` and `predict` of a model; see `lowerModel`. `observe`: `train` tells more of a step. */
export function createProgram(model: Model, fitted: Fitted, options: { readonly observe?: boolean } = {}): Program {
  return lowerModel(model, fittedSizes(fitted), { ...options, serving: servingValues(model, fitted) });
}

/** What serving sees of the features that have a value there, encoded as a row of data would be. */
export function servingValues(model: Model, fitted: Fitted): ServingValues {
  const stated = model.features.filter(({ serving }) => serving.kind === "value");
  if (stated.length === 0) return {};
  const encode = createRowEncoder({ ...model, features: stated, labels: [] }, fitted, { mode: "serving" });
  const { ids, numbers } = encode([{}]);
  const layout = batchLayout({ features: stated, labels: [] });
  const read = (values: Int32Array | Float32Array, slots: readonly LayoutSlot[], name: string): readonly number[] =>
    slots
      .filter(({ feature }) => feature === name)
      .flatMap(({ offset, width }) => [...values.subarray(offset, offset + width)]);
  return Object.fromEntries(
    stated.map(({ name }) => [name, [...read(ids, layout.ids, name), ...read(numbers, layout.numbers, name)]]),
  );
}

/** A function of a program. */
export function functionOf(program: Program, name: "train" | "evaluate" | "predict"): GraphFunction {
  const found = program.functions.find((fn) => fn.name === name);
  if (found === undefined) throw new Error(`the program has no function \`${name}\``);
  return found;
}

/** The program with `evaluate` cut to what metrics are made of: a value per row for each head, no losses. */
export function measuredProgram(program: Program): Program {
  return {
    ...program,
    functions: program.functions.map((fn) =>
      fn.name === "evaluate"
        ? eliminateDeadCode({
            ...fn,
            outputs: fn.outputs.filter(({ value }) => fn.nodes[value]?.type.shape[0] === "B"),
          })
        : fn,
    ),
  };
}
