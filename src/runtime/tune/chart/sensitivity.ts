/** How an objective moves with each parameter, the others held: one small chart a parameter. */
import { renderChart, theme } from "./render.js";

export interface SensitivityCurve {
  readonly param: string;
  /** The value that tuning proposes, and what production has. */
  readonly chosen: number;
  readonly production: number;
  readonly points: readonly { readonly value: number; readonly objective: number }[];
}

/** An SVG document with a chart a curve, side by side, over one axis of the objective. */
export function drawSensitivity(title: string, curves: readonly SensitivityCurve[]): Promise<string> {
  const points = curves.flatMap(({ points: own }) => own);
  return renderChart({
    ...theme,
    layout: { columns: Math.min(3, curves.length), padding: 28 },
    data: [{ name: "all", values: points }],
    scales: [
      {
        name: "y",
        type: "linear",
        domain: { data: "all", field: "objective" },
        range: [160, 0],
        zero: false,
        nice: true,
      },
    ],
    marks: curves.map(({ param, chosen, production, points: own }, i) => ({
      type: "group",
      encode: { enter: { width: { value: 220 }, height: { value: 160 } } },
      data: [
        { name: `curve${i}`, values: [...own] },
        {
          name: `marks${i}`,
          values: [
            { value: production, colour: "#888888" },
            { value: chosen, colour: "#c2410c" },
          ],
        },
      ],
      scales: [
        { name: "x", type: "linear", domain: { data: `curve${i}`, field: "value" }, range: [0, 220], zero: false },
      ],
      axes: [
        { orient: "bottom", scale: "x", title: param, tickCount: 5 },
        { orient: "left", scale: "y", tickCount: 5, grid: true, ...(i === 0 ? { title } : {}) },
      ],
      marks: [
        {
          type: "rule",
          from: { data: `marks${i}` },
          encode: {
            enter: {
              x: { scale: "x", field: "value" },
              y: { value: 0 },
              y2: { value: 160 },
              stroke: { field: "colour" },
              strokeDash: { value: [4, 3] },
            },
          },
        },
        {
          type: "line",
          from: { data: `curve${i}` },
          encode: {
            enter: {
              x: { scale: "x", field: "value" },
              y: { scale: "y", field: "objective" },
              stroke: { value: "#1f5fa8" },
              strokeWidth: { value: 2 },
            },
          },
        },
      ],
    })),
  });
}
