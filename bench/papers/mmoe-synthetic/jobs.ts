/** What the experiment asks of its workers. */
import type { Generator } from "./generator.js";
import type { RunLength } from "./trainer.js";

export const specsFolder = "bench/papers/specs/mmoe-synthetic";

/** Runs on one data set, which all of them see. */
export interface Job {
  readonly generator: Generator;
  readonly correlation: number;
  /** Of the data set and of first weights. */
  readonly seed: number;
  readonly runs: readonly { readonly model: string; readonly lr: number }[];
  readonly length: RunLength;
}
