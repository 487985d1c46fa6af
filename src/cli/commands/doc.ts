import { resolve } from "node:path";
import { costOf } from "../../compiler/cost/index.js";
import { modelPage } from "../../compiler/page/index.js";
import { loadModelSource } from "../../runtime/model-source.js";

/** The page of a spec's or an artifact's model, as Markdown; `image` is an address of its picture. */
export async function runDoc(name: string, image: string | undefined): Promise<string> {
  const { model, ids } = await loadModelSource(name, resolve("."));
  return modelPage(model, costOf(model, ids), image === undefined ? {} : { image });
}
