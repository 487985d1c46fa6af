import { defineDiagnostics } from "../../define.js";

/** MTL310x: features of several values per row, and vectors for values. */
export const sequencesDiagnostics = defineDiagnostics({
  MTL3100: {
    slug: "numbers-along-nothing",
    severity: "error",
    title: "sequence of numbers without positions",
    message: () => "a sequence of numbers needs `along`, the sequence of ids whose positions it has",
    about:
      "`scale` and `missing` make a sequence one of numbers: how long ago each item was clicked, what it cost. Which positions of a row have a value is said by the sequence of ids that they belong to.",
    fix: "Name the sequence: `ago: sequence(scale: log1p, along: clicked)`.",
  },
  MTL3101: {
    slug: "unfit-aligned-sequence",
    severity: "error",
    title: "unfit aligned sequence",
    message: (p: { name: string; other: string; found: string }) =>
      `\`${p.name}\` cannot be along \`${p.other}\`, which ${p.found}`,
    about: "`along` gives a sequence the positions and the mask of another one, which must have them for itself.",
    fix: "Name a sequence that is along none.",
  },
  MTL3103: {
    slug: "vectors-of-buckets",
    severity: "error",
    title: "vectors for buckets",
    message: (p: { feature: string }) => `\`${p.feature}\` has buckets, which no file of vectors can name`,
    about: "A file of vectors says which vector a value has. The ids of a bucketed number are intervals, not values.",
    fix: "Read a feature with a vocabulary, or leave `from` out.",
  },
  MTL3104: {
    slug: "unfit-weighted-bag",
    severity: "error",
    title: "unfit weighted bag",
    message: (p: { problem: string }) => `a bag cannot be \`weighted\` like this: ${p.problem}`,
    about:
      "The values of a weighted bag are read as `value:weight`, and their embeddings are added up times their weights, or averaged by them.",
    fix: "Write `pool: sum` or `pool: mean`, a `separator` without a colon, and weights that are numbers of at least 0.",
  },
  MTL3102: {
    slug: "serving-value-of-aligned",
    severity: "error",
    title: "value at serving of an aligned sequence",
    message: (p: { name: string }) =>
      `\`${p.name}\` cannot have a value of its own at serving: other sequences have their values at its positions`,
    about:
      "What serving sees instead of the data would have other positions than the values of the sequences along it.",
    fix: "Remove the `serving` value, or write `serving: none` and read the sequences inside `train_only(…)`.",
  },
});
