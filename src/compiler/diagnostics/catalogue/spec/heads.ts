import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL3009 to 3038: tasks, their logits and losses. */
export const headsDiagnostics = defineDiagnostics({
  MTL3009: {
    slug: "logit-width",
    severity: "error",
    title: "logit width is not 1",
    message: (p: { found: string; shape: string; width: number }) =>
      p.width === 1
        ? `a logit is one number per row, but ${p.found} is ${p.shape}`
        : `the logits of ${p.width} classes are ${p.width} numbers per row, but ${p.found} is ${p.shape}`,
    about:
      "A logit is one number per row. `logit(tensor)`, a linear layer of width 1 with a bias, turns a tensor of any width into one.",
    fix: "Write `logit(…)` around the tensor.",
  },
  MTL3010: {
    slug: "task-type",
    severity: "error",
    title: "invalid task type",
    message: (p: { found: string }) =>
      `a task predicts a probability \`P(…)\`, an expected amount \`E(…)\` or a \`score\`, not a \`${p.found}\``,
    about:
      "A task predicts what a label states, an event or an amount, or it only gives an order. A plain number has no label to train on.",
    fix: "State `P(event)`, `E(amount)` or `score`.",
  },
  MTL3029: {
    slug: "conflicting-lists",
    severity: "error",
    title: "losses by lists of two columns",
    message: (p: { column: string; other: string }) =>
      `losses compare the rows of one \`${p.column}\` and of one \`${p.other}\`, but batches keep the lists of one column whole`,
    about:
      "Batches are made so that the rows of a list stay together. Rows that are together by one column are not by another, so all losses over lists go by the same column, or by `batch`.",
    fix: "Give these losses one `by`, or `by: batch` to those that may compare all rows of a step.",
  },
  MTL3033: {
    slug: "loss-without-lists",
    severity: "error",
    title: "list loss without a group",
    message: (p: { loss: string }) =>
      `\`${p.loss}\` compares the rows of a list, but the spec does not say which rows are one`,
    about:
      "A loss such as `bpr` or `lambdarank` compares rows that compete with each other: those of one user, query or request. Neither `by` of the loss nor `group` of the data names the column that tells them apart.",
    fix: "Add `group: user_id` to the `data` block, or `by: session_id` to the loss; `by: batch` compares all rows of a step.",
  },
  MTL3034: {
    slug: "order-cycle",
    severity: "error",
    title: "cycle in an order of labels",
    message: (p: { cycle: readonly string[] }) =>
      `the order of labels has a cycle: ${p.cycle.map((label) => `\`${label}\``).join(" > ")}`,
    about: "An order says which labels go before which. A label that goes before itself says nothing.",
    fix: "Take one of the comparisons of the cycle out.",
  },
  MTL3039: {
    slug: "unstated-relevance",
    severity: "error",
    title: "score without anything to order by",
    message: (p: { loss: string; head: string; parameter: string }) =>
      `\`${p.head}\` is a score, so \`${p.loss}\` needs \`${p.parameter}\` to say which rows come first`,
    about:
      "A `score` has no label of its own. Where the spec has one label, a loss over lists goes by that; where it has several, the loss says by which.",
    fix: "Add `order: [buy, click]` to a loss over pairs, `gain: { buy: 3, click: 1 }` to one over lists.",
  },
  MTL3030: {
    slug: "task-from-tasks",
    severity: "error",
    title: "task computed from other tasks",
    message: (p: { task: string }) => `task \`${p.task}\` has no logit of its own: its value reads other tasks`,
    about:
      "A task has a logit of its own. What is computed from other tasks is a `chain`: its type is inferred, and it has no parameters.",
    fix: "Declare it as a chain: `chain ctcvr = ctr * cvr`.",
  },
  MTL3031: {
    slug: "activation-type",
    severity: "error",
    title: "activation does not fit the task type",
    message: (p: { task: string; type: string; activation: string | undefined; fitting: readonly string[] }) =>
      p.activation === undefined
        ? `task \`${p.task}\` is ${p.type}, but this is a bare logit`
        : `task \`${p.task}\` is ${p.type}, which \`${p.activation}\` does not produce; ${joinNames(p.fitting, "or")} does`,
    about:
      "The activation decides the range of a prediction: `sigmoid` gives a probability; `softplus`, `exp` or `identity` give an amount; a score is a bare logit.",
    fix: "Use one of the activations that the message lists.",
  },
  MTL3032: {
    slug: "not-a-logit",
    severity: "error",
    title: "not a logit",
    message: (p: { found: string }) =>
      `a logit is \`logit(tensor)\`, a sum or a multiple of such, or a tensor of width 1, not ${p.found}`,
    about: "The argument of the activation is a logit: `logit(tensor)`, or sums and multiples of logits.",
    fix: "Write `logit(…)` around the tensor.",
  },
  MTL3035: {
    slug: "malformed-loss",
    severity: "error",
    title: "malformed loss",
    message: (p: { key: string; found: string }) =>
      `\`${p.key}\` takes a loss with its weight, such as \`0.5 * bce\`, not ${p.found}`,
    about: "An entry of `loss` is a loss with a weight, a penalty, or `balance`.",
    fix: "Write `head: weight * loss`, such as `ctr: 0.5 * bce`.",
  },
  MTL3036: {
    slug: "loss-type",
    severity: "error",
    title: "loss does not fit the head",
    message: (p: { loss: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.loss}\` does not train${p.fitting.length === 0 ? "; no loss does" : `; ${joinNames(p.fitting, "or")} does`}`,
    about: "Each loss fits certain types: `bce` trains a probability, `mse` and `huber` an amount.",
    fix: "Use one of the losses that the message lists.",
  },
  MTL3037: {
    slug: "trained-signal",
    severity: "error",
    title: "loss or metric on a signal",
    message: (p: { head: string }) =>
      `\`${p.head}\` is a signal of another system, so it is neither trained nor measured here`,
    about: "A signal is computed by another system, so it cannot be trained or measured here.",
    fix: "Remove the entry.",
  },
  MTL3038: {
    slug: "penalty-as-loss",
    severity: "error",
    title: "penalty used as a loss",
    message: (p: { head: string; penalty: string }) =>
      `\`${p.head}\` is a head and takes a loss; \`${p.penalty}\` is a penalty on parameters`,
    about:
      "A penalty such as `l2` applies to parameters and has an entry under a name of its own; a head takes a loss.",
    fix: "Give the penalty its own entry, and the head a loss.",
  },
  MTL3120: {
    slug: "sum-of-penalties",
    severity: "error",
    title: "several penalties under one name",
    message: (p: { key: string }) => `\`${p.key}\` adds up several penalties; each has an entry of its own`,
    about:
      "The losses of one head are added up in its entry, `click: bce + 0.5 * jrc`. A penalty is shown and compared by its name, so that each has one.",
    fix: "Write an entry for each penalty: `tables: 1e-6 * l2(embeddings)` and `rest: 1e-5 * l2(weights)`.",
  },
  MTL3121: {
    slug: "loss-argument-of-head",
    severity: "error",
    title: "argument of a loss does not fit its head",
    message: (p: { loss: string; head: string; problem: string }) => `\`${p.loss}\` on \`${p.head}\` ${p.problem}`,
    about:
      "Some arguments of losses depend on the head, such as a weight for each of its classes. `in_batch_softmax` takes apart the inner product that its head is.",
    fix: "Give as many as the head has; for `in_batch_softmax`, write the head as `dot(user, item)`.",
  },
  MTL3122: {
    slug: "penalty-tensors",
    severity: "error",
    title: "tensors that do not fit a penalty",
    message: (p: { penalty: string; problem: string }) => `\`${p.penalty}\` ${p.problem}`,
    about: "A penalty on a pair of tensors compares them row by row, so that both have the same width.",
    fix: "Give them one width, for example by `linear(x, 16)`.",
  },
  MTL3084: {
    slug: "idle-loss-option",
    severity: "error",
    title: "option that cannot change a loss",
    message: (p: { option: string; head: string; reason: string }) =>
      `\`${p.option}\` cannot change the loss of \`${p.head}\`: ${p.reason}`,
    about:
      "Options of a loss say which rows it sees and how much they count. Some are about the rows outside the condition of the task, some about the rows where its event holds, so they need a task with a condition or a probability.",
    fix: "Remove the option, or put the loss on the head that it is meant for.",
  },
  MTL3085: {
    slug: "loss-above-zero",
    severity: "error",
    title: "loss of a positive amount",
    message: (p: { loss: string; head: string }) =>
      `\`${p.loss}\` takes the logarithm of its prediction, and \`${p.head}\` may be below 0`,
    about:
      "Some losses of amounts, such as `tweedie`, are about the logarithm of the prediction, so the head must be one that is above 0.",
    fix: "Use `softplus(logit(t))` or `exp(logit(t))` as the value of the task, or another loss.",
  },
  MTL3080: {
    slug: "nothing-to-balance",
    severity: "error",
    title: "fewer than two losses to balance",
    message: (p: { balance: string; losses: number }) =>
      `\`${p.balance}\` balances losses of heads against each other, and the spec has ${p.losses === 0 ? "none" : "only one"}`,
    about:
      "A balance weights the losses of heads, or their gradients, against each other, so it needs at least two of them. Penalties do not count: they are added as they are.",
    fix: "Add the loss of another head, or remove `balance`.",
  },
  MTL3081: {
    slug: "balance-arguments",
    severity: "error",
    title: "balance does not fit the losses",
    message: (p: { balance: string; problem: string }) => `\`${p.balance}\` ${p.problem}`,
    about:
      "Some balances have an argument for each loss, or name the head of one. It has to fit the losses of the spec.",
    fix: "Give as many numbers as there are losses, in their order, or the name of a head that has a loss.",
  },
});
