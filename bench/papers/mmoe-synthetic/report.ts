/** The tables and charts of the experiment, and what the runs say of the paper's claims. */
import { drawCurves, drawHistograms, type IntervalPoint } from "../charts.js";
import { fixed, withInterval } from "../numbers.js";
import type { Paper, ReportPart } from "../report.js";
import { deviationOf, lossesOf, meanDifference, type Verdict, varianceRatio, verdictOf } from "./comparisons.js";
import { type ModelName, modelNames, type Setting, type SyntheticResults } from "./results.js";

export const mmoeSynthetic: Paper<SyntheticResults> = {
  name: "mmoe-synthetic",
  parts: (results) => ({
    labels: { kind: "table", rows: labelRows(results) },
    parameters: { kind: "table", rows: parameterRows(results) },
    rates: { kind: "table", rows: rateRows(results) },
    losses: { kind: "table", rows: lossRows(results) },
    claims: { kind: "table", rows: claimRows(results) },
    curves: curveChart(results),
    histogram: histogramChart(results),
  }),
};

const shownNames: Readonly<Record<ModelName, string>> = {
  shared_bottom: "Shared-Bottom",
  omoe: "OMoE",
  mmoe: "MMoE",
};

function labelRows({ labels }: SyntheticResults): readonly (readonly string[])[] {
  const variants = Object.keys(labels[0]?.pearson ?? {});
  return [
    ["task correlation", ...variants],
    ...labels.map(({ correlation, pearson }) => [
      String(correlation),
      ...variants.map((variant) => withHalf(pearson[variant]!, 3)),
    ]),
  ];
}

function parameterRows({ parameters }: SyntheticResults): readonly (readonly string[])[] {
  return [
    ["model", "weights of bottom and towers", "all parameters"],
    ...parameters.map(({ model, counted, all }) => [shownNames[model], thousands(counted), thousands(all)]),
  ];
}

function rateRows({ grid }: SyntheticResults): readonly (readonly string[])[] {
  const rates = [...new Set(grid.map(({ lr }) => lr))].toSorted((a, b) => a - b);
  return [
    ["variant", "correlation", "model", ...rates.map((lr) => `lr ${lr}`)],
    ...settingsOf({ runs: grid }).flatMap((setting) =>
      modelNames.map((model) => {
        const own = grid.filter((each) => isOf(each, setting) && each.model === model);
        return [
          ...cellsOf(setting),
          shownNames[model],
          ...rates.map((lr) => lossText(own.find((each) => each.lr === lr)?.loss)),
        ];
      }),
    ),
  ];
}

function lossRows({ runs, options }: SyntheticResults): readonly (readonly string[])[] {
  return [
    ["variant", "correlation", "model", "runs", "steps", "lr", "mean loss", "deviation", "lowest", "highest"],
    ...settingsOf({ runs }).flatMap((setting) =>
      modelNames.map((model) => {
        const losses = lossesOf(runs, setting, model);
        const lr = runs.find((run) => isOf(run, setting) && run.model === model)?.lr;
        return [
          ...cellsOf(setting),
          shownNames[model],
          String(losses.length),
          thousands(options.variants[setting.variant]?.steps ?? NaN),
          String(lr),
          withInterval(losses, 4),
          ...[deviationOf(losses), Math.min(...losses), Math.max(...losses)].map(lossText),
        ];
      }),
    ),
  ];
}

/** Pairs of models, of which the paper says that the first is the worse one. */
const pairs = [
  ["omoe", "mmoe"],
  ["shared_bottom", "mmoe"],
  ["shared_bottom", "omoe"],
] as const;

/** What the paper says, and an interval that is on one side of a value where it holds. */
interface Claim {
  readonly text: string;
  readonly variant: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

function claimRows(results: SyntheticResults): readonly (readonly string[])[] {
  const variants = [...new Set(results.runs.map(({ variant }) => variant))];
  const words: Readonly<Record<Verdict, string>> = {
    above: "holds",
    below: "the opposite holds",
    "not told apart": "not told apart",
  };
  return [
    ["variant", "the paper's claim", "measured", "verdict"],
    ...variants.flatMap((variant) =>
      claimsOf(results, variant).map(({ text, measured, verdict }) => [variant, text, measured, words[verdict]]),
    ),
  ];
}

function claimsOf({ runs }: SyntheticResults, variant: Setting["variant"]): readonly Claim[] {
  const correlations = settingsOf({ runs: runs.filter((run) => run.variant === variant) }).map(
    (each) => each.correlation,
  );
  const losses = (correlation: number, model: ModelName): readonly number[] =>
    lossesOf(runs, { variant, correlation }, model);
  const lower = (correlation: number, [worse, better]: (typeof pairs)[number]): Claim => {
    const difference = meanDifference(losses(correlation, worse), losses(correlation, better));
    return {
      variant,
      text: `${shownNames[better]} has a lower mean loss than ${shownNames[worse]} at ${correlation}`,
      measured: `by ${withHalf(difference, 4)}`,
      verdict: verdictOf(difference, 0),
    };
  };
  const steadier = (correlation: number, [worse, better]: (typeof pairs)[number]): Claim => {
    const ratio = varianceRatio(losses(correlation, worse), losses(correlation, better));
    return {
      variant,
      text: `${shownNames[worse]} varies more than ${shownNames[better]} at ${correlation}`,
      measured: `variances ${fixed(ratio.mean, 2)} to 1 (${fixed(ratio.low, 2)} to ${fixed(ratio.high, 2)})`,
      verdict: verdictOf(ratio, 1),
    };
  };
  const gap = (correlation: number, model: ModelName): readonly number[] =>
    losses(correlation, model).map((loss, i) => loss - losses(correlation, "mmoe")[i]!);
  const growing = (model: ModelName): Claim => {
    const difference = meanDifference(gap(0.5, model), gap(1, model));
    return {
      variant,
      text: `From 1 to 0.5 the loss of ${shownNames[model]} grows by more than that of MMoE`,
      measured: `by ${withHalf(difference, 4)}`,
      verdict: verdictOf(difference, 0),
    };
  };
  const hasBoth = correlations.includes(0.5) && correlations.includes(1);
  return [
    ...correlations.flatMap((each) => pairs.map((pair) => lower(each, pair))),
    ...(hasBoth ? (["omoe", "shared_bottom"] as const).map(growing) : []),
    ...correlations.flatMap((each) => pairs.slice(1).map((pair) => steadier(each, pair))),
  ];
}

/** Charts are of the first variant and of its generator with other batches; the others have losses of another size. */
function chartSettings({ runs }: SyntheticResults): readonly Setting[] {
  const settings = settingsOf({ runs });
  const preset = (setting: Setting | undefined): string | undefined => setting?.variant.split(",")[0];
  return settings.filter((setting) => preset(setting) === preset(settings[0]));
}

function panelTitle({ variant, correlation }: Setting): string {
  return `${variant}: correlation ${correlation}`;
}

function curveChart(results: SyntheticResults): ReportPart {
  const panels = chartSettings(results).map((setting) => ({
    title: panelTitle(setting),
    series: results.curves
      .filter((curve) => isOf(curve, setting))
      .map(({ model, points }) => ({ name: shownNames[model], points })),
  }));
  return {
    kind: "chart",
    alt: "Mean loss by step with its interval, for each correlation",
    draw: () => drawCurves({ xTitle: "steps", yTitle: "mean loss on held-out rows", panels }),
  };
}

function histogramChart(results: SyntheticResults): ReportPart {
  const panels = chartSettings(results).map((setting) => ({
    title: panelTitle(setting),
    series: modelNames.map((model) => ({
      name: shownNames[model],
      values: lossesOf(results.runs, setting, model),
    })),
  }));
  return {
    kind: "chart",
    alt: "How many runs end at which loss, for each correlation",
    draw: () => drawHistograms({ xTitle: "loss at the end", yTitle: "runs", bins: 24, panels }),
  };
}

/** The settings of runs in their order. */
function settingsOf({ runs }: { readonly runs: readonly Setting[] }): readonly Setting[] {
  return runs
    .filter((run, i) => runs.findIndex((other) => isOf(other, run)) === i)
    .map(({ variant, correlation }) => ({ variant, correlation }))
    .toSorted((a, b) => (a.variant === b.variant ? a.correlation - b.correlation : 0));
}

function isOf(each: Setting, { variant, correlation }: Setting): boolean {
  return each.variant === variant && each.correlation === correlation;
}

function cellsOf({ variant, correlation }: Setting): readonly string[] {
  return [variant, String(correlation)];
}

function lossText(loss: number | undefined): string {
  return loss === undefined ? "" : fixed(loss, 4);
}

function withHalf({ low, mean, high }: IntervalPoint, digits: number, signed = false): string {
  return `${fixed(mean, digits, signed)} ± ${((high - low) / 2).toFixed(digits)}`;
}

function thousands(value: number): string {
  return value.toLocaleString("en");
}
