/**
 * Where the copies come from that git hands to the commands it calls. A copy is in a folder of temporary files, where its
 * imports are not; git tells the blob and, to an external diff, the path, but never the revision.
 */
import { tmpdir } from "node:os";
import { basename, dirname, relative, resolve } from "node:path";
import { compileSpec } from "../../compiler/compile.js";
import { isStdPath } from "../../compiler/std/index.js";
import { Failure } from "../failure.js";
import { createGitHost, type GitFile, tryGit } from "./git.js";

/** Revisions that have a copy's text, by what a spec imports there. */
export interface CopyLocations {
  /** The most likely first: the index, the last commit, then others from the newest on. */
  readonly locations: readonly GitFile[];
  /** Whether the text and all that it imports are the same in every one of them. */
  readonly isCertain: boolean;
}

/** Commits that are looked at; a text that is older is not found. */
const commitLimit = 5000;

/** Whether a file is a copy of git's: it makes them as `git-blob-XXXXXX/NAME`, before version 2.32 as `XXXXXX_NAME`. */
export function isGitCopy(file: string): boolean {
  const path = resolve(file);
  const [folder, name] = [basename(dirname(path)), basename(path)];
  const isIn = (parent: string): boolean => !relative(resolve(tmpdir()), parent).startsWith("..");
  return isIn(path) && (/^git-blob-\w{6}$/.test(folder) || /^[A-Za-z0-9]{6}_/.test(name));
}

/** What git tells of a copy, to an external diff. */
export interface CopyHints {
  /** From the root of the repository. */
  readonly path?: string;
  readonly blob?: string;
}

/**
 * The locations of a copy in the repository of a folder, at its path where git tells it, else at every path with the copy's
 * name. None when no revision has the text.
 */
export function locationsOfCopy(file: string, folder: string, { path, blob: told }: CopyHints = {}): CopyLocations {
  const blob = told ?? tryGit(folder, ["hash-object", resolve(file)])?.trim();
  const root = tryGit(folder, ["rev-parse", "--show-toplevel"])?.replace(/\n$/, "");
  if (blob === undefined || root === undefined) return { locations: [], isCertain: false };
  const name = basename(file).replace(/^[A-Za-z0-9]{6}_/, "");
  const paths = path === undefined ? pathsOf(root, blob, name) : [path];
  const listed = tryGit(root, ["rev-list", "--all", "HEAD", `--max-count=${commitLimit}`, "--", "*.mtl"]) ?? "";
  const revisions = ["", "HEAD", ...listed.split("\n").filter((line) => line !== "")];
  const candidates = revisions.flatMap((revision) => paths.map((each) => ({ revision, path: each, folder: root })));
  const blobs = blobsOf(root, candidates);
  const locations = candidates.filter((_, i) => blobs[i] === blob);
  return { locations, isCertain: new Set(closuresOf(root, locations)).size === 1 };
}

/** Whether, of two locations of a copy, the second is what a commit made of the first: what `git show` and `git log -p` compare. */
export function pairOfCommit(
  before: CopyLocations,
  after: CopyLocations,
): { readonly before: GitFile; readonly after: GitFile } | undefined {
  const [old] = before.locations;
  if (old === undefined) return undefined;
  const commits = after.locations.filter(({ revision }) => /^[0-9a-f]{40,}$/.test(revision));
  const parents = commits.map(({ revision }) => ({ ...old, revision: `${revision}^` }));
  const wanted = blobsOf(old.folder, [old])[0];
  const at = blobsOf(old.folder, parents).findIndex((blob) => blob !== undefined && blob === wanted);
  const [parent, commit] = [parents[at], commits[at]];
  return parent === undefined || commit === undefined ? undefined : { before: parent, after: commit };
}

/** Every path that ever had a blob, and has the copy's name. */
function pathsOf(root: string, blob: string, name: string): readonly string[] {
  const index = tryGit(root, ["ls-files", "-s", "-z"]) ?? "";
  const own = index.split("\0").flatMap((line) => {
    const [head = "", path = ""] = line.split("\t");
    return head.includes(blob) ? [path] : [];
  });
  const log = tryGit(root, [
    "log",
    "--all",
    "HEAD",
    "--format=",
    "--raw",
    "-z",
    "--no-abbrev",
    `--find-object=${blob}`,
  ]);
  // An entry is a line of modes and blobs, then one path, or two for a rename.
  const others = (log ?? "").split("\0").filter((part) => part !== "" && !part.startsWith(":"));
  return [...new Set([...own, ...others])].filter((path) => basename(path) === name);
}

/** The blobs of files of revisions, in one call; undefined for what is not there. */
function blobsOf(root: string, files: readonly GitFile[]): readonly (string | undefined)[] {
  if (files.length === 0) return [];
  const asked = files.map(({ revision, path }) => `${revision}:${path}\n`).join("");
  const told = tryGit(root, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], asked) ?? "";
  return told.split("\n").map((line) => /^([0-9a-f]{40,}) blob$/.exec(line)?.[1]);
}

/** For each location, the blobs of the spec and of all that it imports there, as one text. */
function closuresOf(root: string, locations: readonly GitFile[]): readonly string[] {
  const asked = new Map<string, readonly string[]>();
  const filesOf = (location: GitFile): readonly string[] => {
    const known = asked.get(location.path);
    if (known !== undefined) return known;
    const found = filesAskedFor(location);
    asked.set(location.path, found);
    return found;
  };
  const wanted = locations.map((location) => filesOf(location).map((path) => ({ ...location, path })));
  const blobs = blobsOf(root, wanted.flat());
  let at = 0;
  return wanted.map((files) => files.map(() => blobs[at++] ?? "none").join(" "));
}

/** Every file that compiling a spec asks for, project files and those that are not there as well. */
function filesAskedFor(location: GitFile): readonly string[] {
  const files = new Set<string>();
  try {
    compileSpec(
      location.path,
      createGitHost(location, (path) => {
        if (!isStdPath(path)) files.add(path);
      }),
    );
  } catch (error) {
    // A project file that is wrong is said when the spec is compiled.
    if (!(error instanceof Failure)) throw error;
  }
  return [...files];
}
