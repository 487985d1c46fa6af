import { resolve } from "node:path";
import { diffModels, type ChangeClass, holdsClass, type ModelDiff } from "../../compiler/diff/index.js";
import { Failure } from "../../runtime/failure.js";
import { createGitHost, fileAtRevision } from "../../runtime/git.js";
import { loadModelSource, type ModelSource } from "../../runtime/model-source.js";
import { loadSpec } from "../../runtime/spec.js";
import type { Outcome } from "../command.js";
import { readIds } from "../id-options.js";

/** A spec beside itself in a revision. */
export type FileDiff = { readonly file: string } & (
  | { readonly state: "compared"; readonly diff: ModelDiff }
  /** The revision does not have it. */
  | { readonly state: "new" }
  /** It declares no model: others import it, and show what it changes. */
  | { readonly state: "part" }
);

/** Compares many specs with themselves in a revision; the widest class of all decides the exit code. */
export async function runFileDiffs(
  files: readonly string[],
  revision: string,
  { ids, failOn }: { readonly ids?: readonly string[]; readonly failOn?: ChangeClass },
): Promise<Outcome<readonly FileDiff[]>> {
  const result: FileDiff[] = [];
  for (const file of files) result.push(await compareFile(file, revision, ids));
  const fails = result.some(
    (each) =>
      failOn !== undefined &&
      each.state === "compared" &&
      each.diff.class !== "none" &&
      holdsClass(each.diff.class, failOn),
  );
  return { result, exitCode: fails ? 1 : 0 };
}

async function compareFile(file: string, revision: string, ids: readonly string[] | undefined): Promise<FileDiff> {
  const own = await loadWhole(file);
  if (own === undefined) return { file, state: "part" };
  const place = fileAtRevision(revision, file);
  const host = createGitHost(place);
  if (host.readFile(place.path) === undefined) return { file, state: "new" };
  const { model } = loadSpec(place.path, host);
  const given = readIds(ids, [model, own.model]);
  return { file, state: "compared", diff: diffModels(model, own.model, { before: given, after: given }) };
}

/** Nothing for a spec without errors that declares no model. */
async function loadWhole(file: string): Promise<ModelSource | undefined> {
  try {
    return await loadModelSource(file, resolve("."));
  } catch (error) {
    if (error instanceof Failure && error.diagnostics.every(({ code }) => code === "MTL7310")) return undefined;
    throw error;
  }
}
