import { omitUndefined, own, compareText } from "../../compiler/text/index.js";
import { dirname } from "node:path";
import type { GraphFunction, Program, StateVariable } from "../../compiler/graph/graph.js";
import type { Fitted } from "../../compiler/model/fitted.js";
import { batchLayout, type BatchLayout } from "../../compiler/model/layout.js";
import { hasIds, tableOwner } from "../../compiler/model/feature-lists.js";
import { hashModel } from "../../compiler/model/hash.js";
import type { Model } from "../../compiler/model/model.js";
import { type Target, targets } from "../../compiler/targets/index.js";
import { type FittedParts, splitFitted } from "../data/encode/fitted.js";
import { heldReader, type StateReader } from "../engine/state.js";
import { createFailure } from "../failure.js";
import { version } from "../version.js";
import { type DirectoryFile, entriesOf, replaceDirectory, type WrittenFile } from "./directory.js";
import { artifactFiles } from "./files.js";
import { jsonText, sha256 } from "./hash.js";
import {
  checkManifest,
  type DataSchema,
  type Manifest,
  type ManifestHead,
  manifestName,
  type ManifestParameter,
  type ManifestSignature,
  type ManifestTensor,
  manifestVersion,
} from "./manifest.js";
import { headTypeText, modelText, relativePath } from "./model-file.js";
import { pieceShape, pieceSources } from "./pieces.js";
import { safetensorsContent } from "./safetensors.js";
import { targetFiles } from "./target-files.js";
import { vocabularyLines } from "../data/encode/stored-values.js";
import { vocabularyPath } from "./vocabulary-file.js";
import { fileWeights, type WeightsFile } from "./weights-file.js";

/** All that an artifact is made of. */
export interface ArtifactContent {
  /** The spec and the files it imports, the spec first; paths as they were read. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly model: Model;
  /** Absent, as are the program and the state, for a model without a network: formulas and rules over signals. */
  readonly fitted?: Fitted;
  readonly program?: Program;
  /** The program as text. */
  readonly graphText: string;
  /** Every state variable. */
  readonly state?: StateReader;
  /** LightGBM's text of the trees of each task; absent for a model without trees. */
  readonly trees?: ReadonlyMap<string, string>;
  readonly trained: boolean;
  /** Targets whose files it has besides those that every artifact has; none of them has a refusal. Default: none. */
  readonly targets?: readonly Target[];
  /** What `metrics.json` says; absent when nothing was measured. */
  readonly metrics?: unknown;
  /**
   * What `run.json` says: where the spec and the data are on this machine. A note beside the artifact, not a part of it: the
   * manifest does not list it, and only the paths of `mtlc eval` without `--test` come from it.
   */
  readonly run?: object;
}

/** A note of this machine beside the artifact. */
export const runNoteName = "run.json";

/** Names at the top of an artifact's directory that are its own. */
const ownEntries: ReadonlySet<string> = new Set([
  ...Object.values(artifactFiles).map((path) => path.split("/")[0] ?? ""),
  "imports",
  "vocab",
  "trees",
  ...targets.map(({ folder }) => folder),
  "checkpoints",
  manifestName,
  runNoteName,
]);

/** Whether what is under this name at the top of an artifact's directory is the artifact's, and is replaced with it. */
export function isArtifactEntry(name: string): boolean {
  return ownEntries.has(name);
}

/** Entries of a directory that show that we wrote it, and that may appear in it besides an artifact's files. */
const ours: ReadonlySet<string> = new Set([manifestName, "checkpoints", runNoteName]);

/**
 * Throws a {@link Failure} when a directory is there, is not empty and is not ours: nothing of others is overwritten.
 */
export async function checkOutputDirectory(directory: string): Promise<void> {
  const entries = await entriesOf(directory);
  const [entry] = entries;
  if (entry !== undefined && !entries.some((name) => ours.has(name)))
    throw createFailure("MTL7205", { directory, entry });
}

/** Writes an artifact in place of what the directory held. Equal contents give equal bytes. */
export async function writeArtifact(
  directory: string,
  content: ArtifactContent,
  signal?: AbortSignal,
): Promise<Manifest> {
  await checkOutputDirectory(directory);
  const note =
    content.run === undefined
      ? []
      : [{ path: runNoteName, content: jsonText({ ...content.run, format: "mtlc-run", version: 1 }) }];
  const found: { manifest?: Manifest } = {};
  const fitted = fittedParts(content);
  await replaceDirectory(directory, [...note, ...artifactContent(content, fitted)], {
    // What others put beside an artifact (predictions, notes, event files) is theirs.
    keeps: (entry) => !isArtifactEntry(entry),
    last: (written) => {
      const files = written.filter(({ path }) => path !== runNoteName);
      found.manifest = manifestOf(content, fitted, files);
      return { path: manifestName, content: jsonText(found.manifest) };
    },
    ...omitUndefined({ signal }),
  });
  if (found.manifest === undefined) throw new Error("the manifest was not written");
  return found.manifest;
}

/** The files of an artifact but for the manifest; the weights first, as others read them. */
function artifactContent(content: ArtifactContent, fitted: FittedParts): readonly DirectoryFile[] {
  const { model, program, state = heldReader(new Map()) } = content;
  const stored = program?.state.filter(({ role }) => isStored(role)) ?? [];
  const sources = sourceFiles(content.sources);
  const weights = safetensorsContent(pieceSources(stored, state), { format: "mtlc" });
  const weightsFile = {
    path: artifactFiles.weights,
    // The pieces of a variable follow each other in the file as their rows do in the variable.
    offset: ({ pieces }: StateVariable) => weights.offsets.get(pieces[0]?.name ?? "") ?? 0,
    variables: stored,
  };
  return [
    { path: artifactFiles.weights, content: weights.pieces },
    ...sources.map(({ file, text }) => ({ path: file, content: text })),
    { path: artifactFiles.model, content: modelText(model, content.sources[0]?.path ?? "") },
    { path: artifactFiles.fitted, content: jsonText(fitted.json) },
    ...(program === undefined ? [] : [{ path: artifactFiles.graph, content: content.graphText }]),
    ...filesOfTargets(content, weightsFile),
    ...[...(content.trees ?? [])].map(([task, text]) => ({ path: treesPath(task), content: text })),
    ...[...fitted.vocabularies].map(([feature, vocabulary]) => ({
      path: vocabularyPath(feature),
      content: vocabularyLines(vocabulary),
    })),
    ...(content.metrics === undefined ? [] : [{ path: artifactFiles.metrics, content: jsonText(content.metrics) }]),
  ];
}

/** Of each target that is in every artifact which it can carry, and of those that are asked for. */
function filesOfTargets(content: ArtifactContent, file: WeightsFile): readonly DirectoryFile[] {
  const asked = content.targets ?? [];
  const own = targets.filter(
    (target) => target.inEveryArtifact && !asked.includes(target) && target.refusals(content).length === 0,
  );
  const { weights, opensIn } = fileWeights(file);
  return [...own, ...asked].flatMap((target) => targetFiles(target, { ...content, weights }, opensIn));
}

function fittedParts({ fitted }: ArtifactContent): FittedParts {
  return fitted === undefined ? { json: {}, vocabularies: new Map(), ids: {} } : splitFitted(fitted);
}

/** Where the trees of a task are; names are identifiers, so they are safe in a path. */
export function treesPath(task: string): string {
  return `trees/${task}.txt`;
}

function manifestOf(content: ArtifactContent, fitted: FittedParts, written: readonly WrittenFile[]): Manifest {
  const { model, program } = content;
  const [spec, ...imports] = sourceFiles(content.sources);
  return checkManifest({
    format: "mtlc-artifact",
    version: manifestVersion,
    mtlc: version,
    name: model.name,
    trained: content.trained,
    seed: model.train.seed,
    spec: {
      file: artifactFiles.spec,
      sha256: sha256(spec?.text ?? ""),
      imports: imports.map(({ path, file, text }) => ({ path, file, sha256: sha256(text) })),
    },
    model: { file: artifactFiles.model, hash: hashModel(model) },
    schema: dataSchema(model, fitted),
    heads: program === undefined ? [] : heads(model, program),
    weights: { file: artifactFiles.weights },
    parameters: program === undefined ? [] : parameters(program),
    signatures: program === undefined ? {} : signatures(program),
    files: written.toSorted((a, b) => compareText(a.path, b.path)),
  });
}

/** Optimizer slots and the step are reinitialized when an artifact is trained further, so that they are not kept. */
function isStored(role: Program["state"][number]["role"]): boolean {
  return role === "parameter" || role === "statistic";
}

/** Imports get numbered names: their paths may climb out of the spec's folder. */
function sourceFiles(
  sources: ArtifactContent["sources"],
): readonly { readonly path: string; readonly file: string; readonly text: string }[] {
  const folder = dirname(sources[0]?.path ?? "");
  return sources.map(({ path, text }, i) => ({
    path: relativePath(folder, path),
    file: i === 0 ? artifactFiles.spec : `imports/${i}.mtl`,
    text,
  }));
}

function dataSchema(model: Model, fitted: FittedParts): DataSchema {
  const layout: BatchLayout = batchLayout(model);
  return {
    fitted: artifactFiles.fitted,
    features: model.features.map((feature) => {
      const { name, kind } = feature;
      const input = !hasIds(feature) ? "numbers" : "ids";
      const slot = layout[input].find((each) => each.feature === name);
      if (slot === undefined) throw new Error(`the layout has no place for the feature ${name}`);
      const ids = own(fitted.ids, tableOwner(feature));
      return {
        name,
        kind,
        input,
        offset: slot.offset,
        width: slot.width,
        ...omitUndefined({ ids }),
        ...(fitted.vocabularies.has(name) ? { vocabulary: vocabularyPath(name) } : {}),
      } as const;
    }),
    labels: model.labels.map(({ name, base }) => ({ name, base })),
    idWidth: layout.idWidth,
    numberWidth: layout.numberWidth,
  };
}

function heads(model: Model, program: Program): readonly ManifestHead[] {
  const served = new Set(
    program.functions.find(({ name }) => name === "predict")?.outputs.map((output) => output.name) ?? [],
  );
  return model.heads.map(({ name, keyword, type }) => ({
    name,
    keyword,
    type: headTypeText(type),
    served: served.has(name),
  }));
}

function parameters(program: Program): readonly ManifestParameter[] {
  return program.state.flatMap((variable) =>
    variable.pieces.map((piece) => ({
      name: piece.name,
      shape: pieceShape(variable, piece),
      dtype: variable.type.dtype,
      role: variable.role,
      variable: variable.name,
      row: piece.row,
      stored: isStored(variable.role),
    })),
  );
}

function signatures(program: Program): Readonly<Record<string, ManifestSignature>> {
  return Object.fromEntries(program.functions.map((fn) => [fn.name, signatureOf(fn)]));
}

function signatureOf(fn: GraphFunction): ManifestSignature {
  const inputs = fn.nodes.flatMap((node): ManifestTensor[] =>
    node.op === "input" ? [{ name: node.attributes.name, ...node.type }] : [],
  );
  const outputs = fn.outputs.map(({ name, value }): ManifestTensor => {
    const node = fn.nodes[value];
    if (node === undefined) throw new Error(`${fn.name} has no value for its output ${name}`);
    return { name, ...node.type };
  });
  return { inputs, outputs };
}
