/** A trained artifact as values again: the model, what was fitted, the program and its weights. */
import { omitUndefined } from "../../compiler/text/index.js";
import { join } from "node:path";
import type { Program, StateVariable } from "../../compiler/graph/graph.js";
import { hasTrees, treeHeads } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import { type Ensemble, readEnsemble } from "../../compiler/trees/index.js";
import { type Fitted, joinFitted } from "../data/encode/fitted.js";
import { storedVocabulary } from "../data/encode/stored-values.js";
import type { HostTensor } from "../engine/engine.js";
import { addParts, checkMemory, loadingNeed, type MemoryPart, ownerOf } from "../memory.js";
import { createFailure } from "../failure.js";
import { createProgram } from "../engine/create-program.js";
import type { Manifest } from "./manifest.js";
import { artifactFiles } from "./files.js";
import { readState } from "./pieces.js";
import { type ArtifactFiles, readArtifact } from "./read.js";
import { readRegularFile, withRegularFile } from "./regular-file.js";
import { readSafetensorsHeader } from "./safetensors.js";
import { parseVocabulary, vocabularyPath } from "./vocabulary-file.js";
import { runNoteName, treesPath } from "./write.js";

export interface LoadedArtifact {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly model: Model;
  readonly fitted: Fitted;
  readonly program: Program;
  /** The weights and statistics, by state variable. Optimizer slots and the step are not in it. */
  readonly state: ReadonlyMap<string, HostTensor>;
  /** The trees of each task; absent for a model without trees. */
  readonly ensembles?: ReadonlyMap<string, Ensemble>;
}

/**
 * Loads an artifact. Throws a {@link Failure}: what `readArtifact` throws, MTL7203 when a file is whole and says what the
 * model cannot mean, MTL7206 when it was never trained and `untrained` is not allowed, MTL7207 when the weights do not fit.
 */
export async function loadArtifact(
  directory: string,
  options: { readonly untrained?: boolean; readonly files?: ArtifactFiles; readonly signal?: AbortSignal } = {},
): Promise<LoadedArtifact> {
  const onManifest = ({ parameters }: Manifest): void => checkMemory(loadingNeed(partsOf(parameters)));
  const { signal } = options;
  if (options.files !== undefined) onManifest(options.files.manifest);
  const files = options.files ?? (await readArtifact(directory, { onManifest, ...omitUndefined({ signal }) }));
  const { manifest } = files;
  if (!manifest.trained && options.untrained !== true) throw createFailure("MTL7206", { directory });
  const model = artifactModel(files);
  const fitted = loadFitted(files, model);
  const program = createProgram(model, fitted);
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  const state = await readWeights(files, kept);
  const loaded = { directory, manifest, model, fitted, program, state };
  return hasTrees(model) && manifest.trained ? { ...loaded, ensembles: readTrees(files, model) } : loaded;
}

/** What the training data decided. Throws a {@link Failure} (MTL7203) for what the model cannot mean. */
export function loadFitted(files: ArtifactFiles, model: Model): Fitted {
  return readSound(files, artifactFiles.fitted, () =>
    joinFitted(model, JSON.parse(files.text(artifactFiles.fitted)), (feature) =>
      storedVocabulary(files.bytes(vocabularyPath(feature)), parseVocabulary),
    ),
  );
}

function readTrees(files: ArtifactFiles, model: Model): ReadonlyMap<string, Ensemble> {
  return new Map(
    treeHeads(model).map(({ head, features }) => {
      const path = treesPath(head.name);
      const ensemble = readSound(files, path, () => readEnsemble(files.text(path)));
      const columns = features.map(({ name }) => name);
      if (ensemble.columns.join(" ") !== columns.join(" "))
        throw damaged(files.directory, path, new Error("its columns are not those of the model"));
      return [head.name, ensemble];
    }),
  );
}

function partsOf(parameters: Manifest["parameters"]): readonly MemoryPart[] {
  const stored = parameters.filter((parameter) => parameter.stored);
  return addParts(
    stored.map(({ name, shape }) => ({
      name: ownerOf(name),
      bytes: shape.reduce((product, side) => product * side, 4),
    })),
  );
}

/** The weights, each read to its place: they are never in memory twice. */
async function readWeights(
  { directory, manifest }: ArtifactFiles,
  variables: readonly StateVariable[],
): Promise<ReadonlyMap<string, HostTensor>> {
  const path = artifactFiles.weights;
  const bytes = manifest.files.find((file) => file.path === path)?.bytes ?? 0;
  try {
    return await withRegularFile(directory, path, { exact: bytes }, async (handle) =>
      readState(variables, handle, await readSafetensorsHeader(handle)),
    );
  } catch (error) {
    throw damaged(directory, path, error);
  }
}

/** The typed model of an artifact, trained or not. Throws a {@link Failure} (MTL7203). */
export function artifactModel(files: ArtifactFiles): Model {
  // The manifest's hashes say that this is what `writeArtifact` wrote.
  return readSound(files, artifactFiles.model, () => JSON.parse(files.text(artifactFiles.model)) as Model);
}

function readSound<T>({ directory }: ArtifactFiles, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damaged(directory, path, error);
  }
}

function damaged(directory: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "Failure") return error;
  return createFailure("MTL7203", { file: join(directory, path), problem: error.message });
}

/** Where the spec and the data of an artifact are on this machine; see `runNoteName`. */
export interface RunNote {
  /** Absolute path of the spec. */
  readonly spec: string;
  /** Files in place of the spec's, absolute. */
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
  /** What the run is told from another by: hashes and numbers by name. */
  readonly identity?: Readonly<Record<string, string | number>>;
  /** How far it went. */
  readonly finished?: {
    readonly steps: number;
    readonly epochs: number;
    readonly keptEpoch: number;
    /** Of runs that were noted before this was: the last. */
    readonly keptStep: number;
  };
}

/** The note beside an artifact; undefined when there is none that can be read. */
export async function readRunNote(directory: string): Promise<RunNote | undefined> {
  try {
    const note = JSON.parse(
      Buffer.from(await readRegularFile(directory, runNoteName, { limit: 2 ** 24 })).toString("utf8"),
    ) as Partial<RunNote> & { readonly finished?: { readonly epoch?: number } };
    if (typeof note.spec !== "string") return undefined;
    const { finished } = note;
    // Version 0.1.0 said `epoch`.
    const keptEpoch = finished?.keptEpoch ?? finished?.epoch;
    return {
      ...note,
      spec: note.spec,
      ...(finished === undefined || keptEpoch === undefined
        ? {}
        : {
            finished: {
              steps: finished.steps,
              epochs: finished.epochs,
              keptEpoch,
              keptStep: finished.keptStep ?? finished.steps,
            },
          }),
    };
  } catch {
    return undefined;
  }
}
