import { resolve } from "node:path";
import { costOf } from "../../compiler/cost/index.js";
import { diagramOf, layoutDiagram, type PlacedDiagram } from "../../compiler/diagram/index.js";
import { loadModelSource } from "../../runtime/model-source.js";

/** The picture of a spec's or an artifact's model, placed. */
export async function runGraph(name: string): Promise<PlacedDiagram> {
  const { model, ids } = await loadModelSource(name, resolve("."));
  return layoutDiagram(diagramOf(model, costOf(model, ids)));
}
