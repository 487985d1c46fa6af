import { defineDiagnostics } from "../../define.js";

/** MTL734x: rows whose sequences do not fit, and vectors from files. */
export const rowSequencesDiagnostics = defineDiagnostics({
  MTL7340: {
    slug: "misaligned-sequences",
    severity: "error",
    title: "aligned sequences of different lengths",
    message: (p: { file?: string; row: number; name: string; length: number; along: string; other: number }) =>
      `\`${p.name}\` has ${values(p.length)} in ${place(p)}, but \`${p.along}\`, which it is along, has ${p.other}`,
    about:
      "Sequences along another one have a value for each of its positions, in the same order. In this row one of them has more values or fewer.",
    fix: "Write as many values in both columns; an empty one between two separators stands for one that is unknown.",
  },
  MTL7341: {
    slug: "sequence-too-long",
    severity: "error",
    title: "sequence longer than `max`",
    message: (p: { file?: string; row: number; name: string; length: number; max: number }) =>
      `\`${p.name}\` has ${values(p.length)} in ${place(p)}, more than its \`max: ${p.max}\``,
    about:
      "With `keep: all`, no value of a sequence may be left out, and a row has more than `max`. With `keep: last`, the default, the last ones count.",
    fix: "Set a larger `max`, or `keep: last`.",
  },
  MTL7342: {
    slug: "unfit-vectors",
    severity: "error",
    title: "unfit file of vectors",
    message: (p: { file: string; problem: string }) => `the vectors of \`${p.file}\` cannot be read: ${p.problem}`,
    about:
      "`embedding(feature, width, from: file)` starts from vectors of a file, which says for each id the numbers of its vector.",
    fix: "Write the ids into a column of the feature's name, and the numbers into one column of lists or into a column each.",
  },
  MTL7343: {
    slug: "vector-width",
    severity: "error",
    title: "vectors of another width",
    message: (p: { file: string; found: number; width: number }) =>
      `the vectors of \`${p.file}\` have ${p.found === 1 ? "1 number" : `${p.found} numbers`}, where the embedding has ${p.width}`,
    about: "The vectors of the file are the rows of the embedding's table, which must be as wide.",
    fix: "State the width of the file's vectors, or write a file of that width.",
  },
  MTL7375: {
    slug: "unfit-weight-in-bag",
    severity: "error",
    title: "weight in a bag that is not a number",
    message: (p: { file?: string; row: number; name: string; item: string }) =>
      `\`${p.name}\` has the item \`${p.item}\` in ${place(p)}, whose weight is not a number in [0, 1e30]`,
    about:
      "In a bag with `weighted: true`, what is after the last colon of an item is its weight. An item without a colon has the weight 1.",
    fix: "Write a number of at least 0 after the colon; a value that has a colon itself needs a weight: `a:b:1`.",
  },
});

function place({ file, row }: { readonly file?: string; readonly row: number }): string {
  return file === undefined ? `row ${row}` : `row ${row} of \`${file}\``;
}

function values(count: number): string {
  return count === 1 ? "1 value" : `${count} values`;
}
