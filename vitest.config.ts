import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/**
 * Folders whose tests call pure functions of the compiler, the formats and the rankers. Their files share a process, which loads the
 * compiler once: that is a third of their time. Engines, data, training and commands hold state, so those files have a process each.
 */
const pure = [
  "annotate",
  "architecture",
  "baselines",
  "builtins",
  "conformance",
  "cost",
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
];

/** A file that replaces a module would replace it for those after it. */
const isPure = (file: string): boolean => !readFileSync(join(import.meta.dirname, file), "utf8").includes("vi.mock(");

const shared = globSync(
  pure.map((folder) => `test/${folder}/**/*.test.ts`),
  { cwd: import.meta.dirname, expandDirectories: false },
).filter(isPure);

export default defineConfig({
  test: {
    // Two cores: two files at a time.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new SummaryReporter()],
    projects: [
      { extends: true, test: { name: "shared", include: shared, isolate: false } },
      { extends: true, test: { name: "own", include: ["test/**/*.test.ts"], exclude: shared } },
    ],
  },
});
