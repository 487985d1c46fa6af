import { defineDiagnostics } from "../define.js";
import { didYouMean, joinNames } from "../words.js";

/** MTL102x: editions of the language, and words that come and go with them. */
export const editionsDiagnostics = defineDiagnostics({
  MTL1020: {
    severity: "error",
    title: "unknown edition",
    message: (p: { found: string; known: readonly number[]; suggestion?: string | undefined }) =>
      `this mtlc does not know the edition \`${p.found}\`${p.suggestion === undefined ? `; it knows ${joinNames(p.known.map(String))}` : didYouMean(p.suggestion)}`,
  },
  MTL1021: {
    severity: "error",
    title: "misplaced edition",
    message: (p: { repeats: boolean }) =>
      p.repeats ? "a file has one `edition:` line" : "`edition:` is the first declaration of a file",
  },
  MTL1022: {
    severity: "warning",
    title: "deprecated word",
    message: (p: { word: string; since: number; instead: string; removed?: number | undefined }) =>
      `\`${p.word}\` is deprecated since the edition ${p.since}${p.removed === undefined ? "" : ` and removed in ${p.removed}`}; ${p.instead}`,
  },
  MTL1023: {
    severity: "error",
    title: "removed word",
    message: (p: { word: string; removed: number; instead: string }) =>
      `\`${p.word}\` is not part of the language since the edition ${p.removed}; ${p.instead}`,
  },
  MTL1024: {
    severity: "error",
    title: "unknown version of the standard library",
    message: (p: { found: string; known: readonly number[] }) =>
      `\`std ${p.found}\` is not a version of the standard library; there is ${joinNames(p.known.map((each) => `std ${each}`))}`,
  },
});
