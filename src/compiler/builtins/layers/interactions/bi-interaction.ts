import type { ValueId } from "../../../graph/graph.js";
import type { LayerBuiltin, LayerContext } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { fromEqualVectors, problem, shapeOf } from "../../shapes.js";

/** Σ_{i<j} vᵢ ⊙ vⱼ as ½·((Σᵢ vᵢ)² − Σᵢ vᵢ²): linear in the number of inputs. Its units add up to `fm`. */
export const biInteraction: LayerBuiltin = {
  kind: "layer",
  name: "bi_interaction",
  summary: "The sum of the products of all pairs of its inputs, unit by unit.",
  paper: "He, Chua: Neural Factorization Machines for Sparse Predictive Analytics, 2017, eq. 3",
  inputs: "variadic",
  parameters: [],
  shape: (inputs) =>
    inputs.length < 2 ? problem("needs at least two inputs") : fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) => context.builder.scale(twicePairProducts(context), 0.5),
};

/** (Σᵢ vᵢ)² − Σᵢ vᵢ²: twice the sum of the products of all pairs, unit by unit. */
export function twicePairProducts(context: LayerContext): ValueId {
  const { builder } = context;
  const values = context.inputs.map((_, index) => inputRows(context, index));
  const sum = values.reduce((total, value) => builder.add(total, value));
  const squares = values.map((value) => builder.square(value)).reduce((total, value) => builder.add(total, value));
  return builder.sub(builder.square(sum), squares);
}
