import { defineDiagnostics } from "../define.js";

/** MTL6xxx: warnings about what a sound spec declares and does not use. */
export const lintDiagnostics = defineDiagnostics({
  MTL6001: {
    severity: "warning",
    title: "unused feature",
    message: (p: { name: string }) => `feature \`${p.name}\` is never read`,
  },
  MTL6002: {
    severity: "warning",
    title: "unused part of the network",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is never read`,
  },
  MTL6003: {
    severity: "warning",
    title: "unused label",
    message: (p: { name: string }) => `no task predicts label \`${p.name}\``,
  },
  MTL6004: {
    severity: "warning",
    title: "unused value of a formula",
    message: (p: { name: string; kind: string }) => `\`${p.name}\` is ${p.kind} that no formula, rule or ranking reads`,
  },
  MTL6005: {
    severity: "warning",
    title: "gate over one expert",
    message: (p: { gate: string }) => `gate \`${p.gate}\` has one expert to choose from`,
  },
  MTL6006: {
    severity: "warning",
    title: "task without a loss",
    message: (p: { name: string }) => `task \`${p.name}\` is never trained: no loss reaches it`,
  },
  MTL6007: {
    severity: "warning",
    title: "unused rules",
    message: (p: { name: string }) => `no ranking applies the rules \`${p.name}\``,
  },
  MTL6008: {
    severity: "warning",
    title: "unused macro",
    message: (p: { name: string }) => `macro \`${p.name}\` is never called`,
  },
  MTL6009: {
    severity: "warning",
    title: "unused suppression",
    message: (p: { code: string; line: number | undefined }) =>
      p.line === undefined
        ? `nothing follows that \`mtlc-ignore ${p.code}\` could speak of`
        : `line ${p.line} has no ${p.code} to ignore`,
  },
  MTL6010: {
    severity: "warning",
    title: "suppression that cannot be read",
    message: (p: { problem: "codes" | "reason" }) =>
      p.problem === "codes"
        ? "`mtlc-ignore` names the codes that it ignores, and why"
        : "`mtlc-ignore` says why the warning does not matter here",
  },
  MTL6011: {
    severity: "warning",
    title: "suppression without effect",
    message: (p: { code: string; known: boolean }) =>
      p.known
        ? `${p.code} is an error, and errors cannot be ignored`
        : `there is no code ${p.code}, so nothing is ignored`,
  },
  MTL6012: {
    severity: "warning",
    title: "condition that is always the same",
    message: (p: { truth: boolean }) =>
      p.truth ? "this is always true, for every candidate" : "this can never be true, for any candidate",
  },
  MTL6013: {
    severity: "warning",
    title: "place that no list reaches",
    message: (p: { place: number; rank: string; size: number }) =>
      `\`${p.rank}\` has ${p.size} places, and this speaks of ${p.place}`,
  },
  MTL6014: {
    severity: "warning",
    title: "two tasks for one prediction",
    message: (p: { first: string; second: string; type: string }) =>
      `\`${p.second}\` predicts ${p.type} from what \`${p.first}\` predicts it from`,
  },
  MTL6015: {
    severity: "warning",
    title: "unused parameter of a macro",
    message: (p: { macro: string; parameter: string }) =>
      `\`${p.macro}\` does not use its parameter \`${p.parameter}\``,
  },
  MTL6016: {
    severity: "warning",
    title: "imported name that is never read",
    message: (p: { name: string; kind: string }) => `${p.kind} \`${p.name}\` is imported and never read`,
  },
  MTL6045: {
    severity: "warning",
    title: "character that nobody sees",
    message: (p: { names: string; where: "text" | "comment" }) =>
      `this ${p.where} holds ${p.names}, which is invisible or turns the direction of what follows`,
  },
  MTL6035: {
    severity: "warning",
    title: "import that brings nothing new",
    message: (p: { name: string | undefined; file: string }) =>
      p.name === undefined
        ? `\`${p.file}\` is imported twice in this file`
        : `\`${p.name}\` is imported from \`${p.file}\` twice in this file`,
  },
  MTL6017: {
    severity: "warning",
    title: "unused formula",
    message: (p: { name: string }) => `no ranking, formula, rule or test reads \`${p.name}\``,
  },
  MTL6020: {
    severity: "warning",
    title: "whole number that is rounded",
    message: (p: { text: string; value: string }) =>
      `\`${p.text}\` has more digits than a number of 64 bits holds, and is read as ${p.value}`,
  },
  MTL6023: {
    severity: "warning",
    title: "sum as a category",
    message: (p: { name: string }) =>
      `\`${p.name}\` is a category of a number that several columns add up to: different values of them give one category`,
  },
  MTL6030: {
    severity: "warning",
    title: "second rule for variety",
    message: (p: { rule: string; first: string; rank: string }) =>
      `\`${p.rule}\` does nothing in \`${p.rank}\`: \`${p.first}\` chooses for variety there`,
  },
  MTL6027: {
    severity: "warning",
    title: "serving value outside of the listed values",
    message: (p: { feature: string; value: string }) =>
      `\`serving: "${p.value}"\` is none of the \`values\` of feature \`${p.feature}\`, so every served row has an unknown value`,
  },
});
