/** What the experiment leaves: figures only, so that report and test read it without an engine. */
import type { IntervalPoint } from "../charts.js";
import type { PaperResults } from "../results.js";
import type { PresetName } from "./generator.js";

export const modelNames = ["shared_bottom", "omoe", "mmoe"] as const;
export type ModelName = (typeof modelNames)[number];

export const correlations = [0.5, 0.9, 1] as const;

/** What a table or a panel is of. */
export interface Setting {
  readonly preset: PresetName;
  readonly correlation: number;
}

/** Models of one setting and seed saw the same rows. */
export interface SyntheticRun extends Setting {
  readonly model: ModelName;
  readonly lr: number;
  readonly seed: number;
  /** Squared error of either task on held-out rows, after the last step. */
  readonly end: readonly [number, number];
}

export interface SyntheticResults extends PaperResults<SyntheticRun> {
  readonly options: {
    readonly steps: number;
    readonly batch: number;
    readonly heldOutRows: number;
    readonly gridSeeds: number;
    readonly runs: Readonly<Record<string, number>>;
  };
  readonly parameters: readonly { readonly model: ModelName; readonly counted: number; readonly all: number }[];
  /** Pearson's correlation of the labels, over trials. */
  readonly labels: readonly {
    readonly correlation: number;
    readonly pearson: Readonly<Record<string, IntervalPoint>>;
  }[];
  /** Mean loss of few seeds, by learning rate. */
  readonly grid: readonly (Setting & { readonly model: ModelName; readonly lr: number; readonly loss: number })[];
  /** Mean loss of all runs by step, with its interval. */
  readonly curves: readonly (Setting & {
    readonly model: ModelName;
    readonly points: readonly (IntervalPoint & { readonly x: number })[];
  })[];
}

/** The loss of a run: the mean over both tasks. */
export function lossOf({ end: [one, two] }: Pick<SyntheticRun, "end">): number {
  return (one + two) / 2;
}
