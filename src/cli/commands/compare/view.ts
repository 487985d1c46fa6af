import { groupDigits, plural } from "../../../compiler/text/index.js";
import type {
  ComparisonResult,
  Difference,
  HeadComparison,
  MetricComparison,
} from "../../../runtime/compare/result.js";
import type { View } from "../../command.js";
import { decimal, table } from "../../views/text.js";
import { visibleText } from "../../views/visible-text.js";

export const compareView: View<ComparisonResult> = {
  document: "compare",
  human: (result) =>
    [opening(result), ...result.heads.map((head) => headTable(head, result)), sentences(result), closing(result)].join(
      "\n",
    ),
  json: (result) => result,
};

function opening({ models, base, role, leftOut, seeds }: ComparisonResult): string {
  const rows = models.map(({ name, model, seed }, index) => [
    shown(name),
    model,
    ...(seeds === undefined ? [String(seed ?? "")] : []),
    index === base ? "base" : "",
  ]);
  return [
    table([["", "model", ...(seeds === undefined ? ["seed"] : []), ""], ...rows]),
    ...(seeds === undefined ? [] : [`seeds ${seeds.join(", ")}; `]),
    `measured on the ${role} data\n`,
    ...leftOut.map(({ head, reason }) => `${head}: left out, ${shown(reason)}\n`),
  ].join("");
}

function headTable({ head, rows, metrics }: HeadComparison, result: ComparisonResult): string {
  const { models, base, level } = result;
  const hasMany = models.length > 2;
  const nameOf = (model: number): string => shown(models[model]?.name ?? "");
  const lines = metrics.flatMap((metric) =>
    metric.differences.map((each) => [
      metric.metric,
      valueText(metric.values[base]),
      ...(hasMany ? [nameOf(each.model)] : []),
      valueText(metric.values[each.model]),
      each.difference === undefined ? "–" : signed(each.difference, digitsOf(each)),
      intervalText(each),
    ]),
  );
  return table([
    [
      `${head}, ${plural(rows, "row")}`,
      nameOf(base),
      ...(hasMany ? ["", "value"] : [nameOf(models.findIndex((_, index) => index !== base))]),
      "difference",
      `${percent(level)} interval`,
    ],
    ...lines,
  ]);
}

function valueText(value: number | null | undefined): string {
  return typeof value === "number" ? decimal(value) : "–";
}

function intervalText(difference: Difference): string {
  const { interval } = difference;
  if (interval === undefined) return "–";
  const digits = digitsOf(difference);
  return `[${signed(interval.low, digits)}, ${signed(interval.high, digits)}]`;
}

/** A line for each comparison: better, worse, or not told apart. */
function sentences({ of, heads, models, base, level }: ComparisonResult): string {
  const first = shown(models[base]?.name ?? "");
  return heads
    .flatMap(({ head, metrics }) =>
      metrics.flatMap((metric) =>
        metric.differences.map((each) => {
          const name = shown(models[each.model]?.name ?? "");
          const isChance = of === "artifacts" && models[each.model]?.spec === models[base]?.spec;
          const text = sentence(name, first, nameOfMetric(metric, head), metric, each, level);
          return `${text}${isChance && isTold(each) ? "; both are of one spec" : ""}\n`;
        }),
      ),
    )
    .join("");
}

function isTold({ verdict }: Difference): boolean {
  return verdict === "better" || verdict === "worse";
}

function sentence(
  name: string,
  first: string,
  metric: string,
  { better }: MetricComparison,
  difference: Difference,
  level: number,
): string {
  const { verdict, reason } = difference;
  const figures = `${amount(difference, better)}, ${percent(level)} interval ${intervalText(difference)}`;
  switch (verdict) {
    case "better":
    case "worse":
      return `${name} is ${verdict} than ${first} in ${metric}: ${figures}`;
    case "same":
      return `${name} and ${first} are not told apart in ${metric}: ${figures}`;
    case "unknown":
      return `${name} and ${first} are not compared in ${metric}: ${(reason ?? "").replaceAll("`", "")}`;
  }
}

/** `+0.0031`; of what is best small, that less is better; of what is best near 1, how much farther from it. */
function amount(difference: Difference, better: MetricComparison["better"]): string {
  const value = difference.difference ?? NaN;
  const text = signed(value, digitsOf(difference));
  switch (better) {
    case "greater":
      return text;
    case "smaller":
      return `${text} (less is better)`;
    case "nearest to 1":
      return `${text} in the distance from 1 (less is better)`;
  }
}

/** `auc(ctr)`, `ndcg(ctr, at: 10)`. */
function nameOfMetric({ metric }: MetricComparison, head: string): string {
  const [name = "", rest] = metric.split(/\((.*)\)$/s);
  return `${name}(${[head, ...(rest === undefined ? [] : [rest])].join(", ")})`;
}

function closing(result: ComparisonResult): string {
  const { level, models, base } = result;
  const compared = result.heads.flatMap(({ metrics }) =>
    metrics.flatMap(({ differences }) => differences.filter(({ interval }) => interval !== undefined)),
  ).length;
  const first = models[base];
  const same = models.filter((model) => model !== first && model.spec === first?.spec);
  return [
    ...methods(result),
    `The level is of each comparison by itself: if no model were better than another, chance would tell some ${Number(((1 - level) * compared).toPrecision(2))} of ${plural(compared, "difference")} apart.`,
    ...(result.of === "specs"
      ? ["Of specs, on these rows: what other rows would say is not in the intervals."]
      : same.length > 0
        ? [
            `${same.map(({ name }) => shown(name)).join(", ")} and ${shown(first?.name ?? "")} are of one spec: where they were trained on the same data, what tells them apart is the luck of the seed.`,
          ]
        : ["Of these trained models: what other seeds would have given is not in the intervals."]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function methods({ heads, resamples, seeds }: ComparisonResult): readonly string[] {
  const all = heads.flatMap(({ metrics }) => metrics);
  const unitsOf = (method: MetricComparison["method"]): string =>
    [...new Set(all.filter((each) => each.method === method).map(({ unit }) => unit))].join(" and ");
  return [
    ...(unitsOf("delong") === "" ? [] : [`auc: DeLong's test over ${unitsOf("delong")}.`]),
    ...(unitsOf("bootstrap") === ""
      ? []
      : [
          `${all.some(({ method }) => method === "delong") ? "Other metrics: a" : "A"} paired bootstrap of ${unitsOf("bootstrap")}, ${groupDigits(resamples ?? 0)} resamples.`,
        ]),
    ...(seeds === undefined ? [] : [`Student's t over ${plural(seeds.length, "seed")}, paired by seed.`]),
  ];
}

/** Decimals at which half of the interval has two digits; of no interval five. */
function digitsOf({ interval }: Difference): number {
  const half = interval === undefined ? 0 : (interval.high - interval.low) / 2;
  return half > 0 ? Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(half)))) : 5;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? "-" : "+"}${text}`;
}

function percent(level: number): string {
  return `${Number((100 * level).toPrecision(6))} %`;
}

function shown(name: string): string {
  return visibleText(name);
}
