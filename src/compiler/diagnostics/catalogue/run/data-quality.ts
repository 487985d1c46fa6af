import { defineDiagnostics } from "../../define.js";
import { someNames } from "../../words.js";

/** MTL714x: data that can be read, and that a model learns nothing from, or the wrong thing. */
export const dataQualityDiagnostics = defineDiagnostics({
  MTL7140: {
    slug: "no-training-signal",
    severity: "warning",
    title: "task without training rows",
    message: (p: { head: string; reason: string }) => `\`${p.head}\` learns nothing: ${p.reason}`,
    about:
      "No row of the training data is in the sample space of the task with a known label: its condition holds nowhere, or its label is null everywhere. The task keeps its first weights, and is served.",
    fix: "Look at the expression of the label and at the columns that it reads. Take the task away while it has no data.",
  },
  MTL7141: {
    slug: "single-target",
    severity: "warning",
    title: "task with one target value",
    message: (p: { head: string; reason: string }) => `\`${p.head}\` can only learn one answer: ${p.reason}`,
    about:
      "Every row that the task learns from has one answer: the event never happens or always does, or the amount is one number. Most often the expression of the label is wrong.",
    fix: "Look at the expression of the label, such as a comparison with a value that the file never has.",
  },
  MTL7142: {
    slug: "empty-role",
    severity: "warning",
    title: "data role without rows",
    message: (p: { role: string; split: boolean; trained: number }) =>
      p.split
        ? `the split leaves no row for the ${p.role} data; all ${p.trained} rows are trained on`
        : `the ${p.role} data has no rows`,
    about:
      "A role is named and gets no row: a file of a header without rows, or a split whose keys all fall on the other side. Rows with one key stay together, so a few users may all train.",
    fix: "Split by a column of many values, or by rows: `split(fraction: 0.8)`; or name files of their own.",
  },
  MTL7143: {
    slug: "zero-sample-weights",
    severity: "warning",
    title: "all sample weights are 0",
    message: (p: { column: string; rows: number }) =>
      `the sample weight \`${p.column}\` is 0 in all ${p.rows} rows of the training data, so nothing is learned`,
    about: "The column of sample weights is 0 in every training row, and a row of weight 0 is not trained on.",
    fix: "Look at the column, or take `weight` away.",
  },
  MTL7144: {
    slug: "evaluation-on-training-file",
    severity: "warning",
    title: "evaluation on a training file",
    message: (p: { role: string; file: string }) =>
      `\`${p.file}\` is training data and ${p.role} data: what is measured there says nothing of other rows`,
    about: "A role that is measured on names a file that is trained on, without a split between the two.",
    fix: "Name another file, or cut the one: `split: split(by: hash(user_id), 0.8, rest: test)`.",
  },
  MTL7145: {
    slug: "evaluation-on-training-rows",
    severity: "warning",
    title: "evaluation on training rows",
    message: (p: { role: string; share: number; repeated: number }) =>
      `${percent(p.share)} of the rows of the ${p.role} data stand in the training data too, label included (training rows repeat each other in ${percent(p.repeated)})`,
    about:
      "Rows of the validation or test data occur among the training rows as they are, label included, much more often than training rows repeat each other: a copy of the file, or files that overlap. Up to a million training rows are searched, for 2,000 rows.",
    fix: "Take the rows out of one of the two files, or cut one file by a split.",
  },
  MTL7147: {
    slug: "suspected-leakage",
    severity: "warning",
    title: "suspected label leakage",
    message: (p: { feature: string; label: string; auc: number }) =>
      `feature \`${p.feature}\` by itself tells \`${p.label}\` with an AUC of ${p.auc.toFixed(4)} on a sample of the training rows`,
    about:
      "One feature alone orders the rows by the label almost without a mistake. Such a column was most often made from the label, or is known only after it. Measured on up to 16,384 training rows; values are rated on one half and judged on the other.",
    fix: "Leave the feature out, unless serving has it at the moment of the request.",
  },
  MTL7148: {
    slug: "constant-feature",
    severity: "warning",
    title: "constant feature",
    message: (p: { features: readonly string[]; why: "empty" | "unknown" | "constant"; rows: number }) => {
      const isOne = p.features.length === 1;
      const features = `${isOne ? "feature" : "features"} ${someNames(p.features)}`;
      const rows = `in all ${p.rows} rows of the training data`;
      if (p.why === "empty") return `${features} ${isOne ? "is" : "are"} empty ${rows}`;
      if (p.why === "unknown")
        return `${features} ${isOne ? "knows" : "know"} no value that ${isOne ? "it meets" : "they meet"} ${rows}`;
      return `${features} ${isOne ? "has" : "have"} one value ${isOne ? "" : "each "}${rows}`;
    },
    about:
      "The feature is the same in every training row: its column is empty, holds one value, or holds only values that the vocabulary does not have, as with `values:` that are written otherwise in the file.",
    fix: "Leave it out, or look at its column, its `values:`, its `min_count:` and its boundaries.",
  },
  MTL7149: {
    slug: "unseen-values",
    severity: "warning",
    title: "mostly unseen values",
    message: (p: { feature: string; role: string; share: number; trained: number }) =>
      `${percent(p.share)} of the values of feature \`${p.feature}\` in the ${p.role} data are not in its vocabulary${p.trained > 0 ? ` (${percent(p.trained)} in the training data)` : ""}`,
    about:
      "At least half of the values of the feature in these rows are not in the vocabulary, which training filled; all of them share the embedding of an unknown value.",
    fix: "Look whether both files write the values alike. For ids that are always new, use `hash:`, or features that say what they are.",
  },
});

/** `97 %`, `0.4 %`. */
function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
