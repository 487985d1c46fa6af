import { spawnSync } from "node:child_process";
import { basename, dirname, posix, resolve } from "node:path";
import { type Host, noSettings, type SpecSettings } from "../../compiler/host.js";
import { createSourceFile } from "../../compiler/text/index.js";
import { parseProject, projectFileName, settingsOf } from "../../project/index.js";
import { createFailure, Failure } from "../failure.js";
import { jsonTools } from "./project-file.js";

/** A file of a revision: `HEAD~1` and `specs/x.mtl`, from the repository's root. The revision of the index is empty. */
export interface GitFile {
  readonly revision: string;
  readonly path: string;
  /** A folder in the repository. */
  readonly folder: string;
}

/** `REV:path` as git reads it: from the root, or from the folder with `./`. Nothing when there is no revision in it. */
export function parseGitFile(text: string, folder: string): GitFile | undefined {
  const colon = text.indexOf(":");
  // A drive's letter is not a revision.
  if (colon < 1 || /^[A-Za-z]:[\\/]/.test(text)) return undefined;
  const revision = text.slice(0, colon);
  const written = text.slice(colon + 1);
  if (!/^\.{1,2}\//.test(written)) return { revision, path: posix.normalize(written), folder };
  const prefix = git(folder, ["rev-parse", "--show-prefix"]).replace(/\n$/, "");
  return { revision, path: posix.normalize(`${prefix}${written}`), folder };
}

/** A file of the working tree as it is in a revision. Throws MTL8021 outside of a repository. */
export function fileAtRevision(revision: string, file: string): GitFile {
  const folder = dirname(resolve(file));
  const prefix = git(folder, ["rev-parse", "--show-prefix"]).replace(/\n$/, "");
  return { revision, path: `${prefix}${basename(file)}`, folder };
}

/** How git spells a file of a revision; of the index, without a revision. */
export function gitName({ revision, path }: GitFile): string {
  return `${revision}:${path}`;
}

/**
 * Reads files of a revision, those that a spec imports and the project files above them as well; paths begin at the
 * repository's root. `onAsked` is told every path that is asked for, each time.
 */
export function createGitHost(file: GitFile, onAsked: (path: string) => void = () => undefined): Host {
  const { revision, folder } = file;
  const texts = new Map<string, string | undefined>();
  // Git would take it for an option.
  if (revision.startsWith("-"))
    throw createFailure("MTL8021", { command: `show ${revision}`, problem: "that is not a revision" });
  if (revision !== "") git(folder, ["rev-parse", "--verify", "--quiet", `${revision}^{tree}`]);
  const readFile: Host["readFile"] = (path) => {
    onAsked(path);
    if (!texts.has(path)) texts.set(path, tryGit(folder, ["show", `${revision}:${path}`]));
    return texts.get(path);
  };
  return { readFile, settings: revisionSettings(file, readFile) };
}

/** What the nearest `mtlc.json` of the revision says. Throws a {@link Failure} (MTL8050, MTL8051) when that one is wrong. */
function revisionSettings(file: GitFile, readFile: Host["readFile"]): (path: string) => SpecSettings {
  const known = new Map<string, SpecSettings>();
  const settingsIn = (at: string): SpecSettings => {
    const before = known.get(at);
    if (before !== undefined) return before;
    const path = posix.join(at, projectFileName);
    const text = readFile(path);
    const found =
      text !== undefined
        ? parseSettings(path, text, gitName({ ...file, path }))
        : at === "."
          ? noSettings
          : settingsIn(posix.dirname(at));
    known.set(at, found);
    return found;
  };
  return (path) => {
    const at = posix.dirname(posix.normalize(path));
    // What an import names outside of the repository is in no revision.
    return at.startsWith("..") || at.startsWith("/") ? noSettings : settingsIn(at);
  };
}

function parseSettings(path: string, text: string, shown: string): SpecSettings {
  const result = parseProject(shown, text, jsonTools());
  if (result.kind === "wrong")
    throw new Failure([result.diagnostic], new Map([[shown, createSourceFile(shown, text)]]));
  const { paths = [] } = result.project;
  return settingsOf(
    result.project,
    paths.map((each) => posix.join(posix.dirname(path), each)),
  );
}

/** What git says. Throws a Failure (MTL8021) when it fails. */
export function git(folder: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = run(folder, words);
  if (status === 0) return stdout;
  const command = words.join(" ");
  const problem = error?.message ?? (stderr.trim() || "there is no such revision");
  throw createFailure("MTL8021", { command, problem: problem.replace(/^fatal: /, "") });
}

/** What git says; undefined when it fails. */
export function tryGit(folder: string, words: readonly string[], input?: string): string | undefined {
  const { status, stdout } = run(folder, words, input);
  return status === 0 ? stdout : undefined;
}

function run(
  folder: string,
  words: readonly string[],
  input?: string,
): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  const options = input === undefined ? {} : { input };
  const result = spawnSync("git", [...words], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28, ...options });
  return { ...result, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}
