import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { diffModels, type ChangeClass, holdsClass, type ModelDiff } from "../../../compiler/diff/index.js";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { SourceFile } from "../../../compiler/text/index.js";
import { Failure } from "../../../runtime/failure.js";
import { createGitHost, fileAtRevision } from "../../../runtime/specs/git.js";
import { loadGitSpec } from "../../../runtime/specs/git-spec.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import type { Outcome } from "../../command.js";
import { readIds } from "../../id-options.js";

/** A spec beside itself in a revision. */
export type FileDiff = { readonly file: string } & (
  | { readonly state: "compared"; readonly diff: ModelDiff }
  /** The revision does not have it, or has a part of that name. */
  | { readonly state: "new" }
  /** It declares no model: the specs that import it show what it changes. */
  | { readonly state: "part"; readonly changed: boolean }
  /** One side has errors; the others are compared all the same. */
  | {
      readonly state: "failed";
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: ReadonlyMap<string, SourceFile>;
    }
);

/** Compares many specs with themselves in a revision; the widest class of all decides the exit code, and errors do. */
export async function runFileDiffs(
  files: readonly string[],
  revision: string,
  { ids, failOn }: { readonly ids?: readonly string[]; readonly failOn?: ChangeClass },
): Promise<Outcome<readonly FileDiff[]>> {
  const result: FileDiff[] = [];
  for (const file of files) result.push(await compareFile(file, revision, ids));
  const fails = result.some(
    (each) =>
      each.state === "failed" ||
      (failOn !== undefined &&
        each.state === "compared" &&
        each.diff.class !== "none" &&
        holdsClass(each.diff.class, failOn)),
  );
  return { result, exitCode: fails ? 1 : 0 };
}

/** Whether a file is a spec without errors that declares no model. */
export async function isPart(file: string): Promise<boolean> {
  const found = await tryLoad(async () => loadModelSource(file, resolve(".")));
  return found instanceof Failure && isOfPart(found);
}

async function compareFile(file: string, revision: string, ids: readonly string[] | undefined): Promise<FileDiff> {
  const own = await tryLoad(async () => loadModelSource(file, resolve(".")));
  if (own instanceof Failure && !isOfPart(own)) return failed(file, own);
  const location = fileAtRevision(revision, file);
  const before = createGitHost(location).readFile(location.path);
  if (own instanceof Failure) return { file, state: "part", changed: before !== readFileSync(file, "utf8") };
  if (before === undefined) return { file, state: "new" };
  const old = await tryLoad(() => Promise.resolve(loadGitSpec(location)));
  if (old instanceof Failure) return isOfPart(old) ? { file, state: "new" } : failed(file, old);
  const given = readIds(ids, [old.model, own.model]);
  return { file, state: "compared", diff: diffModels(old.model, own.model, { before: given, after: given }) };
}

async function tryLoad<T>(load: () => Promise<T>): Promise<T | Failure> {
  try {
    return await load();
  } catch (error) {
    // What git or the disk refuses does not concern one spec.
    if (error instanceof Failure && !error.diagnostics.some(({ code }) => code === "MTL8021")) return error;
    throw error;
  }
}

function isOfPart({ diagnostics }: Failure): boolean {
  return diagnostics.every(({ code }) => code === "MTL7310");
}

function failed(file: string, { diagnostics, sources }: Failure): FileDiff {
  return { file, state: "failed", diagnostics, sources };
}
