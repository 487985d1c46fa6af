import { defineDiagnostics } from "../../define.js";

/** MTL4xxx: events, sample spaces and leakage. */
export const eventsDiagnostics = defineDiagnostics({
  MTL4001: {
    slug: "amount-as-event",
    severity: "error",
    title: "amount used as an event",
    message: (p: { label: string }) =>
      `\`${p.label}\` is an amount; an event, which happens or does not, should stand here`,
    about:
      "Probabilities and conditions are about events, which happen or do not. An amount has an expectation, `E(…)`.",
  },
  MTL4002: {
    slug: "event-as-amount",
    severity: "error",
    title: "event used as an amount",
    message: (p: { label: string }) => `\`${p.label}\` is an event, and \`E(…)\` is the expectation of an amount`,
    about: "An expectation is about an amount. An event has a probability, `P(…)`.",
  },
  MTL4003: {
    slug: "not-a-probability",
    severity: "error",
    title: "result is not the probability of an event",
    message: (p: { form: "product" | "quotient" | "complement" }) =>
      `this ${p.form} is not the probability of an event`,
    about:
      "Four rules make a probability or an expectation out of others: the chain rule, `P(A | C) * P(B | A & C)`; its inverse, the quotient; the complement, `1 - P(A | C)`; and `P(A | C) * E(y | A & C)` for an amount that is 0 outside of A. This expression follows none of them. The notes say which conditional would continue it. In a `fusion` formula any product may stand: there it is a number, and no loss is put on it.",
  },
  MTL4004: {
    slug: "chain-type",
    severity: "error",
    title: "chain type mismatch",
    message: (p: { chain: string; stated: string; inferred: string }) =>
      `chain \`${p.chain}\` is ${p.inferred}, not ${p.stated}`,
    about: "The chain states a type, and its formula is the probability of another event.",
  },
  MTL4005: {
    slug: "number-in-chain",
    severity: "error",
    title: "plain number in a chain",
    message: (p: { found: string }) => `a chain combines the events of tasks; ${p.found} is a plain number here`,
    about:
      "A chain is made of the predictions of tasks alone. Weights, sums and powers belong into a `fusion` formula.",
  },
  MTL4006: {
    slug: "impossible-event",
    severity: "error",
    title: "impossible event (probability is always 0)",
    message: (p: { label: string }) => `no row is in this event: it asks for \`${p.label}\` and for its opposite`,
    about: "The event asks for a label and for its opposite, so no row is in it.",
  },
  MTL4007: {
    slug: "implied-event",
    severity: "error",
    title: "condition implies the event (probability is always 1)",
    message: (p: { event: string; given: string }) => `\`${p.event}\` is certain where \`${p.given}\` holds`,
    about:
      "Where the condition holds, the event holds too, so its probability is 1. Most often the two sides of `|` are the wrong way around: `P(buy | click)` is the share of clicks that become purchases.",
  },
  MTL4008: {
    slug: "unsupported-negation",
    severity: "error",
    title: "unsupported negation of an event",
    message: () => "an event is a conjunction of labels and of `not` before a label or before labels joined by `&`",
    about:
      "Events are conjunctions of labels, and `not` stands before a label or before a conjunction of plain labels.",
  },
  MTL4009: {
    slug: "selection-bias",
    severity: "warning",
    title: "selection bias",
    message: (p: { head: string; type: string; condition: string; user: string }) =>
      `selection bias: \`${p.head}\` is ${p.type}, trained on \`${p.condition}\` rows alone, and \`${p.user}\` applies it to others as well`,
    about:
      "The task is trained on the rows of its condition alone, and the spec applies it to rows outside of it, which are different: that is the selection bias of the ESMM paper (Ma et al., SIGIR 2018). Put the loss on the product with the condition's probability, or say with `space:` what is meant.",
  },
  MTL4010: {
    slug: "label-leakage",
    severity: "error",
    title: "label leakage",
    message: (p: { feature: string; column: string; label: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, from which label \`${p.label}\` is made`,
    about:
      "The feature is the label, or is made of the same column: the model would learn to copy what it should predict, score well in training, and know nothing at serving. A label that is computed from columns, that no head predicts and no outcome lies within, is a condition that serving knows, such as a scene: its column may be a feature.",
  },
  MTL4011: {
    slug: "weight-leakage",
    severity: "error",
    title: "sample weight leakage",
    message: (p: { feature: string; column: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, which weighs the rows and is not known at serving`,
    about:
      "Sample weights say how much a row counts in training. They are decided afterwards and are not there at serving.",
  },
  MTL4012: {
    slug: "training-only-feature",
    severity: "error",
    title: "training-only feature used at serving",
    message: (p: { feature: string; head?: string | undefined; by?: string | undefined }) =>
      p.head === undefined
        ? `this is computed at serving and reads \`${p.feature}\`, which serving does not have`
        : `\`${p.head}\` is served and reads \`${p.feature}\`${p.by === undefined ? "" : ` by way of \`${p.by}\``}, which serving does not have`,
    about:
      "A feature declared with `serving: none` is known in training only, and something that serving computes reads it: a head, also by way of an auxiliary task, a formula, a rule or a ranking. Keep it to training with `train_only(…)`, or say what serving sees.",
  },
});
