/** What the experiment leaves: figures only, so that report and test read it without an engine. */
import type { IntervalPoint } from "../charts.js";
import type { PaperResults } from "../results.js";

export const modelNames = ["shared_bottom", "omoe", "mmoe"] as const;
export type ModelName = (typeof modelNames)[number];

export const correlations = [0.5, 0.9, 1] as const;

/** What a table or a panel is of. */
export interface Setting {
  /** Of the free choices: a preset of the generator, or the batch. */
  readonly variant: string;
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

/** How a variant was run: optimizer's steps, rows of a batch, seeds of each setting, and of the grid of learning rates. */
export interface VariantOptions {
  readonly steps: number;
  readonly batch: number;
  readonly runs: number;
  readonly gridSeeds: number;
}

export interface SyntheticResults extends PaperResults<SyntheticRun> {
  readonly options: {
    /** Rows on which a run is measured at its end. */
    readonly heldOutRows: number;
    readonly rates: readonly number[];
    readonly variants: Readonly<Record<string, VariantOptions>>;
  };
  readonly parameters: readonly { readonly model: ModelName; readonly counted: number; readonly all: number }[];
  /** Pearson's correlation of the labels by preset, over trials. */
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
