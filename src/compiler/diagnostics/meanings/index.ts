/**
 * What each code means, for its page and for tools that show rules: text alone, without parameters. The failing and the
 * fixed spec of a page come from the fixtures under `test/semantics/specs`, so that they are what the compiler does.
 */
import { languageMeanings } from "./language.js";
import { modelMeanings } from "./model.js";
import { runTimeMeanings } from "./run-time.js";
import { servingMeanings } from "./serving.js";

/** Of a code that a spec can have. */
export const specMeanings: Readonly<Record<string, string>> = {
  ...languageMeanings,
  ...modelMeanings,
  ...servingMeanings,
};

export { runTimeMeanings, type RunTimeMeaning } from "./run-time.js";

/** What a code means, in one or a few sentences; undefined where nothing is written about it. */
export function meaningOf(code: string): string | undefined {
  if (Object.hasOwn(specMeanings, code)) return specMeanings[code];
  return Object.hasOwn(runTimeMeanings, code) ? runTimeMeanings[code]?.how : undefined;
}
