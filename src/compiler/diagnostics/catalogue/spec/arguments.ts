import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL300x, 3018, 3019, 3090: arguments of built-ins, and what this version does not have. */
export const argumentsDiagnostics = defineDiagnostics({
  MTL3001: {
    slug: "missing-argument",
    severity: "error",
    title: "missing argument",
    message: (p: { callee: string; parameter: string; expected: string }) =>
      `\`${p.callee}\` needs \`${p.parameter}\`: ${p.expected}`,
    about: "A parameter without a default is not given.",
  },
  MTL3002: {
    slug: "argument-type",
    severity: "error",
    title: "argument type mismatch",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
    about: "The parameter takes a value of another kind: a number, a word, a list, a text or a condition.",
  },
  MTL3003: {
    slug: "argument-range",
    severity: "error",
    title: "argument out of range",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
    about: "The value is of the right kind and outside what the parameter allows.",
  },
  MTL3004: {
    slug: "duplicate-argument",
    severity: "error",
    title: "duplicate argument",
    message: (p: { callee: string; parameter: string }) => `\`${p.parameter}\` of \`${p.callee}\` is given twice`,
    about: "A parameter is given twice, by its place and by its name, or by its name two times.",
  },
  MTL3005: {
    slug: "extra-argument",
    severity: "error",
    title: "too many arguments",
    message: (p: { callee: string; parameters: readonly string[] }) =>
      p.parameters.length === 0
        ? `\`${p.callee}\` takes no such argument`
        : `this is one argument too many for \`${p.callee}\`, which takes ${joinNames(p.parameters)}`,
    about: "There are more arguments than parameters.",
  },
  MTL3006: {
    slug: "argument-count",
    severity: "error",
    title: "wrong number of arguments",
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${p.expected === 1 ? "one argument" : `${p.expected} arguments`}, and there ${p.found === 1 ? "is one" : `are ${p.found}`}`,
    about: "A function of formulas takes a fixed number of arguments.",
  },
  MTL3018: {
    slug: "conflicting-options",
    severity: "error",
    title: "conflicting options",
    message: (p: { first: string; second: string; owner: string }) =>
      `\`${p.first}\` and \`${p.second}\` exclude each other${p.owner === "" ? "" : ` in \`${p.owner}\``}`,
    about: "Two options state the same thing in two ways, and could contradict each other.",
  },
  MTL3019: {
    slug: "unsorted-list",
    severity: "error",
    title: "list not in ascending order",
    message: (p: { option: string; problem: string }) => `\`${p.option}\` is not in order: ${p.problem}`,
    about: "The list must ascend, without a value twice: boundaries cut a line into pieces.",
  },
  MTL3090: {
    slug: "not-supported",
    severity: "error",
    title: "not supported in this version",
    message: (p: { what: string; instead: string }) => `${p.what} is not in this version of mtlc; ${p.instead}`,
    about:
      "The word belongs to the language, and this version of the compiler does not have it yet. The message says what comes nearest.",
  },
});
