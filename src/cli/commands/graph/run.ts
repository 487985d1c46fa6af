import { resolve } from "node:path";
import { costOf } from "../../../compiler/cost/index.js";
import { diagramOf, layoutDiagram, type PlacedDiagram } from "../../../compiler/diagram/index.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import { refuseOverwrite } from "../../../runtime/outputs.js";

/** The picture of a spec's or an artifact's model, placed. An `output` that is one of the files read is refused (MTL8013). */
export async function runGraph(name: string, output?: string): Promise<PlacedDiagram> {
  const { model, ids, files } = await loadModelSource(name, resolve("."));
  if (output !== undefined) refuseOverwrite(output, files);
  return layoutDiagram(diagramOf(model, costOf(model, ids)));
}
