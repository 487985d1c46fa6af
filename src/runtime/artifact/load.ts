/** A trained artifact as values again: the model, what was fitted, the program and its weights. */
import { join } from "node:path";
import type { Program } from "../../compiler/graph/graph.js";
import type { Model } from "../../compiler/model/model.js";
import { type Fitted, joinFitted } from "../data/fitted.js";
import type { HostTensor } from "../engine/engine.js";
import { createFailure } from "../failure.js";
import { createProgram } from "../program.js";
import type { Manifest } from "./manifest.js";
import { joinState } from "./pieces.js";
import { type ArtifactFiles, readArtifact } from "./read.js";
import { readRegularFile } from "./regular-file.js";
import { decodeSafetensors } from "./safetensors.js";
import { artifactFiles, parseVocabulary, runNoteName, vocabularyPath } from "./write.js";

export interface LoadedArtifact {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly model: Model;
  readonly fitted: Fitted;
  readonly program: Program;
  /** The weights and statistics, by state variable. Optimizer slots and the step are not in it. */
  readonly state: ReadonlyMap<string, HostTensor>;
}

/**
 * Loads an artifact. Throws a {@link Failure}: what `readArtifact` throws, MTL7203 when a file is whole and says what the
 * model cannot mean, MTL7206 when it was never trained and `untrained` is not allowed, MTL7207 when the weights do not fit.
 */
export async function loadArtifact(
  directory: string,
  options: { readonly untrained?: boolean; readonly files?: ArtifactFiles } = {},
): Promise<LoadedArtifact> {
  const files = options.files ?? (await readArtifact(directory));
  const { manifest } = files;
  if (!manifest.trained && options.untrained !== true) throw createFailure("MTL7206", { directory });
  const model = artifactModel(files);
  const fitted = readSound(files, artifactFiles.fitted, () =>
    joinFitted(model, JSON.parse(files.text(artifactFiles.fitted)), (feature) =>
      parseVocabulary(files.text(vocabularyPath(feature))),
    ),
  );
  const program = createProgram(model, fitted);
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  const { tensors } = readSound(files, artifactFiles.weights, () =>
    decodeSafetensors(files.bytes(artifactFiles.weights)),
  );
  return { directory, manifest, model, fitted, program, state: joinState(kept, tensors) };
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
    if (!(error instanceof Error) || error.name === "Failure") throw error;
    throw createFailure("MTL7203", { file: join(directory, path), problem: error.message });
  }
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
  readonly finished?: { readonly steps: number; readonly epochs: number; readonly epoch: number };
}

/** The note beside an artifact; undefined when there is none that can be read. */
export async function readRunNote(directory: string): Promise<RunNote | undefined> {
  try {
    const note = JSON.parse(
      Buffer.from(await readRegularFile(directory, runNoteName, { limit: 2 ** 24 })).toString("utf8"),
    ) as Partial<RunNote>;
    return typeof note.spec === "string" ? { ...note, spec: note.spec } : undefined;
  } catch {
    return undefined;
  }
}
