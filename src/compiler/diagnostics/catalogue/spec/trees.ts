import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL313x: tasks that are trees. */
export const treesDiagnostics = defineDiagnostics({
  MTL3130: {
    slug: "trees-inside",
    severity: "error",
    title: "trees inside of a network",
    message: () => "`trees` is the whole logit of one task, and nothing else reads it",
    about:
      "Trees are made by LightGBM and not by gradients, so a network can neither read them nor be added to them, and each task has trees of its own.",
    fix: "Write the trees in the task: `task pref: score = trees(x)` or `task ctr: P(click) = sigmoid(trees(x))`.",
  },
  MTL3131: {
    slug: "trees-input",
    severity: "error",
    title: "input that trees cannot read",
    message: (p: { found: string }) => `trees read numbers, buckets and categories of features, not ${p.found}`,
    about:
      "A column of trees is a feature with one value per row. A bag or a sequence has several, and tensors of a network change while it is trained.",
    fix: "Name features of the kinds `numeric`, `bucket` and `categorical`, or lists of them.",
  },
  MTL3132: {
    slug: "trees-and-network",
    severity: "error",
    title: "trees and a network in one spec",
    message: (p: { trees: string; network: string }) =>
      `\`${p.trees}\` is trees and \`${p.network}\` is a network: a spec trains one or the other`,
    about:
      "Trees are made tree by tree and a network step by step, so the two share no loss, no early stopping and no checkpoint.",
    fix: "Make a spec of each. A formula can join both: what the other spec predicts is a `signal` there.",
  },
  MTL3133: {
    slug: "trees-loss",
    severity: "error",
    title: "loss that trees cannot minimise",
    message: (p: { loss: string; task: string; fitting: readonly string[]; needs: string | undefined }) =>
      p.needs === undefined
        ? `\`${p.task}\` is trees, which cannot minimise \`${p.loss}\`; fitting: ${joinNames(p.fitting, "or")}`
        : `with \`${p.loss}\` the value of \`${p.task}\` is \`${p.needs}\``,
    about:
      "LightGBM has an objective for some losses only, and each says what the sum of the trees means: a logit, the logarithm of an amount, or the prediction itself.",
    fix: "Take one of the losses that the message names, or write the value of the task as the loss needs it.",
  },
  MTL3134: {
    slug: "trees-setting",
    severity: "error",
    title: "setting that trees do not have",
    message: (p: { setting: string }) => `trees have no ${p.setting}`,
    about:
      "Penalties, balances, optimizers, schedules, batches and dropout are about training by gradients. Each task's trees are made by themselves, of all rows at once.",
    fix: "Remove it. The length is `rounds`, the rate `lr` and the regularization `l1` and `l2` of `trees(…)`; the `train` block may say `stop` and `seed`.",
  },
  MTL3135: {
    slug: "trees-without-loss",
    severity: "error",
    title: "trees without a loss",
    message: (p: { task: string }) => `\`${p.task}\` is trees and has no loss, so nothing says what they minimise`,
    about: "The trees of a task are made for the loss of that task; a loss on a chain makes none.",
    fix: "Add a loss: `loss { pref: lambdarank(at: 10) }`.",
  },
  MTL3136: {
    slug: "missing-in-network",
    severity: "error",
    title: "missing number in a network",
    message: (p: { feature: string }) =>
      `\`missing: none\` leaves \`${p.feature}\` missing, and a network computes with numbers only`,
    about: "Trees send what is missing to one side of a split. A network multiplies, and needs a number.",
    fix: "Write `missing: mean`, the default, or the number that is to stand for a missing one.",
  },
});
