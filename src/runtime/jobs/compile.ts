/** Compiling a spec to an artifact without training it: the graphs, and weights as training would start with. */
import { omitUndefined } from "../../compiler/text/index.js";
import { printProgram, type Program } from "../../compiler/graph/index.js";
import { hasTrees, type Model } from "../../compiler/model/index.js";
import { type ArtifactContent, checkOutputDirectory, type Manifest, writeArtifact } from "../artifact/index.js";
import { isArtifactDirectory, recompileArtifact } from "./compile-artifact.js";
import { type Fitted, openData } from "../data/index.js";
import { artifactBytes, checkDisk, checkMemory, writingNeed } from "../memory.js";
import { createFailure } from "../failure.js";
import { checkWritable, refuseReplacement } from "../outputs.js";
import { initialReader } from "../engine/state.js";
import { createProgram } from "../engine/create-program.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import type { TrainEvent } from "../events.js";

export interface CompileOptions {
  /** Path of the spec, or the directory of an artifact, which keeps what was fitted and its weights. */
  readonly spec: string;
  readonly output: string;
  /** Files in place of the spec's training data, which decides vocabularies and scales. */
  readonly train?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

export interface CompileResult {
  readonly artifact: string;
  readonly manifest: Manifest;
}

/** A spec as a program, with what was fitted on its training data. */
export interface LoweredSpec {
  readonly spec: LoadedSpec;
  readonly fitted: Fitted;
  readonly program: Program;
}

/** Lowers a spec. The training data is read when a vocabulary or a scale comes from it. Throws a {@link Failure}. */
export async function lowerSpec(options: Omit<CompileOptions, "output">): Promise<LoweredSpec> {
  const { signal, onEvent = () => undefined } = options;
  const spec = loadSpec(options.spec);
  const { path, model, warnings } = spec;
  for (const diagnostic of warnings) onEvent({ kind: "warning", diagnostic });
  if (model.heads.length === 0) throw createFailure("MTL7311", { name: model.name });
  const { fitted } = await openData(model, {
    specPath: path,
    roles: [],
    ...omitUndefined({ train: options.train, signal }),
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  return { spec, fitted, program: createProgram(model, fitted) };
}

/** A spec without a network, whose formulas and rules work on signals: there is nothing to lower. */
function isServingOnly({ heads, serving }: Model): boolean {
  return heads.length === 0 && serving !== undefined && (serving.fusions.length > 0 || serving.ranks.length > 0);
}

/** Writes the artifact. Throws a {@link Failure}. */
export async function compile(options: CompileOptions): Promise<CompileResult> {
  const { output, signal, onEvent = () => undefined } = options;
  await checkOutputDirectory(output);
  await checkWritable(output);
  const content = await compiledContent(options);
  if (content.program !== undefined && !isArtifactDirectory(options.spec)) {
    checkMemory(writingNeed(content.program));
    await checkDisk(output, artifactBytes(content.program));
  }
  const manifest = await writeArtifact(output, content, signal);
  onEvent({ kind: "saved", directory: output });
  return { artifact: output, manifest };
}

/** What an artifact of the spec is made of, or what the artifact holds. */
async function compiledContent(options: CompileOptions): Promise<ArtifactContent> {
  if (isArtifactDirectory(options.spec)) return recompileArtifact(options.spec);
  const { model, sources, warnings } = loadSpec(options.spec);
  refuseReplacement(
    options.output,
    sources.map(({ path }) => path),
  );
  if (hasTrees(model))
    throw createFailure("MTL7366", { what: "compiling to an artifact", instead: "`mtlc train` makes the trees" });
  if (!isServingOnly(model)) return loweredContent(await lowerSpec(options));
  for (const diagnostic of warnings) options.onEvent?.({ kind: "warning", diagnostic });
  return { sources, model, graphText: "", trained: false };
}

/** A lowered spec with the weights that training starts with. */
export function loweredContent({ spec: { sources, model }, fitted, program }: LoweredSpec): ArtifactContent {
  return {
    sources,
    model,
    fitted,
    program,
    graphText: printProgram(program, { origins: false }),
    state: initialReader(model.train.seed),
    trained: false,
  };
}
