import { existsSync, statSync } from "node:fs";
import { omitUndefined } from "../../../compiler/text/index.js";
import type { ComparisonResult } from "../../../runtime/compare/result.js";
import type { EngineName } from "../../../runtime/engine/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { compareSpecs } from "../../../runtime/jobs/compare-specs.js";
import { compareArtifacts } from "../../../runtime/jobs/compare.js";
import type { RunsEvent } from "../../../runtime/runs/types.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import type { Outcome } from "../../command.js";

export interface CompareInput {
  readonly models: readonly string[];
  readonly base?: string;
  readonly test?: readonly string[];
  readonly level?: string;
  readonly resamples?: number;
  readonly seed?: number;
  /** Seeds to train each spec with; absent: artifacts are compared. */
  readonly runs?: number;
  readonly engine?: EngineName;
  readonly failOn?: "worse";
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunsEvent) => void;
}

/** Exit code 1 only where it is asked for and a model is worse than the base. */
export async function runCompare(input: CompareInput): Promise<Outcome<ComparisonResult>> {
  const result = input.runs === undefined ? await runArtifacts(input) : await runSpecs(input, input.runs);
  const isWorse = result.heads.some(({ metrics }) =>
    metrics.some(({ differences }) => differences.some(({ verdict }) => verdict === "worse")),
  );
  return { result, exitCode: input.failOn === "worse" && isWorse ? 1 : 0 };
}

async function runArtifacts(input: CompareInput): Promise<ComparisonResult> {
  const { models, test, resamples, seed, engine, signal, onEvent } = input;
  const spec = models.find((model) => existsSync(model) && !statSync(model).isDirectory());
  if (spec !== undefined)
    throw createFailure("MTL7423", {
      problem: `\`${spec}\` is not an artifact: with \`--runs N\`, specs are trained with N seeds each and compared; without it, artifacts are`,
    });
  return compareArtifacts({
    artifacts: models,
    base: baseOf(input),
    level: levelOf(input),
    ...omitUndefined({ test, resamples, seed, engine }),
    signal,
    onEvent,
  });
}

async function runSpecs(input: CompareInput, runs: number): Promise<ComparisonResult> {
  const { models, test, engine, signal, onEvent } = input;
  if (input.resamples !== undefined) throw createFailure("MTL8009", { first: "--runs", second: "--resamples" });
  const base = baseOf(input);
  const first = input.seed ?? (await loadModelSource(models[base]!, ".")).model.train.seed;
  return compareSpecs({
    specs: models,
    seeds: Array.from({ length: runs }, (_, k) => (first + k) % 2 ** 32),
    base,
    level: levelOf(input),
    ...omitUndefined({ test, engine }),
    signal,
    onEvent,
  });
}

function baseOf({ models, base }: CompareInput): number {
  if (base === undefined) return 0;
  const index = models.indexOf(base);
  if (index < 0) throw createFailure("MTL7424", { base, models });
  return index;
}

function levelOf({ level = "0.95" }: CompareInput): number {
  const value = Number(level);
  if (!(value >= 0.5 && value < 1)) throw createFailure("MTL7425", { level });
  return value;
}
