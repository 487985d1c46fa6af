import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL3009 to 3041: tasks, their logits, losses and metrics. */
export const headsDiagnostics = defineDiagnostics({
  MTL3009: {
    slug: "logit-width",
    severity: "error",
    title: "logit width is not 1",
    message: (p: { found: string; shape: string }) => `${p.found} is ${p.shape}, and a logit is one number a row`,
    about:
      "A logit is one number a row. A tensor of another width becomes one by `logit(tensor)`, a linear layer of width 1 with a bias.",
  },
  MTL3010: {
    slug: "task-type",
    severity: "error",
    title: "invalid task type",
    message: (p: { found: string }) =>
      `a task predicts a probability \`P(…)\`, an expected amount \`E(…)\` or a \`score\`, not a \`${p.found}\``,
    about:
      "A task predicts something that a label says: an event or an amount, or it gives an order alone. A plain number has no label to be trained on.",
  },
  MTL3030: {
    slug: "task-from-tasks",
    severity: "error",
    title: "task computed from other tasks",
    message: (p: { task: string }) => `task \`${p.task}\` has no logit of its own: its value reads other tasks`,
    about:
      "A task has a tower of its own. What is computed from other tasks is a `chain`: its type is inferred, and it needs no parameters.",
  },
  MTL3031: {
    slug: "activation-type",
    severity: "error",
    title: "activation does not fit the task type",
    message: (p: { task: string; type: string; activation: string | undefined; fitting: readonly string[] }) =>
      p.activation === undefined
        ? `task \`${p.task}\` is ${p.type}, and this is a bare logit`
        : `task \`${p.task}\` is ${p.type}, which \`${p.activation}\` does not give; ${joinNames(p.fitting, "or")} does`,
    about:
      "The activation decides the range of a prediction: `sigmoid` gives a probability; an amount comes from `softplus`, `exp` or `identity`; a score is a bare logit.",
  },
  MTL3032: {
    slug: "not-a-logit",
    severity: "error",
    title: "not a logit",
    message: (p: { found: string }) =>
      `a logit is \`logit(tensor)\`, a sum or a multiple of such, or a tensor of width 1; ${p.found} is none`,
    about: "Inside the activation stands a logit: `logit(tensor)`, sums and multiples of logits.",
  },
  MTL3035: {
    slug: "malformed-loss",
    severity: "error",
    title: "malformed loss",
    message: (p: { key: string; found: string }) =>
      `\`${p.key}\` takes a loss with its weight, such as \`0.5 * bce\`, not ${p.found}`,
    about: "An entry of `loss` is a loss with a weight, or a penalty, or `balance`.",
  },
  MTL3036: {
    slug: "loss-type",
    severity: "error",
    title: "loss does not fit the head",
    message: (p: { loss: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.loss}\` does not train${p.fitting.length === 0 ? "; no loss of this version does" : `; ${joinNames(p.fitting, "or")} does`}`,
    about: "Losses fit types: `bce` trains a probability, `mse` and `huber` an amount.",
  },
  MTL3037: {
    slug: "trained-signal",
    severity: "error",
    title: "loss or metric on a signal",
    message: (p: { head: string }) =>
      `\`${p.head}\` comes from outside as a signal, so it is neither trained nor measured here`,
    about: "A signal comes from another system, ready made: nothing here can train or measure it.",
  },
  MTL3038: {
    slug: "penalty-as-loss",
    severity: "error",
    title: "penalty used as a loss",
    message: (p: { head: string; penalty: string }) =>
      `\`${p.head}\` is a head and takes a loss; \`${p.penalty}\` is a penalty on parameters`,
    about: "A penalty such as `l2` is about parameters and stands under a name of its own; a head takes a loss.",
  },
  MTL3040: {
    slug: "metric-type",
    severity: "error",
    title: "metric does not fit the head",
    message: (p: { metric: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.metric}\` does not measure${p.fitting.length === 0 ? "; no metric of this version does" : `; ${joinNames(p.fitting, "or")} does`}`,
    about: "Metrics fit types: `auc` and `logloss` measure a probability, `rmse` and `mae` an amount.",
  },
  MTL3041: {
    slug: "missing-group",
    severity: "error",
    title: "grouped metric without a group",
    message: (p: { head: string }) => `\`gauc\` of \`${p.head}\` is a mean over groups, and the spec names no group`,
    about:
      "`gauc` is the mean of the AUC of each group, weighted by its rows, and the `data` block does not say what a group is.",
  },
});
