import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL3040, 3041 and 3070 to 3079: metrics, and what early stopping watches. */
export const metricsDiagnostics = defineDiagnostics({
  MTL3040: {
    slug: "metric-type",
    severity: "error",
    title: "metric does not fit the head",
    message: (p: { metric: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.metric}\` does not measure${p.fitting.length === 0 ? "; no metric does" : `; ${joinNames(p.fitting, "or")} does`}`,
    about: "Each metric fits certain types: `auc` and `logloss` measure a probability, `rmse` and `mae` an amount.",
    fix: "Use one of the metrics that the message lists.",
  },
  MTL3041: {
    slug: "missing-group",
    severity: "error",
    title: "grouped metric without a group",
    message: (p: { metric: string; head: string }) =>
      `\`${p.metric}\` of \`${p.head}\` is a mean over groups, but the spec names no group`,
    about:
      "Some metrics, such as `gauc`, look at the rows of each group by themselves, and the `data` block does not name the column of the group.",
    fix: "Add `group: user_id` to the `data` block.",
  },
  MTL3070: {
    slug: "metric-arguments",
    severity: "error",
    title: "arguments of a metric that do not go together",
    message: (p: { metric: string; problem: string }) => `\`${p.metric}\` ${p.problem}`,
    about:
      "Some metrics have several forms, and each takes arguments of its own: `precision(at: 10)` looks at lists, `precision(above: 0.5)` at a threshold.",
    fix: "Give the arguments of one form.",
  },
  MTL3071: {
    slug: "mixed-directions",
    severity: "error",
    title: "sum of metrics of opposite directions",
    message: (p: { greater: string; smaller: string }) =>
      `\`${p.greater}\` is better when it is greater and \`${p.smaller}\` when it is smaller, so their sum says nothing`,
    about:
      "Early stopping watches one number. In a sum of metrics that number grows with some and shrinks with others as the model becomes better.",
    fix: "Subtract what should become smaller: `auc(ctr) - 0.5 * logloss(cvr)`.",
  },
  MTL3072: {
    slug: "unstated-truth",
    severity: "error",
    title: "metric of a score without anything to measure it by",
    message: (p: { metric: string; head: string; parameter: string }) =>
      `\`${p.head}\` is a score, so \`${p.metric}\` needs \`${p.parameter}\` to say which rows are relevant`,
    about:
      "A `score` has no label of its own. It is measured by what its loss goes by, where that says enough: a loss with an `order` that leaves some labels without one says which labels count and not what they are worth.",
    fix: "Add `label: click`, `gain: { buy: 3, click: 1 }` or `order: [buy, click]` to the metric.",
  },
});
