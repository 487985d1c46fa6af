/** The front as a picture: every trial, the points that none beats, and where production is. */
import { renderChart, theme } from "./render.js";

/** A point with two objectives, larger is better. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface FrontChart {
  readonly xTitle: string;
  readonly yTitle: string;
  /** Trials that keep the guards, and those that do not. */
  readonly trials: readonly ChartPoint[];
  readonly broken: readonly ChartPoint[];
  readonly front: readonly ChartPoint[];
  readonly production: ChartPoint;
  readonly knee?: ChartPoint;
}

/** An SVG document. The same values give the same text. */
export function drawFront(chart: FrontChart): Promise<string> {
  const marked = [
    { ...chart.production, label: "production" },
    ...(chart.knee === undefined ? [] : [{ ...chart.knee, label: "knee" }]),
  ];
  const everything = [...chart.trials, ...chart.broken, ...chart.front, ...marked];
  const position = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
  return renderChart({
    ...theme,
    width: 520,
    height: 380,
    data: [
      { name: "all", values: everything },
      { name: "trials", values: [...chart.trials] },
      { name: "broken", values: [...chart.broken] },
      { name: "front", values: [...chart.front] },
      { name: "marked", values: marked },
    ],
    scales: [
      { name: "x", type: "linear", domain: { data: "all", field: "x" }, range: "width", zero: false, nice: true },
      { name: "y", type: "linear", domain: { data: "all", field: "y" }, range: "height", zero: false, nice: true },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: chart.xTitle, grid: true },
      { orient: "left", scale: "y", title: chart.yTitle, grid: true },
    ],
    marks: [
      symbols("broken", { ...position, size: { value: 20 }, stroke: { value: "#bbbbbb" }, fill: { value: "none" } }),
      symbols("trials", { ...position, size: { value: 20 }, fill: { value: "#9db7d5" } }),
      {
        type: "line",
        from: { data: "front" },
        encode: { enter: { ...position, interpolate: { value: "step-before" }, stroke: { value: "#1f5fa8" } } },
      },
      symbols("front", { ...position, size: { value: 45 }, fill: { value: "#1f5fa8" } }),
      symbols("marked", { ...position, size: { value: 110 }, stroke: { value: "#c2410c" }, strokeWidth: { value: 2 } }),
      {
        type: "text",
        from: { data: "marked" },
        encode: {
          enter: {
            ...position,
            dx: { value: 9 },
            dy: { value: -9 },
            fill: { value: "#c2410c" },
            text: { field: "label" },
          },
        },
      },
    ],
  });
}

function symbols(data: string, enter: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { type: "symbol", from: { data }, encode: { enter } };
}
