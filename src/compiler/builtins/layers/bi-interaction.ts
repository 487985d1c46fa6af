import type { LayerBuiltin } from "../builtin.js";
import { inputRows } from "../replicas.js";
import { fromEqualVectors, problem, shapeOf } from "../shapes.js";

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
  lower: (context) => {
    const { builder } = context;
    const values = context.inputs.map((_, index) => inputRows(context, index));
    const sum = values.reduce((total, value) => builder.add(total, value));
    const squares = values.map((value) => builder.square(value)).reduce((total, value) => builder.add(total, value));
    return builder.scale(builder.sub(builder.square(sum), squares), 0.5);
  },
};
