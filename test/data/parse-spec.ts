import { compileSpec } from "../../src/compiler/compile.js";
import type { Model } from "../../src/compiler/model/model.js";

/** The model of a spec that has no mistake. */
export function modelOf(text: string): Model {
  const { model, diagnostics } = compileSpec("spec.mtl", { readFile: () => text });
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return model;
}
