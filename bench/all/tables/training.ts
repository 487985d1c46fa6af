/** The table of a workload of training. */
import { availableParallelism } from "node:os";
import { type Ratio, ratioOf, ratioText } from "../../ratios.js";
import { counted, median } from "../../report.js";
import { libraries } from "../../training/contenders.js";
import type { ContenderResult, WorkloadResult } from "../../training/rounds.js";
import type { Section } from "../parts.js";

export function trainingSection(
  result: WorkloadResult,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Section {
  const { contenders: measured, heads, rows, testRows, batch, flopsPerRow, gflops } = result;
  const ours = measured.find(({ name }) => name === "mtlc");
  const limit = (1e9 * median(gflops)) / flopsPerRow;
  const row = ({ name, rates, auc, firstStep }: ContenderResult): readonly string[] => [
    name,
    thousands(median(rates)),
    `${thousands(Math.min(...rates))}–${thousands(Math.max(...rates))}`,
    name === "mtlc" ? "" : ratioText(ratioOf(ours?.rates ?? [], rates)),
    `${Math.round((100 * median(rates)) / limit)} %`,
    ...heads.map((head) => auc?.[head]?.toFixed(4) ?? ""),
    firstStep?.toFixed(1) ?? "",
  ];
  const aucHeads = heads.map((head) => `AUC ${head}`);
  return {
    title: `Training: ${result.title}`,
    table: [
      ["", "thousand rows/s", "of the rounds", "mtlc is", "of the limit", ...aucHeads, "first step, s"],
      ...measured.map(row),
    ],
    lines: [
      ...comparison(measured),
      `${rows.toLocaleString("en-US")} rows, batch ${batch}, Adam at 1e-3, ${availableParallelism()} threads each; medians of ${counted(rounds, "round")} of ${seconds} s in turn, ratios round by round (least–most).`,
      `Limit: the fastest product of two matrices of 1,024 × 1,024 in these processes reached ${Math.round(median(gflops))} GFLOP/s (median of the rounds), and a row's step is ${Math.round(flopsPerRow / 1000).toLocaleString("en-US")} kFLOP: ${thousands(limit)} thousand rows/s.`,
      `AUC on ${testRows.toLocaleString("en-US")} test rows after one epoch of the same rows in the same order, from first weights of one distribution (Glorot; libraries have their own); the peers leave out the rows that fill no batch.`,
      `Versions: ${[...new Set(measured.map(({ versions }) => versions))].join("; ")}.`,
    ],
  };
}

/** Ours beside the fastest program by hand, and beside the fastest library. */
function comparison(measured: readonly ContenderResult[]): readonly string[] {
  const ours = measured.find(({ name }) => name === "mtlc");
  if (ours === undefined) return ["mtlc was not measured."];
  const others = measured.filter(({ name }) => name !== "mtlc");
  const said = (kind: string, of: readonly ContenderResult[]): readonly string[] => {
    const fastest = fastestOf(of);
    const ratio = fastest === undefined ? undefined : ratioOf(ours.rates, fastest.rates);
    return fastest === undefined || ratio === undefined ? [] : [sentence(kind, fastest.name, ratio)];
  };
  return [
    ...said(
      "peer",
      others.filter(({ name }) => !libraries.has(name)),
    ),
    ...said(
      "library of models",
      others.filter(({ name }) => libraries.has(name)),
    ),
  ];
}

function fastestOf(contenders: readonly ContenderResult[]): ContenderResult | undefined {
  return contenders.toSorted((a, b) => median(b.rates) - median(a.rates))[0];
}

function sentence(kind: string, name: string, ratio: Ratio): string {
  return `mtlc is ${ratioText(ratio)} as fast as the fastest ${kind}, ${name}.`;
}

function thousands(rate: number): string {
  return (rate / 1000).toFixed(rate < 10_000 ? 1 : 0);
}
