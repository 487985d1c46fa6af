import type { OptionTable } from "../../option.js";
import {
  denyOption,
  engineOption,
  formatOption,
  productsOption,
  quietOption,
  targetOption,
  testOption,
  trainFilesOption,
  validationOption,
} from "../../shared-options.js";

/** The options of `mtlc train`. */
export const trainOptions = {
  output: {
    kind: "text",
    short: "o",
    value: "DIR",
    doc: "directory of the artifact (default: out/MODEL; of several runs out/MODEL-runs)",
  },
  train: trainFilesOption,
  validation: validationOption,
  test: testOption,
  seed: {
    kind: "integer",
    value: "N",
    min: 0,
    max: 2 ** 32 - 1,
    doc: "random seed (default: the spec's)",
  },
  epochs: {
    kind: "integer",
    value: "N",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    doc: "number of epochs (default: the spec's)",
  },
  steps: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 2 ** 31 - 1,
    doc: "number of steps at most (default: the spec's)",
  },
  runs: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 100_000,
    doc: "train N times, with the seed and those after it: mean, deviation and interval of each metric",
  },
  vary: {
    kind: "list",
    value: "NAME=A,B",
    doc: "train with each of the numbers in place of the spec's: `lr=1e-4,1e-3`; all combinations of several",
  },
  keep: {
    kind: "choice",
    values: ["best", "all", "none"],
    doc: "which artifacts of several runs stay, each in `run-K` of the output directory (default: best)",
  },
  workers: {
    kind: "integer",
    value: "N",
    min: 1,
    max: 1024,
    doc: "how many of several runs go side by side (default: one per core)",
  },
  resume: {
    kind: "flag",
    doc: "go on from the newest checkpoint in the output directory, if there is one; of several runs, train those that are missing",
  },
  "warm-start": {
    kind: "text",
    value: "ARTIFACT",
    doc: "start from a trained artifact: what `mtlc diff ARTIFACT SPEC` says warm-starts",
  },
  continue: {
    kind: "text",
    value: "ARTIFACT",
    doc: "go on from a trained artifact with later data: new values get ids, and nothing that has one moves",
  },
  force: { kind: "flag", doc: "drop the checkpoints of an unfinished run in the output directory" },
  "checkpoint-steps": {
    kind: "integer",
    value: "N",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    doc: "a checkpoint every N steps, in addition to one per minute and one per epoch",
  },
  target: {
    ...targetOption,
    doc: "add these forms to the artifact (`mtlc targets` lists them); what they cannot carry is said before training",
  },
  profile: {
    kind: "text",
    value: "FILE",
    doc: "train nothing: say where the time of a step goes, and write a trace for chrome://tracing or Perfetto",
  },
  log: { kind: "text", value: "FILE", doc: "add what happens to a file, a JSON object per line" },
  tensorboard: { kind: "text", value: "DIR", doc: "write TensorBoard event files" },
  engine: engineOption,
  products: productsOption,
  deny: denyOption,
  quiet: quietOption,
  format: formatOption,
} as const satisfies OptionTable;
