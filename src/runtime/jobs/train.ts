/** Training from a spec to an artifact: what comes before the data is open, and the data. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { hasTrees, listColumn } from "../../compiler/model/index.js";
import { textOfValue } from "../../compiler/semantics/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { LoadedArtifact } from "../artifact/index.js";
import { loadWeights } from "../artifact/load-weights.js";
import { type FittedRows, type OpenedData, openData, sizesWithoutData } from "../data/index.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { giveBackMemory, giveBackPages } from "../engine/give-back.js";
import { shareHeaps } from "../engine/keep-memory.js";
import type { TrainEvent } from "../events.js";
import { createFailure, noLocation } from "../failure.js";
import { checkMemory, knownNeed } from "../memory.js";
import { type LoadedSpec, loadSpec, overlayHost, withOverrides } from "../specs/load-spec.js";
import { prepareOutput } from "../train/prepare-output.js";
import { findTargets, refuseTargets } from "../targets/choose.js";
import type { TrainResult } from "../train/result.js";
import { isArtifactDirectory, loadArtifactSpec } from "./compile-artifact.js";
import { type PreparedJob, type PreparedSession, prepareSession, trainNetwork } from "./train-network.js";
import { dataFiles, type TrainOptions } from "./train-options.js";
import { trainTreesOn, treesLibrary } from "./train-trees.js";
import { startOpening } from "./training-data/open.js";

/**
 * Trains the model of a spec, measures it on its test data (else its validation data) and leaves an artifact. The same
 * spec, data, seed, engine and thread count give the same artifact byte for byte. Throws a {@link Failure} for what the user
 * can fix; when `signal` fires before the first step, rejects with its reason.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { output, signal, onEvent = () => undefined } = options;
  const spec = await loadTrainable(options, onEvent);
  const { model } = spec;
  const from = options.continues ?? options.warmStart;
  const inputs = [...spec.sources.map(({ path }) => path), ...(from === undefined ? [] : [from])];
  const start = output === undefined ? "fresh" : await prepareOutput(output, inputs, options);
  if (output !== undefined && start === "fresh" && options.resume === true)
    onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7330", { directory: output }, noLocation(output)) });
  if (output !== undefined && start === "finished") noteMissingTargets(output, options, onEvent);
  checkMemory(knownNeed(model, sizesWithoutData(model)));
  // Before any data is read: a damaged artifact is said at once.
  const old = from === undefined ? undefined : await loadWeights(from, "start from", { onEvent, signal });
  // Data is read while the engine is loaded.
  const opening = startOpening(model, dataOptions(options, spec, old));
  shareHeaps();
  let prepared: PreparedSession | undefined;
  try {
    const library = hasTrees(model) ? await treesLibrary(options, start) : undefined;
    const engine =
      library === undefined ? await chooseEngine(options.engine, onEvent, "training", options.products) : undefined;
    giveBackPages();
    opening.tell((progress) => onEvent({ kind: "data", ...progress }));
    // A first state that the data decides is not known before the rows are.
    if (engine !== undefined && start === "fresh" && old === undefined && options.tensorboard === undefined)
      prepared = await prepareEarly({ spec, engine, options, onEvent }, await opening.fitted);
    const { data, oddities } = await opening.opened;
    giveBackMemory();
    try {
      const job = { options, spec, start, data, oddities, onEvent };
      if (library !== undefined) return await trainTreesOn(job, library);
      if (engine === undefined) throw new Error("a network is trained without an engine");
      return await trainNetwork({ ...job, old, engine, ...omitUndefined({ prepared }) });
    } finally {
      closeData(data);
    }
  } finally {
    prepared?.session.close();
    await opening.close();
    // Who trains again and again has what one training needs, and no more each time.
    giveBackMemory();
  }
}

/** Rows from which a session is opened while they are encoded. */
const leastRowsAside = 100_000;

/**
 * A session that is opened while rows are encoded or read, where that takes long: a mistake in a few rows is to be said before anything is
 * compiled.
 */
async function prepareEarly(
  job: Omit<PreparedJob, "isAnnounced">,
  found: FittedRows | undefined,
): Promise<PreparedSession | undefined> {
  if (found === undefined || !(found.areEncoded || found.fitted.rows >= leastRowsAside)) return undefined;
  // While rows are encoded there is something to leave in order when a signal comes.
  return prepareSession({ ...job, isAnnounced: found.areEncoded }, found);
}

/** Says which of the targets that were asked for a complete run does not have. */
function noteMissingTargets(directory: string, options: TrainOptions, onEvent: (event: TrainEvent) => void): void {
  const missing = findTargets(options.targets ?? []).filter(({ folder }) => !existsSync(join(directory, folder)));
  if (missing.length === 0) return;
  const diagnostic = createDiagnostic("MTL7503", { directory, targets: missing.map(({ name }) => name) }, noLocation());
  onEvent({ kind: "warning", diagnostic });
}

/** The spec to train, with what the options set in its place. Tells its warnings. Throws a {@link Failure} when it is wrong. */
export async function loadTrainable(options: TrainOptions, onEvent: (event: TrainEvent) => void): Promise<LoadedSpec> {
  const loaded = isArtifactDirectory(options.spec)
    ? await loadArtifactSpec(options.spec)
    : loadSpec(options.spec, overlayHost(options.texts ?? {}));
  const spec = withOverrides(loaded, options);
  for (const diagnostic of spec.warnings) onEvent({ kind: "warning", diagnostic });
  if (spec.searches.length > 0) onEvent({ kind: "warning", diagnostic: noteDefaults(spec) });
  if (spec.model.loss.terms.length === 0) throw createFailure("MTL7311", { name: spec.model.name });
  refuseTargets(findTargets(options.targets ?? []), spec);
  return spec;
}

/** The data of a training, encoded. {@link closeData} closes it. `written`: a file that the caller writes, which no file of the data may be (MTL8013). */
export async function openTrainingData(options: TrainOptions, spec: LoadedSpec, written?: string): Promise<OpenedData> {
  return openData(spec.model, {
    ...dataOptions(options, spec),
    ...omitUndefined({ output: written }),
    onProgress: (progress) => options.onEvent?.({ kind: "data", ...progress }),
  });
}

/** `old`: what a run continues. */
function dataOptions(options: TrainOptions, { path, model }: LoadedSpec, old?: LoadedArtifact) {
  return {
    ...dataFiles(options),
    specPath: path,
    ...(options.continues === undefined || old === undefined
      ? {}
      : { continues: { fitted: old.fitted, ...omitUndefined({ evictAfter: model.train.evictAfter }) } }),
    ...omitUndefined({
      lists: listColumn(model.loss),
      cacheLimit: options.cacheLimit,
      roles: options.roles,
      signal: options.signal,
    }),
  };
}

export function closeData({ train: trained, validation, test }: OpenedData): void {
  for (const dataset of [trained, validation, test]) dataset?.close();
}

/** Says which values a spec with searches is trained with. */
function noteDefaults({ path, searches }: LoadedSpec): Diagnostic {
  const values = searches.map((each) => `${each.name} = ${textOfValue(each, each.default)}`);
  return createDiagnostic("MTL7410", { file: path, values }, noLocation());
}
