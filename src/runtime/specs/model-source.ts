import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FittedSizes, Model } from "../../compiler/model/index.js";
import { manifestName, parseVocabulary, readArtifact } from "../artifact/index.js";
import { createFailure } from "../failure.js";
import { isGitCopy, locationsOfCopy } from "./git-copy.js";
import { loadGitSpec } from "./git-spec.js";
import { parseGitFile } from "./git.js";
import { loadSpec } from "./load-spec.js";
import { isStandardInput } from "./standard-input.js";

/** A model, and what is known of its data. */
export interface ModelSource {
  /** As it was named. */
  readonly name: string;
  readonly model: Model;
  /** Numbers of ids, from an artifact. */
  readonly ids: FittedSizes["ids"];
  /** The values of each vocabulary by feature, of an artifact. */
  readonly vocabularies?: () => ReadonlyMap<string, readonly string[]>;
  /** What was read of this disk: the spec and its imports, or the artifact's directory; of a git revision, nothing. */
  readonly files: readonly string[];
}

/**
 * The model of a spec on the disk or on standard input (`-`), of a spec in a git revision (`HEAD~1:specs/x.mtl`, with the
 * imports of that revision), or of an artifact. Throws a Failure with what is wrong.
 */
export async function loadModelSource(name: string, folder: string): Promise<ModelSource> {
  if (isStandardInput(name)) return { name, model: loadSpec(name).model, ids: {}, files: [] };
  if (existsSync(name)) return statSync(name).isDirectory() ? loadArtifactModel(name) : loadFile(name, folder);
  const file = parseGitFile(name, folder);
  if (file === undefined) throw createFailure("MTL8007", { file: name, problem: "there is no such file" });
  return { name, model: loadGitSpec(file).model, ids: {}, files: [] };
}

/** A spec on the disk; of a copy that git made, the spec where it was. */
function loadFile(name: string, folder: string): ModelSource {
  if (!isGitCopy(name)) {
    const { model, sources } = loadSpec(name);
    return { name, model, ids: {}, files: sources.map(({ path }) => path) };
  }
  const { locations, isCertain } = locationsOfCopy(name, folder);
  const [location] = locations;
  if (location === undefined) return { name, model: loadSpec(name).model, ids: {}, files: [] };
  if (!isCertain) throw createFailure("MTL8014", { file: name });
  return { name, model: loadGitSpec(location).model, ids: {}, files: [] };
}

async function loadArtifactModel(directory: string): Promise<ModelSource> {
  if (!existsSync(join(directory, manifestName)))
    throw createFailure("MTL7201", { directory, problem: `it has no \`${manifestName}\`` });
  const { manifest, text } = await readArtifact(directory);
  const ids = manifest.schema.features.flatMap(({ name, ids: count }) => (count === undefined ? [] : [[name, count]]));
  // Its hash is in the manifest, so that it is what was written.
  const model = JSON.parse(text(manifest.model.file)) as Model;
  const vocabularies = (): ReadonlyMap<string, readonly string[]> =>
    new Map(
      manifest.schema.features.flatMap(({ name, vocabulary }) =>
        vocabulary === undefined ? [] : [[name, parseVocabulary(text(vocabulary))] as const],
      ),
    );
  const counts = Object.fromEntries(ids) as FittedSizes["ids"];
  return { name: directory, model, ids: counts, vocabularies, files: [directory] };
}
