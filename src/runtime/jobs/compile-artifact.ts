/** Compiling what an artifact holds: its model with what was fitted and with its weights, as this version of mtlc writes it. */
import { omitUndefined } from "../../compiler/text/index.js";
import { type Evaluation, metricsFile, readEvaluation } from "../measure/stored-measured.js";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { printProgram } from "../../compiler/graph/index.js";
import {
  artifactModel,
  artifactFiles,
  type ArtifactContent,
  type ArtifactFiles,
  loadArtifact,
  readArtifact,
  readRunNote,
  treesPath,
} from "../artifact/index.js";
import { hasTrees, type Model, treeHeads } from "../../compiler/model/index.js";
import { type Target, targets } from "../../compiler/targets/index.js";
import { createMemoryHost } from "../../compiler/host.js";
import { heldOrInitialReader } from "../engine/state.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import { statOf } from "../stat-of.js";

export function isArtifactDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** The content of an artifact, trained or compiled, to be written again. Throws a Failure where it is damaged. */
export async function recompileArtifact(directory: string): Promise<ArtifactContent> {
  const files = await readArtifact(directory);
  const model = artifactModel(files);
  const sources = sourcesOf(files);
  const { trained } = files.manifest;
  const asked = askedTargets(files);
  if (model.heads.length === 0) {
    return { sources, model, graphText: "", trained };
  }
  const { fitted, program, state } = await loadArtifact(directory, { files, untrained: true });
  const [metrics, run] = [metricsOf(files), await readRunNote(directory)];
  return {
    sources,
    model,
    ...omitUndefined({ trees: hasTrees(model) ? treeTexts(files, model) : undefined }),
    fitted,
    program,
    graphText: printProgram(program, { origins: false }),
    state: heldOrInitialReader(state, model.train.seed),
    trained,
    targets: asked,
    ...omitUndefined({ metrics, run }),
  };
}

/** The targets whose files the artifact has besides those of every artifact. */
function askedTargets({ manifest }: ArtifactFiles): readonly Target[] {
  return targets.filter(
    ({ folder, inEveryArtifact }) =>
      !inEveryArtifact && manifest.files.some(({ path }) => path.startsWith(`${folder}/`)),
  );
}

function treeTexts({ text }: ArtifactFiles, model: Model): ReadonlyMap<string, string> {
  return new Map(treeHeads(model).map(({ head: { name } }) => [name, text(treesPath(name))]));
}

/** The spec of an artifact, as it was compiled; its files of data are found from where the spec was, if that is known. */
export async function loadArtifactSpec(directory: string, read?: ArtifactFiles): Promise<LoadedSpec> {
  const files = read ?? (await readArtifact(directory));
  const sources = sourcesOf(files);
  const [main] = sources;
  const spec = loadSpec(
    main?.path ?? "",
    createMemoryHost(Object.fromEntries(sources.map(({ path, text }) => [path, text]))),
    directory,
  );
  const noted = (await readRunNote(directory))?.spec;
  const isThere = noted !== undefined && existsSync(dirname(noted));
  return { ...spec, path: isThere ? noted : join(directory, artifactFiles.spec) };
}

/** The spec and what it imports, as the manifest names them. */
export function sourcesOf({ manifest, text }: ArtifactFiles): ArtifactContent["sources"] {
  const { file, imports } = manifest.spec;
  return [{ path: file, text: text(file) }, ...imports.map((each) => ({ path: each.path, text: text(each.file) }))];
}

function metricsOf({ manifest, text }: ArtifactFiles): unknown {
  const file = artifactFiles.metrics;
  return manifest.files.some(({ path }) => path === file)
    ? metricsFile(readEvaluation(JSON.parse(text(file)) as Evaluation))
    : undefined;
}
