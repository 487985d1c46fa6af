import { join } from "node:path";
import { format } from "../../../compiler/format/index.js";
import { searchSpec, type SearchOptions } from "../../../runtime/jobs/search.js";
import type { SearchResult } from "../../../runtime/search/result.js";
import { loadSpec } from "../../../runtime/specs/load-spec.js";
import type { Outcome } from "../../command.js";
import { unifiedDiff } from "../../unified-diff.js";

/** Searches, and says what the best spec changes. */
export async function runSearch(options: Omit<SearchOptions, "format">): Promise<Outcome<SearchResult>> {
  const { result, patched } = await searchSpec({ ...options, format });
  const diffs = await Promise.all(patched.map(({ path, before, after }) => unifiedDiff(path, before, after)));
  const { best } = result;
  return {
    result: best === undefined ? result : { ...result, best: { ...best, patch: diffs.join("") } },
    exitCode: 0,
  };
}

/** Where a search goes when nobody says: `out/MODEL-search`. */
export function defaultFolder(spec: string): string {
  return join("out", `${loadSpec(spec).model.name}-search`);
}
