import { omitUndefined } from "../../../compiler/text/index.js";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { diffModels, type ModelDiff } from "../../../compiler/diff/index.js";
import type { Model } from "../../../compiler/model/index.js";
import { createFailure, Failure } from "../../../runtime/failure.js";
import { type GitFile, gitName } from "../../../runtime/specs/git.js";
import { type CopyLocations, isGitCopy, pairOfCommit, locationsOfCopy } from "../../../runtime/specs/git-copy.js";
import { loadGitSpec } from "../../../runtime/specs/git-spec.js";
import { loadSpec } from "../../../runtime/specs/load-spec.js";
import { unifiedDiff } from "../../unified-diff.js";

/** One side of what git compares. */
interface Side {
  /** What can be read: a copy, or a file of the working tree. */
  readonly file: string;
  /** Where a copy comes from; absent for a file that is where it is. */
  readonly location?: GitFile;
  /** Whether the imports of a copy are the same wherever it may come from. */
  readonly isCertain: boolean;
}

/**
 * What git's external diff is asked for (`diff.<name>.command`, see gitattributes): a path, and for both sides a file, its
 * blob and its mode; the path on the new side as well when the file has another name there. Git ends when its diff fails, so
 * that a side that does not compile is a line of the result, above the change of the text.
 */
export async function runDriver(words: readonly string[], show: (diff: ModelDiff) => string): Promise<string> {
  const [path, before, oldBlob, , after, newBlob, , newPath = path] = words;
  if (path === undefined || newPath === undefined || before === undefined || after === undefined)
    throw createFailure("MTL8005", { command: "diff", argument: "git's seven arguments", usage: "git diff" });
  const title = newPath === path ? path : `${path} → ${newPath}`;
  if (before === "/dev/null") return `mtlc diff ${title}\na new spec\n`;
  if (after === "/dev/null") return `mtlc diff ${title}\nthe spec is gone\n`;
  const [old, own] = sidesOf({ path, file: before, blob: oldBlob }, { path: newPath, file: after, blob: newBlob });
  const head = `mtlc diff ${title} (${nameOf(old)} → ${nameOf(own)})\n${doubtOf([old, own])}`;
  const models = [old, own].map(loadSide);
  const [first, second] = models;
  if (first !== undefined && second !== undefined && "model" in first && "model" in second)
    return `${head}${show(diffModels(first.model, second.model))}`;
  const problems = models.flatMap((each) => ("problems" in each ? each.problems : []));
  return `${head}${problems.join("")}${await unifiedDiff(path, readFileSync(before, "utf8"), readFileSync(after, "utf8"))}`;
}

interface Copy {
  /** From the root of the repository. */
  readonly path: string;
  readonly file: string;
  /** As git tells it: zeros for a file of the working tree. */
  readonly blob: string | undefined;
}

/** Git also hands over the working tree's own file in place of a copy with the same text: its blob tells. */
function locationsOf({ path, file, blob }: Copy): CopyLocations {
  const isBlob = blob !== undefined && /^(?!0+$)[0-9a-f]{40,}$/.test(blob);
  if (!isBlob && !isGitCopy(file)) return { locations: [], isCertain: true };
  return locationsOfCopy(file, resolve("."), { path, ...(isBlob ? { blob } : {}) });
}

/** A copy stands for a file of a revision; what is not a copy is the file that it names. */
function sidesOf(before: Copy, after: Copy): readonly [Side, Side] {
  const [old, own] = [locationsOf(before), locationsOf(after)];
  // The last commit beside the index is what `git diff --cached` compares; a commit beside its parent is what the others do.
  const isStaged = own.locations[0]?.revision === "" && old.locations[0]?.revision === "HEAD";
  const pair = own.locations.length === 0 || isStaged ? undefined : pairOfCommit(old, own);
  const side = ({ file }: Copy, found: CopyLocations, chosen: GitFile | undefined): Side => {
    const location = chosen ?? found.locations[0];
    return { file, isCertain: found.isCertain, ...omitUndefined({ location }) };
  };
  return [side(before, old, pair?.before), side(after, own, pair?.after)];
}

function nameOf({ file, location }: Side): string {
  if (location === undefined) return isGitCopy(file) ? "a text that no revision has" : "working tree";
  if (location.revision === "") return "index";
  return location.revision.replace(/^[0-9a-f]{40,}/, (hash) => hash.slice(0, 10));
}

/** Git tells no revision; where that matters, a line says what to do. */
function doubtOf(sides: readonly Side[]): string {
  return sides.every(({ isCertain }) => isCertain)
    ? ""
    : "(git does not say the revisions, and other ones have other imports; `mtlc diff --git REVISION SPEC` names one)\n";
}

function loadSide({ file, location }: Side): { readonly model: Model } | { readonly problems: readonly string[] } {
  try {
    return { model: (location === undefined ? loadSpec(file) : loadGitSpec(location)).model };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.diagnostics.every(({ code }) => code === "MTL7310"))
      return { problems: ["a part that other specs import; the change of its text:\n"] };
    const name = location === undefined ? file : gitName(location);
    return { problems: error.diagnostics.map(({ code, message }) => `${name}: ${code}: ${message}\n`) };
  }
}
