import { resolve } from "node:path";
import { costOf } from "../../../compiler/cost/index.js";
import { modelPage } from "../../../compiler/page/index.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import { refuseOverwrite } from "../../../runtime/outputs.js";

/**
 * The page of a spec's or an artifact's model, as Markdown; `image` is an address of its picture. An `output` that is one of
 * the files read is refused (MTL8013).
 */
export async function runDoc(name: string, image?: string, output?: string): Promise<string> {
  const { model, ids, files } = await loadModelSource(name, resolve("."));
  if (output !== undefined) refuseOverwrite(output, files);
  return modelPage(model, costOf(model, ids), image === undefined ? {} : { image });
}
