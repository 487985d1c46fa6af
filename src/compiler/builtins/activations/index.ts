/**
 * The activations: what `activation:` and `last:` may name, and the layers of the same names. A new one is a row in
 * `plain.ts` or `trained.ts` and its line in `table.ts`.
 */
import type { Arguments } from "../../model/model.js";
import type { LayerBuiltin, LayerContext } from "../builtin.js";
import type { ParameterSpec } from "../parameter.js";
import { apartCopies, inputSignal, rowsFirst, type Signal } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";
import type { ActivationBuiltin } from "./activation.js";
import { activations } from "./table.js";

export { type ActivationBuiltin, activations };

const byName: ReadonlyMap<string, ActivationBuiltin> = new Map(activations.map((row) => [row.name, row]));

/** What `activation:` may be: `none` leaves each unit as it is. */
export const activationNames: readonly string[] = ["none", ...byName.keys()];

/** The activation by its name with the defaults of its parameters; `name` is one of {@link activationNames}. */
export function activate(context: LayerContext, name: string, signal: Signal, prefix: string): Signal {
  if (name === "none") return signal;
  const row = byName.get(name);
  if (row === undefined) throw new Error(`there is no activation ${name}`);
  const defaults: Arguments = Object.fromEntries(row.parameters.map((each) => [each.name, each.default ?? null]));
  return { ...signal, value: row.lower({ ...context, arguments: defaults }, signal, `${prefix}activation.`) };
}

export const activationParameter: ParameterSpec = {
  name: "activation",
  type: { kind: "choice", values: activationNames },
  default: "relu",
  doc: "What is applied to each unit after the linear map.",
};

/** `swish(x)`: the activation of any tensor. */
export const activationLayers: readonly LayerBuiltin[] = activations.map(
  ({ kind: _, lower, ...row }): LayerBuiltin => ({
    kind: "layer",
    ...row,
    inputs: ["x"],
    positions: true,
    shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
    lower: (context) => {
      const signal = apartCopies(context, inputSignal(context));
      return rowsFirst(context, { ...signal, value: lower(context, signal, "") });
    },
  }),
);
