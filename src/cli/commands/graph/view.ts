import { type PlacedDiagram, renderDot, renderSvg } from "../../../compiler/diagram/index.js";
import { documentText } from "../../documents.js";

export const graphFormats = ["svg", "dot", "json"] as const;
export type GraphFormat = (typeof graphFormats)[number];

/** A picture in one of its forms. */
export function graphText(diagram: PlacedDiagram, format: GraphFormat): string {
  switch (format) {
    case "svg":
      return renderSvg(diagram);
    case "dot":
      return renderDot(diagram);
    case "json":
      return documentText("graph", diagram);
  }
}
