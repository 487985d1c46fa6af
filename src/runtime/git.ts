import { spawnSync } from "node:child_process";
import { dirname, posix, relative, resolve, sep } from "node:path";
import type { Host } from "../compiler/host.js";
import { createFailure } from "./failure.js";

/** A file of a revision: `HEAD~1` and `specs/x.mtl`, from the repository's root. */
export interface GitFile {
  readonly revision: string;
  readonly path: string;
  /** A folder in the repository. */
  readonly folder: string;
}

/** `REV:path` as git reads it: from the root, or from the folder with `./`. Nothing when there is no revision in it. */
export function parseGitFile(text: string, folder: string): GitFile | undefined {
  const colon = text.indexOf(":");
  // A drive's letter is no revision.
  if (colon < 1 || /^[A-Za-z]:[\\/]/.test(text)) return undefined;
  const revision = text.slice(0, colon);
  const written = text.slice(colon + 1);
  if (!/^\.{1,2}\//.test(written)) return { revision, path: posix.normalize(written), folder };
  const prefix = git(folder, ["rev-parse", "--show-prefix"]).trim();
  return { revision, path: posix.normalize(`${prefix}${written}`), folder };
}

/** A file of the working tree as it is in a revision. Throws MTL8021 outside of a repository. */
export function fileAtRevision(revision: string, file: string): GitFile {
  const folder = dirname(resolve(file));
  const root = git(folder, ["rev-parse", "--show-toplevel"]).trim();
  return { revision, path: relative(root, resolve(file)).split(sep).join("/"), folder };
}

/**
 * Where a copy of a file comes from: git hands the commands that it calls copies in a folder of temporary files, from where
 * a spec's imports cannot be read. Nothing when git does not know the text.
 */
export function fileOfCopy(file: string, folder: string): GitFile | undefined {
  const blob = tryGit(folder, ["hash-object", resolve(file)])?.trim();
  if (blob === undefined) return undefined;
  const commit = tryGit(folder, ["log", "--all", "-1", "--format=%H", `--find-object=${blob}`])?.trim();
  if (commit === undefined || commit === "") return undefined;
  // The commit that found it came with it or took it away.
  for (const revision of [commit, `${commit}^`]) {
    const line = tryGit(folder, ["ls-tree", "-r", revision])
      ?.split("\n")
      .find((each) => each.includes(` ${blob}\t`));
    const path = line?.split("\t")[1];
    if (path !== undefined) return { revision, path, folder };
  }
  return undefined;
}

/** Reads files of a revision, those that a spec imports as well; paths begin at the repository's root. */
export function createGitHost({ revision, folder }: GitFile): Host {
  const texts = new Map<string, string | undefined>();
  // Git would take it for an option.
  if (revision.startsWith("-"))
    throw createFailure("MTL8021", { command: `show ${revision}`, problem: "that is no revision" });
  git(folder, ["rev-parse", "--verify", "--quiet", `${revision}^{tree}`]);
  return {
    readFile: (path) => {
      if (!texts.has(path)) texts.set(path, tryGit(folder, ["show", `${revision}:${path}`]));
      return texts.get(path);
    },
  };
}

/** What git says. Throws a Failure (MTL8021) when it fails. */
function git(folder: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = run(folder, words);
  if (status === 0) return stdout;
  const command = words.join(" ");
  const problem = error?.message ?? (stderr.trim() || "there is no such revision");
  throw createFailure("MTL8021", { command, problem: problem.replace(/^fatal: /, "") });
}

function tryGit(folder: string, words: readonly string[]): string | undefined {
  const { status, stdout } = run(folder, words);
  return status === 0 ? stdout : undefined;
}

function run(
  folder: string,
  words: readonly string[],
): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  const result = spawnSync("git", [...words], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 });
  return { ...result, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}
