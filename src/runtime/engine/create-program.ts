/** From a model and what was fitted on its data to the program that an engine runs. */
import { eliminateDeadCode, type GraphFunction, type Program } from "../../compiler/graph/index.js";
import { lowerModel, type ServingValues } from "../../compiler/lower/index.js";
import { hasIds, isListFeature, type Model } from "../../compiler/model/index.js";
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
  let [id, number] = [0, 0];
  const values = stated.map((feature): readonly [string, readonly number[]] => {
    // A sequence of numbers has no value of its own at serving.
    if (!hasIds(feature)) return [feature.name, [numbers[number++] ?? 0]];
    const width = isListFeature(feature) ? feature.max : 1;
    id += width;
    return [feature.name, [...ids.subarray(id - width, id)]];
  });
  return Object.fromEntries(values);
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
