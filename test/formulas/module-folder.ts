import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { servingFiles } from "../targets/serving-files.js";
import { root } from "../semantics/compile.js";

/** A generated module, as a program without types sees it. */
export interface Standalone {
  readonly model: { readonly name: string; readonly hash: string };
  readonly score: (request?: unknown) => {
    readonly kind: string;
    readonly items: readonly { readonly id: string; readonly scores: Readonly<Record<string, number>> }[];
  };
  readonly explain: (request: unknown, id: unknown, formula: unknown) => unknown;
  readonly rank: (
    request?: unknown,
    ranking?: unknown,
  ) => { readonly items: readonly { readonly id: string; readonly score: number }[]; readonly kind: string };
}

/** Modules of a test file, in a folder that goes with it; mtlc is built first, since a module carries its sources. */
export function createModuleFolder(): {
  readonly path: string;
  readonly write: (name: string, model: Parameters<typeof servingFiles>[0]) => Promise<Standalone>;
} {
  const path = mkdtempSync(join(tmpdir(), "mtlc-standalone-"));
  beforeAll(() => {
    const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
    if (status !== 0) throw new Error("mtlc cannot be built");
  }, 120_000);
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: async (name, model) => {
      for (const file of servingFiles(model)) {
        const target = join(path, name, file.path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, file.content);
      }
      return (await import(pathToFileURL(join(path, name, "serving/index.js")).href)) as Standalone;
    },
  };
}
