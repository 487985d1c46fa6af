import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/**
 * Folders whose files share a process, which loads the compiler, and the engines, once: that is a third of their time. Most call pure
 * functions; those of data and training leave nothing behind but the environment, which is put back. What is about what a process
 * does once, such as loading a library, starting or ending, has a process for each file.
 */
const sharing = [
  "annotate",
  "architecture",
  "artifact",
  "baselines",
  "builtins",
  "compare",
  "conformance",
  "cost",
  "data",
  "describe",
  "diagnostics",
  "diagram",
  "diff",
  "docs",
  "editions",
  "format",
  "formulas",
  "graph",
  "lower",
  "metrics",
  "model",
  "names",
  "page",
  "project",
  "rank",
  "ranking",
  "semantics",
  "server",
  "serving",
  "std",
  "syntax",
  "text",
  "train",
];

/** A file that replaces a module would replace it for those after it. */
const leavesModules = (file: string): boolean =>
  !/vi\.(?:mock|doMock)\(/.test(readFileSync(join(import.meta.dirname, file), "utf8"));

const shared = globSync(
  sharing.map((folder) => `test/${folder}/**/*.test.ts`),
  { cwd: import.meta.dirname, expandDirectories: false },
).filter(leavesModules);

export default defineConfig({
  test: {
    // Two cores: two files at a time.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new SummaryReporter()],
    setupFiles: ["test/restore-environment.ts"],
    projects: [
      { extends: true, test: { name: "shared", include: shared, isolate: false } },
      { extends: true, test: { name: "own", include: ["test/**/*.test.ts"], exclude: shared } },
    ],
  },
});
