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
});
