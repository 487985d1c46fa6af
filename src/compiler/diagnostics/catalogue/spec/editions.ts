import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

/** MTL102x: editions of the language, and words that come and go with them. */
export const editionsDiagnostics = defineDiagnostics({
  MTL1020: {
    slug: "unknown-edition",
    severity: "error",
    title: "unknown edition",
    message: (p: { found: string; known: readonly number[]; suggestion?: string | undefined }) =>
      `this mtlc does not know the edition \`${p.found}\`${p.suggestion === undefined ? `; it knows ${joinNames(p.known.map(String))}` : didYouMean(p.suggestion)}`,
    about:
      "`edition: 2026` says for which edition of the language a file is written, so that a later mtlc reads it by the same rules. This mtlc does not know the edition that the file names: it is misspelled, or newer than this mtlc.",
    fix: "Write an edition that the message lists, or update mtlc.",
  },
  MTL1021: {
    slug: "misplaced-edition",
    severity: "error",
    title: "misplaced edition",
    message: (p: { repeats: boolean }) =>
      p.repeats ? "a file has one `edition:` line" : "`edition:` is the first declaration of a file",
    about:
      "The edition decides how the rest of the file is read, so it comes before all other declarations, once. Only comments may come before it.",
    fix: "Move the line to the top of the file, and keep only one.",
  },
  MTL1022: {
    slug: "deprecated-word",
    severity: "warning",
    title: "deprecated word",
    message: (p: { word: string; since: number; instead: string; removed?: number | undefined }) =>
      `\`${p.word}\` is deprecated since the edition ${p.since}${p.removed === undefined ? "" : ` and removed in ${p.removed}`}; ${p.instead}`,
    about: "The word still means what it did, and a later edition of the language removes it.",
    fix: "`mtlc check --fix` writes the new word where there is one, and so does `mtlc migrate` in every spec that it is given.",
  },
  MTL1023: {
    slug: "removed-word",
    severity: "error",
    title: "removed word",
    message: (p: { word: string; removed: number; instead: string }) =>
      `\`${p.word}\` is not part of the language since the edition ${p.removed}; ${p.instead}`,
    about: "An earlier edition of the language had this word; the edition that the file is written for does not.",
    fix: "`mtlc check --fix` writes the new word where there is one. A file with an earlier `edition:` may keep the old one.",
  },
  MTL1024: {
    slug: "unknown-std-version",
    severity: "error",
    title: "unknown version of the standard library",
    message: (p: { found: string; known: readonly number[] }) =>
      `\`std ${p.found}\` is not a version of the standard library; there is ${joinNames(p.known.map((each) => `std ${each}`))}`,
    about:
      "`import { mmoe } from std 2026` takes the blocks as they were in the release of that edition. There is no release of the name that the import gives. Without a number, a file takes the release of its own edition.",
    fix: "Write a version that the message lists, or none.",
  },
});
