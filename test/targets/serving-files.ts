import type { Model } from "../../src/compiler/model/index.js";
import { javascript } from "../../src/compiler/targets/javascript/index.js";
import { emitTarget } from "../../src/runtime/artifact/target-files.js";

/** The standalone module of a model as an artifact has it; mtlc has to be built. */
export function servingFiles(model: Model): readonly { readonly path: string; readonly content: string }[] {
  const weights = (): never => {
    throw new Error("a model without a network has no weights");
  };
  return emitTarget(javascript, { model, sources: [], weights, trained: false }).map(({ path, content }) => {
    if (typeof content !== "string") throw new Error(`${path} is not a text`);
    return { path: `${javascript.folder}/${path}`, content };
  });
}
