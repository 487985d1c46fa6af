import { defineDiagnostics } from "../define.js";

/** MTL4xxx: events, sample spaces and leakage. */
export const eventsDiagnostics = defineDiagnostics({
  MTL4001: {
    severity: "error",
    title: "amount where an event stands",
    message: (p: { label: string }) =>
      `\`${p.label}\` is an amount; an event, which happens or does not, should stand here`,
  },
  MTL4002: {
    severity: "error",
    title: "event where an amount stands",
    message: (p: { label: string }) => `\`${p.label}\` is an event, and \`E(…)\` is the expectation of an amount`,
  },
  MTL4003: {
    severity: "error",
    title: "not the probability of an event",
    message: (p: { form: "product" | "quotient" | "complement" }) =>
      `this ${p.form} is not the probability of an event`,
  },
  MTL4004: {
    severity: "error",
    title: "chain of another type than it states",
    message: (p: { chain: string; stated: string; inferred: string }) =>
      `chain \`${p.chain}\` is ${p.inferred}, not ${p.stated}`,
  },
  MTL4005: {
    severity: "error",
    title: "plain number in a chain",
    message: (p: { found: string }) => `a chain combines the events of tasks; ${p.found} is a plain number here`,
  },
  MTL4006: {
    severity: "error",
    title: "event that cannot happen",
    message: (p: { label: string }) => `no row is in this event: it asks for \`${p.label}\` and for its opposite`,
  },
  MTL4007: {
    severity: "error",
    title: "event that its condition implies",
    message: (p: { event: string; given: string }) => `\`${p.event}\` is certain where \`${p.given}\` holds`,
  },
  MTL4008: {
    severity: "error",
    title: "negation that events do not have",
    message: () => "an event is a conjunction of labels and of `not` before a label or before labels joined by `&`",
  },
  MTL4009: {
    severity: "warning",
    title: "selection bias",
    message: (p: { head: string; type: string; condition: string; user: string }) =>
      `selection bias: \`${p.head}\` is ${p.type}, trained on \`${p.condition}\` rows alone, and \`${p.user}\` applies it to others as well`,
  },
  MTL4010: {
    severity: "error",
    title: "leakage of a label",
    message: (p: { feature: string; column: string; label: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, from which label \`${p.label}\` is made`,
  },
  MTL4011: {
    severity: "error",
    title: "leakage of the sample weight",
    message: (p: { feature: string; column: string }) =>
      `feature \`${p.feature}\` reads \`${p.column}\`, which weighs the rows and is not known at serving`,
  },
  MTL4012: {
    severity: "error",
    title: "training-only feature at serving",
    message: (p: { feature: string; head?: string | undefined; by?: string | undefined }) =>
      p.head === undefined
        ? `this is computed at serving and reads \`${p.feature}\`, which serving does not have`
        : `\`${p.head}\` is served and reads \`${p.feature}\`${p.by === undefined ? "" : ` by way of \`${p.by}\``}, which serving does not have`,
  },
});
