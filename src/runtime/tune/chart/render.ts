/**
 * Vega specs to SVG text, without a screen. Vega and not Vega-Lite, whose package asks for Node 22; it is loaded when a
 * chart is drawn (a tenth of a second) and by nothing else.
 */
import type { Spec } from "vega";

/** What all charts share. */
export const theme = {
  $schema: "https://vega.github.io/schema/vega/v6.json",
  background: "#ffffff",
  padding: 8,
  config: {
    axis: { domainColor: "#888888", gridColor: "#eeeeee", tickColor: "#888888", titleFontWeight: "normal" },
    text: { fontSize: 11 },
  },
} as const;

export async function renderChart(spec: Readonly<Record<string, unknown>>): Promise<string> {
  const { parse, View, Warn } = await import("vega");
  const view = new View(parse(spec as unknown as Spec), { renderer: "none", logLevel: Warn });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
