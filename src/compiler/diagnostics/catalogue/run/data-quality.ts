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
      "No row of the training data is in the sample space of the task with a known label: its condition is never true, or its label is always null. The task keeps its initial weights, and is served.",
    fix: "Check the expression of the label and the columns that it reads. Remove the task while it has no data.",
  },
  MTL7141: {
    slug: "single-target",
    severity: "warning",
    title: "task with one target value",
    message: (p: { head: string; reason: string }) => `\`${p.head}\` can only learn one target value: ${p.reason}`,
    about:
      "Every row that the task learns from has the same target: the event never happens or always does, or the amount is constant. Most often the expression of the label is wrong.",
    fix: "Check the expression of the label, such as a comparison with a value that the file never has.",
  },
  MTL7142: {
    slug: "empty-role",
    severity: "warning",
    title: "data role without rows",
    message: (p: { role: string; split: boolean; trained: number }) =>
      p.split
        ? `the split leaves no row for the ${p.role} data; all ${p.trained} rows are training rows`
        : `the ${p.role} data has no rows`,
    about:
      "A data role has no rows: a file with only a header, or a split that assigns every key to the other side. Rows with the same key stay together, so with few users all rows may be training rows.",
    fix: "Split by a column with many values, or by rows: `split(fraction: 0.8)`; or name separate files.",
  },
  MTL7143: {
    slug: "zero-sample-weights",
    severity: "warning",
    title: "all sample weights are 0",
    message: (p: { column: string; rows: number }) =>
      `the sample weight \`${p.column}\` is 0 in all ${p.rows} rows of the training data, so nothing is learned`,
    about: "The sample weight is 0 in every training row, and a row of weight 0 is not trained on.",
    fix: "Check the column, or remove `weight`.",
  },
  MTL7144: {
    slug: "evaluation-on-training-file",
    severity: "warning",
    title: "evaluation on a training file",
    message: (p: { role: string; file: string }) =>
      `\`${p.file}\` is training data and ${p.role} data: metrics on it do not generalize to other rows`,
    about: "A file of the validation or test data is also training data, without a split between the two.",
    fix: "Name another file, or split the file: `split: split(by: hash(user_id), 0.8, rest: test)`.",
  },
  MTL7145: {
    slug: "evaluation-on-training-rows",
    severity: "warning",
    title: "evaluation on training rows",
    message: (p: { role: string; share: number; repeated: number }) =>
      `${percent(p.share)} of the rows of the ${p.role} data are also in the training data, label included (training rows repeat each other in ${percent(p.repeated)})`,
    about:
      "Rows of the validation or test data occur unchanged among the training rows, label included, much more often than training rows repeat each other: a copy of the file, or files that overlap. Up to a million training rows are searched, for 2,000 rows.",
    fix: "Remove the rows from one of the two files, or split one file.",
  },
  MTL7147: {
    slug: "suspected-leakage",
    severity: "warning",
    title: "suspected label leakage",
    message: (p: { feature: string; label: string; auc: number }) =>
      `feature \`${p.feature}\` by itself predicts \`${p.label}\` with an AUC of ${p.auc.toFixed(4)} on a sample of the training rows`,
    about:
      "One feature by itself orders the rows by the label almost without errors. Such a column is usually computed from the label, or known only after it. Measured on up to 16,384 training rows; values are rated on one half and tested on the other.",
    fix: "Remove the feature, unless serving has it at the time of the request.",
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
      if (p.why === "unknown") return `${features} ${isOne ? "has" : "have"} only unknown values ${rows}`;
      return `${features} ${isOne ? "has" : "have"} one value ${isOne ? "" : "each "}${rows}`;
    },
    about:
      "The feature is the same in every training row: its column is empty, has one value, or has only values outside the vocabulary, for example because `values:` are written differently in the file.",
    fix: "Remove it, or check its column, its `values:`, its `min_count:` and its boundaries.",
  },
  MTL7149: {
    slug: "unseen-values",
    severity: "warning",
    title: "mostly unseen values",
    message: (p: { feature: string; role: string; share: number; trained: number }) =>
      `${percent(p.share)} of the values of feature \`${p.feature}\` in the ${p.role} data are not in its vocabulary${p.trained > 0 ? ` (${percent(p.trained)} in the training data)` : ""}`,
    about:
      "At least half of the values of the feature in these rows are not in the vocabulary of the training data; all of them share the embedding of an unknown value.",
    fix: "Check that both files write the values in the same way. For ids that are always new, use `hash:`, or features that describe them.",
  },
});

/** `97 %`, `0.4 %`. */
function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
