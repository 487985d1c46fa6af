import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL742x: comparing models. */
export const comparingDiagnostics = defineDiagnostics({
  MTL7420: {
    slug: "nothing-to-compare",
    severity: "error",
    title: "no head in common",
    message: (p: { models: readonly string[]; reasons: readonly string[] }) =>
      `${joinNames(p.models)} have no measured head in common${p.reasons.length === 0 ? ": `metrics` of the first one names none" : `; ${p.reasons.join("; ")}`}`,
    about:
      "`mtlc compare` compares heads that all models have under one name, and that predict the same: the same event, or amount, of the same rows. Its metrics are those that the first model's spec asks for.",
    fix: "Compare models that have a head in common; give heads of the same meaning the same name, and name them in `metrics`.",
  },
  MTL7421: {
    slug: "compared-rows-differ",
    severity: "error",
    title: "models measured on different rows",
    message: (p: { base: string; other: string; baseRows: number; otherRows: number }) =>
      `the test data of \`${p.base}\` has ${p.baseRows} rows, that of \`${p.other}\` ${p.otherRows}; \`--test FILE\` measures both on the same rows`,
    about:
      "A paired comparison needs what each model says of the same rows. Without `--test`, each model is measured on the test data that its training was given.",
    fix: "Give `--test FILE` with data that none of them was trained on.",
  },
  MTL7422: {
    slug: "compared-truth-differs",
    severity: "error",
    title: "models measured on different labels",
    message: (p: { head: string; row: number; base: string; other: string }) =>
      `\`${p.head}\` has another truth on row ${p.row} of the test data of \`${p.base}\` than on that of \`${p.other}\`; \`--test FILE\` measures both on the same rows, and their labels must mean the same`,
    about:
      "The models were measured on as many rows, but on one of them the label of a head differs: the files differ, are in another order, or the specs make the label differently.",
    fix: "Give `--test FILE`, or make the labels of both specs the same.",
  },
  MTL7423: {
    slug: "artifacts-or-specs",
    severity: "error",
    title: "artifacts and specs are compared in different ways",
    message: (p: { problem: string }) => p.problem,
    about:
      "Artifacts are compared as they are, over the rows of the test data. Specs are compared by training each with several seeds, which `--runs N` says.",
    fix: "Give directories of artifacts, or specs and `--runs N`.",
    usage: true,
  },
  MTL7424: {
    slug: "base-not-compared",
    severity: "error",
    title: "base is not one of the compared models",
    message: (p: { base: string; models: readonly string[] }) =>
      `the base \`${p.base}\` is not one of the models that are compared: ${joinNames(p.models)}`,
    about: "`--base` names the one of the given models that the others are compared with.",
    fix: "Name it as it is named among the models, or leave `--base` out: the first model is the base.",
    usage: true,
  },
  MTL7425: {
    slug: "level-out-of-range",
    severity: "error",
    title: "level out of range",
    message: (p: { level: string }) => `\`--level\` is a share in [0.5, 1), such as 0.95, not \`${p.level}\``,
    about: "The level says how often an interval holds the true difference. 1 would be all numbers.",
    fix: "Give a share such as `0.9`, `0.95` or `0.99`.",
    usage: true,
  },
  MTL7426: {
    slug: "specs-of-different-data",
    severity: "error",
    title: "specs are measured on different data",
    message: (p: { base: string; other: string }) =>
      `\`${p.base}\` and \`${p.other}\` are measured on different data: the files, the split or the weights of their \`data\` differ; \`--test FILE\` measures both on the same rows`,
    about:
      "A comparison of specs takes the differences of their metrics, which say something when the rows are the same.",
    fix: "Name the same files in both specs, or give `--test FILE`.",
  },
});
