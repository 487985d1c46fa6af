import type { LayerBuiltin } from "../../builtin.js";
import { fromEqualVectors, problem, shapeOf } from "../../shapes.js";
import { twicePairProducts } from "./bi-interaction.js";

/** Σ_{i<j} ⟨vᵢ, vⱼ⟩ as ½·Σ_d ((Σᵢ v_{i,d})² − Σᵢ v²_{i,d}): linear in the number of inputs. */
export const fm: LayerBuiltin = {
  kind: "layer",
  name: "fm",
  summary: "The sum of the inner products of all pairs of its inputs: one number per row.",
  paper: "Rendle: Factorization Machines, 2010",
  inputs: "variadic",
  parameters: [],
  shape: (inputs) =>
    inputs.length < 2 ? problem("needs at least two inputs") : fromEqualVectors(inputs, () => shapeOf(1)),
  lower: (context) => {
    const { builder } = context;
    const pairs = builder.sum(twicePairProducts(context), { axes: [-1], keepDims: true });
    return builder.scale(pairs, 0.5);
  },
};
