/** Test AUC over some seeds, and whether the means of two contenders can be told apart. */
import { spreadOf } from "../../ratios.js";
import { counted } from "../../report.js";
import type { Section } from "../parts.js";

/** AUC of each seed, by head. */
export type Scores = ReadonlyMap<string, readonly number[]>;

export function accuracySection(
  title: string,
  { heads, epochs, rows, testRows }: { heads: readonly string[]; epochs: number; rows: number; testRows: number },
  found: ReadonlyMap<string, Scores>,
  seeds: number,
): Section {
  const ours = found.get("mtlc");
  const others = [...found].filter(([name]) => name !== "mtlc");
  return {
    title: `Accuracy: ${title}`,
    table: [
      ["test AUC, mean ± standard deviation", ...heads],
      ...[...found].map(([name, scores]) => [name, ...heads.map((head) => spreadText(scores.get(head) ?? []))]),
    ],
    lines: [
      ...(ours === undefined
        ? []
        : heads.flatMap((head) =>
            others.map(([name, scores]) => verdict(head, name, ours.get(head) ?? [], scores.get(head) ?? [])),
          )),
      `${seeds} seeds of first weights and order, ${counted(epochs, "epoch")} of ${rows.toLocaleString("en-US")} rows, ${testRows.toLocaleString("en-US")} test rows.`,
    ],
  };
}

function spreadText(values: readonly number[]): string {
  const { mean, deviation } = spreadOf(values);
  return Number.isNaN(deviation) ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
}

/** Equal within the spread: the means differ by no more than the larger of both standard deviations. */
export function verdict(head: string, name: string, ours: readonly number[], theirs: readonly number[]): string {
  const [left, right] = [spreadOf(ours), spreadOf(theirs)];
  const difference = left.mean - right.mean;
  const spread = Math.max(left.deviation, right.deviation);
  const shown = `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(4)}`;
  const word =
    Math.abs(difference) <= spread ? "equal within the spread of" : difference > 0 ? "better than" : "worse than";
  return `${head}: mtlc is ${word} ${name} (${shown}).`;
}
