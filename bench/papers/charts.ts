/** The charts of the papers' experiments: panels side by side, a colour for each series, the same text for the same values. */
import { renderChart, theme } from "../../src/runtime/tune/chart/render.js";

type Vega = Readonly<Record<string, unknown>>;

/** A value with its interval. */
export interface IntervalPoint {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

/** Series of one chart have the same names in all panels, so that a colour means one thing. */
export interface Panel<Series> {
  readonly title: string;
  readonly series: readonly Series[];
}

export interface CurveSeries {
  readonly name: string;
  readonly points: readonly (IntervalPoint & { readonly x: number })[];
}

/** Lines with their intervals; each panel has an x axis of its own. */
export function drawCurves(chart: {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly panels: readonly Panel<CurveSeries>[];
  /** A logarithmic y axis. */
  readonly log?: boolean;
  /** Intervals as bands along many points, or as bars at a few, side by side. Default "bands". */
  readonly intervals?: "bands" | "bars";
}): Promise<string> {
  const { panels, intervals = "bands" } = chart;
  const names = namesOf(panels);
  // Bars at the ends are beside the axis, not on it.
  const room = intervals === "bars" ? 4 * names.length : 0;
  const flat = panels.map(({ title, series }) => ({
    title,
    values: series.flatMap(({ name, points }) => points.map((point) => ({ ...point, name }))),
  }));
  const all = flat.flatMap(({ values }) => values);
  return renderChart({
    ...frame(chart.panels),
    data: [{ name: "all", values: all }],
    scales: [
      colours(chart.panels),
      scale("y", chart.log === true ? "log" : "linear", { fields: ["low", "high"] }, [height, 0]),
    ],
    marks: flat.map(({ title, values }, panel) => ({
      ...group(title, { panel, count: panels.length, xTitle: chart.xTitle, yTitle: chart.yTitle }),
      data: [{ name: `p${panel}`, values }],
      scales: [scale("x", "linear", { field: "x" }, [room, widthOf(panels.length) - room], `p${panel}`)],
      marks: byName(`p${panel}`, values, (data, name) =>
        // Bars of several lines at one x are beside each other, and each line goes through its own.
        lineWith(intervals, data, intervals === "bars" ? 4 * (names.indexOf(name) - (names.length - 1) / 2) : 0),
      ),
    })),
  });
}

/** A line through the means with the intervals around it, all of it `offset` pixels to the right. */
function lineWith(intervals: "bands" | "bars", data: string, offset: number): readonly Vega[] {
  const x = { x: { ...at("x", "x"), offset } };
  const ends = { ...x, y: at("y", "low"), y2: at("y", "high") };
  const mean = { ...x, y: at("y", "mean") };
  const mark = (type: string, enter: Vega): Vega => ({ type, from: { data }, encode: { enter } });
  const line = mark("line", { ...mean, stroke: colour, strokeWidth: { value: 1.6 } });
  return intervals === "bands"
    ? [mark("area", { ...ends, fill: colour, fillOpacity: { value: 0.18 } }), line]
    : [
        line,
        mark("rule", { ...ends, stroke: colour, strokeWidth: { value: 2 } }),
        mark("symbol", { ...mean, fill: colour, size: { value: 36 } }),
      ];
}

/** How often values fall into bins of one width, as outlines that may cross. */
export function drawHistograms(chart: {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly panels: readonly Panel<{ readonly name: string; readonly values: readonly number[] }>[];
  readonly bins: number;
}): Promise<string> {
  const values = chart.panels.flatMap(({ series }) => series.flatMap((each) => each.values));
  const low = Math.min(...values);
  const step = (Math.max(...values) - low) / chart.bins || 1;
  const flat = chart.panels.map(({ title, series }) => ({
    title,
    values: series.flatMap((each) =>
      outline(each.values, low, step, chart.bins).map((p) => ({ ...p, name: each.name })),
    ),
  }));
  return renderChart({
    ...frame(chart.panels),
    data: [{ name: "all", values: flat.flatMap((panel) => panel.values) }],
    scales: [
      colours(chart.panels),
      { ...scale("y", "linear", { field: "count" }, [height, 0]), zero: true },
      scale("x", "linear", { field: "x" }, [0, widthOf(chart.panels.length)]),
    ],
    marks: flat.map(({ title, values: own }, panel) => ({
      ...group(title, { panel, count: chart.panels.length, xTitle: chart.xTitle, yTitle: chart.yTitle }),
      marks: byName(`p${panel}`, own, (data) => [
        {
          type: "area",
          from: { data },
          encode: {
            enter: {
              x: at("x", "x"),
              y: at("y", "count"),
              y2: { scale: "y", value: 0 },
              interpolate: { value: "step-after" },
              fill: colour,
              fillOpacity: { value: 0.15 },
              stroke: colour,
              strokeWidth: { value: 1.4 },
            },
          },
        },
      ]),
    })),
  });
}

/** The left ends of bins with their counts, and an empty bin at either end, so that the outline is closed. */
function outline(
  values: readonly number[],
  low: number,
  step: number,
  bins: number,
): readonly { readonly x: number; readonly count: number }[] {
  const counts = Array.from({ length: bins + 2 }, () => 0);
  for (const value of values) {
    const bin = 1 + Math.min(bins - 1, Math.floor((value - low) / step));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ x: low + (bin - 1) * step, count }));
}

/** Dots with their intervals, a line for each name, best read from top to bottom. */
export function drawIntervals(chart: {
  readonly xTitle: string;
  readonly panels: readonly Panel<IntervalPoint & { readonly name: string }>[];
}): Promise<string> {
  const names = namesOf(chart.panels);
  const tall = Math.max(60, 22 * names.length);
  return renderChart({
    ...frame(chart.panels),
    legends: [],
    scales: [colours(chart.panels), { name: "y", type: "point", domain: names, range: [0, tall], padding: 0.6 }],
    marks: chart.panels.map(({ title, series }, panel) => ({
      ...group(title, { panel, count: chart.panels.length, xTitle: chart.xTitle, yTitle: "", tall }),
      data: [{ name: `p${panel}`, values: [...series] }],
      scales: [scale("x", "linear", { fields: ["low", "high"] }, [0, widthOf(chart.panels.length)], `p${panel}`)],
      marks: [
        {
          type: "rule",
          from: { data: `p${panel}` },
          encode: {
            enter: {
              x: at("x", "low"),
              x2: at("x", "high"),
              y: at("y", "name"),
              stroke: colour,
              strokeWidth: { value: 2 },
            },
          },
        },
        {
          type: "symbol",
          from: { data: `p${panel}` },
          encode: { enter: { x: at("x", "mean"), y: at("y", "name"), fill: colour, size: { value: 50 } } },
        },
      ],
    })),
  });
}

const columns = 3;
const height = 220;
const palette = ["#c2410c", "#1f5fa8", "#2f8f4e", "#7a4fa3", "#b08900", "#0f8b8d", "#8c2f5b", "#666666"];
const colour = { scale: "colour", field: "name" };

/** Pixels of a panel: one by itself is as wide as two. */
function widthOf(panels: number): number {
  return panels === 1 ? 520 : 260;
}

function at(scaleName: string, field: string): Vega {
  return { scale: scaleName, field };
}

function namesOf(panels: readonly Panel<{ readonly name: string }>[]): readonly string[] {
  return [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
}

function frame(panels: readonly Panel<unknown>[]): Vega {
  return {
    ...theme,
    layout: { columns: Math.min(columns, panels.length), padding: 24 },
    legends: [{ fill: "colour", orient: "bottom", direction: "horizontal", symbolType: "square" }],
  };
}

function colours(panels: readonly Panel<{ readonly name: string }>[]): Vega {
  return { name: "colour", type: "ordinal", domain: namesOf(panels), range: palette };
}

function scale(name: string, type: string, domain: Vega, range: readonly number[], data = "all"): Vega {
  return { name, type, domain: { data, ...domain }, range, zero: false, nice: true };
}

/** One of several panels. */
interface Place {
  readonly panel: number;
  readonly count: number;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Pixels; default those of a chart of lines. */
  readonly tall?: number;
}

function group(title: string, { panel, count, xTitle, yTitle, tall = height }: Place): Vega {
  return {
    type: "group",
    title: { text: title, fontWeight: "normal" },
    encode: { enter: { width: { value: widthOf(count) }, height: { value: tall } } },
    axes: axes(xTitle, panel % columns === 0 ? yTitle : ""),
  };
}

function axes(xTitle: string, yTitle: string): readonly Vega[] {
  return [
    { orient: "bottom", scale: "x", title: xTitle, tickCount: 5, grid: true },
    { orient: "left", scale: "y", tickCount: 6, grid: true, ...(yTitle === "" ? {} : { title: yTitle }) },
  ];
}

/** A group of marks for each name; an area or a line joins all that it is given. */
function byName(
  data: string,
  values: readonly { readonly name: string }[],
  marks: (data: string, name: string) => readonly Vega[],
): readonly Vega[] {
  const names = [...new Set(values.map(({ name }) => name))];
  return names.map((name, index) => ({
    type: "group",
    data: [{ name: `${data}s${index}`, values: values.filter((each) => each.name === name) }],
    marks: marks(`${data}s${index}`, name),
  }));
}
