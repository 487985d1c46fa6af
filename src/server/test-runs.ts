/** The tests that were run in a session. Once run, a test runs again whenever its spec changes: they take milliseconds. */
import type { Analysis } from "./analysis/analysis.js";
import { runTestsOf, type TestRun } from "./features/tests.js";

export interface TestRuns {
  /** Runs a file's tests, or those of one title. */
  readonly run: (analysis: Analysis, title?: string) => void;
  /** Runs again what was run before, where the spec has changed since. Says whether anything ran. */
  readonly refresh: (analysis: Analysis) => boolean;
  /** The last run of each test of a file, by title. */
  readonly of: (path: string) => ReadonlyMap<string, TestRun>;
  readonly forget: (path: string) => void;
}

const none: ReadonlyMap<string, TestRun> = new Map();

export function createTestRuns(): TestRuns {
  const runs = new Map<string, ReadonlyMap<string, TestRun>>();
  const of = (path: string): ReadonlyMap<string, TestRun> => runs.get(path) ?? none;
  return {
    of,
    run: (analysis, title) => {
      const fresh = runTestsOf(analysis, (each) => title === undefined || each === title);
      runs.set(analysis.path, new Map([...of(analysis.path), ...fresh]));
    },
    refresh: (analysis) => {
      const known = of(analysis.path);
      const isOld = [...known.values()].some(({ compilation }) => compilation !== analysis.compilation);
      // While the spec has errors, the last results stay as what they were.
      if (!isOld || analysis.compilation.model === undefined) return false;
      runs.set(
        analysis.path,
        runTestsOf(analysis, (title) => known.has(title)),
      );
      return true;
    },
    forget: (path) => void runs.delete(path),
  };
}
