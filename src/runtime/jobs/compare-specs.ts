/** Comparing specs: each is trained with the same seeds. */
import { dirname, resolve } from "node:path";
import type { Model, SourceModel } from "../../compiler/model/model.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { sharedHeads } from "../compare/align.js";
import { compareSeeds } from "../compare/compare-seeds.js";
import { comparedModel } from "../compare/compared-model.js";
import type { ComparisonResult } from "../compare/result.js";
import { locate } from "../data/files/files.js";
import type { EngineName } from "../engine/index.js";
import type { EvaluationRole, HeadMetrics } from "../events.js";
import { createFailure } from "../failure.js";
import { isTrained, type RunResult, type RunsEvent, scoresOf } from "../runs/types.js";
import { loadModelSource } from "../specs/model-source.js";
import { trainRuns } from "./train-runs.js";

export interface CompareSpecsOptions {
  /** Paths of two or more specs, or directories of artifacts, whose specs they are. */
  readonly specs: readonly string[];
  /** Two or more; every spec is trained with each. */
  readonly seeds: readonly number[];
  /** Index of the spec that the others are compared with. Default 0. */
  readonly base?: number;
  /** Files to measure on. Default: the test data (else the validation data) of the specs. */
  readonly test?: readonly string[];
  /** How often an interval of one comparison holds the true difference, in (0, 1). Default 0.95. */
  readonly level?: number;
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** What the runs of a spec tell. */
  readonly onEvent?: (event: RunsEvent, spec: string) => void;
}

/**
 * Trains every spec with every seed and compares the metrics that the base asks for, seed by seed. The intervals are of the specs,
 * over seeds, on the rows that are measured on. Nothing is written. Throws a {@link Failure}.
 */
export async function compareSpecs(options: CompareSpecsOptions): Promise<ComparisonResult> {
  const { specs, seeds, base = 0, level = 0.95, test, engine, signal, onEvent = () => undefined } = options;
  const models = await Promise.all(
    specs.map(async (name) => ({ name, model: (await loadModelSource(name, ".")).model })),
  );
  const first = models[base]!;
  for (const other of models)
    if (test === undefined && dataText(other) !== dataText(first))
      throw createFailure("MTL7426", { base: first.name, other: other.name });
  const { shared, leftOut } = sharedHeads(models, base, { byDefinition: true });
  const trained: (readonly RunResult[])[] = [];
  for (const { name: spec } of models) {
    const { runs, ended } = await trainRuns({
      spec,
      runs: seeds.map((seed) => ({ seed })),
      keep: "none",
      ...omitUndefined({ test, engine, signal }),
      onEvent: (event) => onEvent(event, spec),
    });
    signal?.throwIfAborted();
    if (ended === "interrupted") throw new Error("runs ended without a signal");
    trained.push(runs);
  }
  const role = trained[base]?.map(roleOf).find((each) => each !== undefined);
  if (role === undefined) throw createFailure("MTL7302", { role: "test", option: "--test" });
  const heads = shared.map((each) =>
    compareSeeds(
      each,
      trained.map((runs) =>
        seeds.map((_, at) =>
          scoresOfHead(
            runs.find(({ run }) => run === at + 1),
            each.head.name,
          ),
        ),
      ),
      { base, level },
    ),
  );
  return {
    of: "specs",
    role,
    models: models.map(comparedModel),
    base,
    level,
    seeds,
    heads,
    leftOut,
  };
}

function roleOf(run: RunResult): EvaluationRole | undefined {
  return isTrained(run) ? run.evaluation?.role : undefined;
}

function scoresOfHead(run: RunResult | undefined, head: string): HeadMetrics | undefined {
  return run === undefined ? undefined : scoresOf(run)[head];
}

/** Which rows a spec is measured on, as a text: files by their absolute paths, the split, and the weights. */
function dataText({ name, model: { data } }: { readonly name: string; readonly model: Model }): string {
  const folder = dirname(resolve(name));
  const filesOf = (source: SourceModel | undefined): unknown =>
    source === undefined ? null : { ...source, span: null, paths: source.paths.map((path) => locate(folder, path)) };
  const { test, validation, train, split, weight } = data;
  // With a split, what is not trained on is the rest of the training files.
  return JSON.stringify([filesOf(test), filesOf(validation), split ?? null, split && filesOf(train), weight ?? null]);
}
