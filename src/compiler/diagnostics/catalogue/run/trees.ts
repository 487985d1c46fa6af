import { defineDiagnostics } from "../../define.js";

/** MTL736x: making trees. */
export const treesRunDiagnostics = defineDiagnostics({
  MTL7365: {
    slug: "no-lightgbm",
    severity: "error",
    title: "no LightGBM",
    message: (p: { problem: string; command: string }) =>
      `making trees needs LightGBM's library: ${p.problem}; \`${p.command}\` installs it`,
    about:
      "Trees are made by LightGBM's own library, which comes out of its wheel in the Python package index, without Python. Predicting, measuring and serving trees needs no library.",
    fix: "Run `mtlc doctor --install`, or point `MTLC_LIGHTGBM` at a `lib_lightgbm.so` of version 4.",
  },
  MTL7366: {
    slug: "trees-cannot",
    severity: "error",
    title: "not for trees",
    message: (p: { what: string; instead: string }) => `${p.what} is not for trees: ${p.instead}`,
    about:
      "Trees are made in one go and have no weights, so there is nothing to start from, to go on with, or to write before training.",
    fix: "Leave it out.",
  },
  MTL7367: {
    slug: "lightgbm-failed",
    severity: "error",
    title: "LightGBM refused",
    message: (p: { task: string; problem: string }) => `LightGBM cannot make the trees of \`${p.task}\`: ${p.problem}`,
    about: "LightGBM checks data and parameters itself; this is what it says.",
    fix: "Change the data or the arguments of `trees(…)` that it names.",
  },
  MTL7368: {
    slug: "trees-without-rows",
    severity: "error",
    title: "no rows to make trees of",
    message: (p: { task: string }) => `no row of the training data counts for \`${p.task}\``,
    about:
      "A task is trained on the rows of its condition whose label is known and whose weight is not 0. The training data has none.",
    fix: "Look at the label and the weight with `mtlc data`.",
  },
});
