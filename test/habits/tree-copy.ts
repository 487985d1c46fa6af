/** A copy of the tree, for tests that change it: sources and tests as they are, packages and the build linked. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** What is not part of the tree: packages, builds, caches and git's own. */
const left = new Set(["node_modules", "dist", ".mtlc", ".git", "out", "coverage"]);

/** The files of the tree, by path from its root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (left.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    // Data of large specs is not read by the tests that run here.
    return entry.isFile() && !entry.name.endsWith(".gz") ? [path] : [];
  });
}

export interface TreeCopy {
  readonly folder: string;
  /** Runs a program of Node in the copy, such as `scripts/new.mjs`. */
  readonly node: (...words: readonly string[]) => SpawnSyncReturns<string>;
  /** `git` in the copy, which is a repository of one commit. */
  readonly git: (...words: readonly string[]) => SpawnSyncReturns<string>;
  /** What the type checker says of sources and tests; empty when it says nothing. */
  readonly typeErrors: () => string;
  /** Runs test files. */
  readonly vitest: (...words: readonly string[]) => SpawnSyncReturns<string>;
  readonly remove: () => void;
}

export function copyTree(): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-tree-"));
  for (const path of filesBelow(".")) {
    const target = join(folder, path);
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(root, path), target);
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const run = (program: string, words: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(program, words, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26, env: childEnvironment() });
  const node = (...words: readonly string[]): SpawnSyncReturns<string> => run(process.execPath, words);
  const git = (...words: readonly string[]): SpawnSyncReturns<string> =>
    run("git", ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "core.autocrlf=false", ...words]);
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "tree: as it is");
  return {
    folder,
    node,
    git,
    typeErrors: () => node("node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.test.json").stdout,
    vitest: (...words) => node("node_modules/vitest/vitest.mjs", "run", ...words),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Without what vitest tells its own workers, so that a run inside of a run is one of its own; git looks nowhere else. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|VITE_|GIT_|TEST$|DEV$|PROD$|MODE$)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
