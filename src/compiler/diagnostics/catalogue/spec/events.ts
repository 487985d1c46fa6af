import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL4xxx: events, sample spaces and leakage. */
export const eventsDiagnostics = defineDiagnostics({
  MTL4001: {
    slug: "amount-as-event",
    severity: "error",
    title: "amount used as an event",
    message: (p: { label: string }) =>
      `expected an event, which happens or does not, here; \`${p.label}\` is an amount`,
    about:
      "Probabilities and conditions are about events, which happen or do not. An amount has an expectation, `E(…)`.",
    fix: "Use a label that is an event, or `E(…)` for an amount.",
  },
  MTL4002: {
    slug: "event-as-amount",
    severity: "error",
    title: "event used as an amount",
    message: (p: { label: string }) => `\`${p.label}\` is an event, and \`E(…)\` is the expectation of an amount`,
    about: "An expectation is about an amount. An event has a probability, `P(…)`.",
    fix: "Write `P(…)` for the event.",
  },
  MTL4003: {
    slug: "not-a-probability",
    severity: "error",
    title: "result is not the probability of an event",
    message: (p: { form: "product" | "quotient" | "complement" }) =>
      `this ${p.form} is not the probability of an event`,
    about:
      "Four rules derive a probability or an expectation from others: the chain rule, `P(A | C) * P(B | A & C)`; its inverse, the quotient; the complement, `1 - P(A | C)`; and `P(A | C) * E(y | A & C)` for an amount that is 0 outside of A. This expression follows none of them. In a `fusion` formula any product is valid: there it is a number, and has no loss.",
    fix: "Use the conditional that the notes name, or move the expression to a `fusion`.",
  },
  MTL4040: {
    slug: "malformed-classes",
    severity: "error",
    title: "malformed classes",
    message: (p: { label: string; found: string; most: number }) =>
      `the classes of \`${p.label}\` are 2 to ${p.most} names, or their number, not ${p.found}`,
    about:
      '`classes(sport, news, estate: "real estate")` names the classes of a label, each with the text that the column has for it where that is not the name. `classes(5)` is for a column that has the numbers 0 to 4.',
    fix: "Name the classes, or say how many there are.",
  },
  MTL4041: {
    slug: "class-twice",
    severity: "error",
    title: "two classes with one name or one text",
    message: (p: { label: string; name: string }) => `\`${p.label}\` has the class \`${p.name}\`, or its text, twice`,
    about: "A row has one class, so that neither names of classes nor what stands for them in the data may repeat.",
    fix: "Leave one of them out.",
  },
  MTL4042: {
    slug: "classes-as-event",
    severity: "error",
    title: "label of classes where an event or a number is expected",
    message: (p: { label: string; use: string }) => `\`${p.label}\` has several classes and is not ${p.use}`,
    about:
      "A label of classes says which of several things happened. `P(category)` is a probability for each; an event is one of them, `category.sport`.",
    fix: "Name one of its classes.",
  },
  MTL4043: {
    slug: "unknown-class",
    severity: "error",
    title: "unknown class",
    message: (p: { label: string; name: string; known: readonly string[]; suggestion: string | undefined }) =>
      p.known.length === 0
        ? `\`${p.label}\` does not have classes`
        : `\`${p.label}\` does not have a class \`${p.name}\`${p.suggestion === undefined ? `; it has ${joinNames(p.known, "and")}` : `; did you mean \`${p.suggestion}\`?`}`,
    about: "The name after the dot is not a class of the label, or of the task that predicts it.",
    fix: "Use one of the classes that the label has.",
  },
  MTL4044: {
    slug: "classes-without-condition",
    severity: "error",
    title: "classes outside their condition",
    message: (p: { label: string; outer: string }) =>
      `\`${p.label}\` lies within \`${p.outer}\`: other rows have none of its classes`,
    about:
      "The probabilities of classes add up to 1, so that each row of the condition must have one of them. Where a label lies within an event, the others do not.",
    fix: "Put the event into the condition: `P(category | click)`.",
  },
  MTL4045: {
    slug: "classes-as-number",
    severity: "error",
    title: "task of classes where a number is expected",
    message: (p: { head: string }) => `\`${p.head}\` has a probability for each class and is not one number`,
    about: "A formula and a chain read the probability of one class, `kind.sport`.",
    fix: "Name the class that is meant.",
  },
  MTL4004: {
    slug: "chain-type",
    severity: "error",
    title: "chain type mismatch",
    message: (p: { chain: string; stated: string; inferred: string }) =>
      `chain \`${p.chain}\` is ${p.inferred}, not ${p.stated}`,
    about: "The chain states a type, and its formula is the probability of another event.",
    fix: "State the inferred type, or none.",
  },
  MTL4005: {
    slug: "number-in-chain",
    severity: "error",
    title: "plain number in a chain",
    message: (p: { found: string }) => `a chain combines the events of tasks; ${p.found} is a plain number here`,
    about: "A chain combines only predictions of tasks. Weights, sums and powers belong to a `fusion` formula.",
    fix: "Write the expression as a `fusion`.",
  },
  MTL4006: {
    slug: "impossible-event",
    severity: "error",
    title: "impossible event (probability is always 0)",
    message: (p: { label: string }) => `this event is impossible: it requires \`${p.label}\` and its negation`,
    about: "The event requires a label and its negation, so no row is in it.",
    fix: "Remove one of the two.",
  },
  MTL4007: {
    slug: "implied-event",
    severity: "error",
    title: "condition implies the event (probability is always 1)",
    message: (p: { event: string; given: string }) =>
      `\`${p.given}\` implies \`${p.event}\`, so the probability is always 1`,
    about:
      "Where the condition holds, the event holds too, so its probability is 1. Most often the two sides of `|` are swapped: `P(buy | click)` is the share of clicks that become purchases.",
    fix: "Swap the two sides of `|`.",
  },
  MTL4008: {
    slug: "unsupported-negation",
    severity: "error",
    title: "unsupported negation of an event",
    message: () => "an event is a conjunction of labels and of `not` before a label or before labels joined by `&`",
    about:
      "An event is a conjunction of labels; `not` may only come before a label or before a conjunction of plain labels.",
    fix: "Write the event as labels joined by `&`, with `not` before labels.",
  },
  MTL4009: {
    slug: "selection-bias",
    severity: "warning",
    title: "selection bias",
    message: (p: { head: string; type: string; condition: string; user: string }) =>
      `selection bias: \`${p.head}\` is ${p.type}, trained only on \`${p.condition}\` rows, and \`${p.user}\` applies it to others as well`,
    about:
      "The task is trained only on the rows of its condition, and the spec applies it to rows outside of it, which are distributed differently: the selection bias of the ESMM paper (Ma et al., SIGIR 2018).",
    fix: "Put the loss on the product with the condition's probability, or state with `space:` what is intended.",
  },
  MTL4010: {
    slug: "label-leakage",
    severity: "error",
    title: "label leakage",
    message: (p: { feature: string; column: string; label: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, from which label \`${p.label}\` is computed`,
    about:
      "The feature is the label, or is computed from the same column: the model would learn to copy its target, perform well in training, and fail at serving. A label that is computed from columns, that no head predicts and that no outcome lies within, is a condition that serving knows, such as a scene: its column may be a feature.",
    fix: "Remove the feature, or read another column.",
  },
  MTL4011: {
    slug: "weight-leakage",
    severity: "error",
    title: "sample weight leakage",
    message: (p: { feature: string; column: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, which is the sample weight and is not known at serving`,
    about: "A sample weight says how much a row counts in training. It is known only afterwards, and not at serving.",
    fix: "Remove the feature, or weight the rows by another column.",
  },
  MTL4012: {
    slug: "training-only-feature",
    severity: "error",
    title: "training-only feature used at serving",
    message: (p: { feature: string; head?: string | undefined; by?: string | undefined }) =>
      p.head === undefined
        ? `this is computed at serving but reads \`${p.feature}\`, which serving does not have`
        : `\`${p.head}\` is served but reads \`${p.feature}\`${p.by === undefined ? "" : ` through \`${p.by}\``}, which serving does not have`,
    about:
      "A feature with `serving: none` is known only in training, and something that serving computes reads it: a head, also through an auxiliary task, a formula, a rule or a ranking.",
    fix: "Read it inside `train_only(…)`, or state with `serving:` which value serving has.",
  },
  MTL4050: {
    slug: "list-of-sampled-rows",
    severity: "error",
    title: "loss over lists on a sample of rows",
    message: (p: { head: string; loss: string; label: string }) =>
      `\`${p.loss}\` of \`${p.head}\` compares the rows of a list, and \`sample\` leaves rows without \`${p.label}\` out of it`,
    about:
      "A row that is kept counts for those that are left out, which is exact for losses of single rows. A loss over lists would see a part of each list.",
    fix: "Leave `sample` out of the data, or train the head by a loss of single rows.",
  },
});
