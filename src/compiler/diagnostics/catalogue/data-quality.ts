import { defineDiagnostics } from "../define.js";
import { someNames } from "../words.js";

/** MTL714x: data that can be read, and that a model learns nothing from, or the wrong thing. */
export const dataQualityDiagnostics = defineDiagnostics({
  MTL7140: {
    severity: "warning",
    title: "task with nothing to learn from",
    message: (p: { head: string; reason: string }) => `\`${p.head}\` learns nothing: ${p.reason}`,
  },
  MTL7141: {
    severity: "warning",
    title: "task with one answer",
    message: (p: { head: string; reason: string }) => `\`${p.head}\` can only learn one answer: ${p.reason}`,
  },
  MTL7142: {
    severity: "warning",
    title: "role without rows",
    message: (p: { role: string; split: boolean; trained: number }) =>
      p.split
        ? `the split leaves no row for the ${p.role} data; all ${p.trained} rows are trained on`
        : `the ${p.role} data has no rows`,
  },
  MTL7143: {
    severity: "warning",
    title: "sample weights that are all 0",
    message: (p: { column: string; rows: number }) =>
      `the sample weight \`${p.column}\` is 0 in all ${p.rows} rows of the training data, so nothing is learned`,
  },
  MTL7144: {
    severity: "warning",
    title: "file that is trained and measured on",
    message: (p: { role: string; file: string }) =>
      `\`${p.file}\` is training data and ${p.role} data: what is measured there says nothing of other rows`,
  },
  MTL7145: {
    severity: "warning",
    title: "rows that are trained and measured on",
    message: (p: { role: string; share: number; repeated: number }) =>
      `${percent(p.share)} of the rows of the ${p.role} data stand in the training data too, label included (training rows repeat each other in ${percent(p.repeated)})`,
  },
  MTL7147: {
    severity: "warning",
    title: "feature that gives a label away",
    message: (p: { feature: string; label: string; auc: number }) =>
      `feature \`${p.feature}\` by itself tells \`${p.label}\` with an AUC of ${p.auc.toFixed(4)} on a sample of the training rows`,
  },
  MTL7148: {
    severity: "warning",
    title: "feature that never varies",
    message: (p: { features: readonly string[]; why: "empty" | "unknown" | "constant"; rows: number }) => {
      const isOne = p.features.length === 1;
      const features = `${isOne ? "feature" : "features"} ${someNames(p.features)}`;
      const rows = `in all ${p.rows} rows of the training data`;
      if (p.why === "empty") return `${features} ${isOne ? "is" : "are"} empty ${rows}`;
      if (p.why === "unknown")
        return `${features} ${isOne ? "knows" : "know"} no value that ${isOne ? "it meets" : "they meet"} ${rows}`;
      return `${features} ${isOne ? "has" : "have"} one value ${isOne ? "" : "each "}${rows}`;
    },
  },
  MTL7149: {
    severity: "warning",
    title: "feature of mostly unseen values",
    message: (p: { feature: string; role: string; share: number; trained: number }) =>
      `${percent(p.share)} of the values of feature \`${p.feature}\` in the ${p.role} data are not in its vocabulary${p.trained > 0 ? ` (${percent(p.trained)} in the training data)` : ""}`,
  },
});

/** `97 %`, `0.4 %`. */
function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
