import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL300x, 3018, 3019: arguments of built-ins. MTL3090, a word that was not built yet, is not used again. */
export const argumentsDiagnostics = defineDiagnostics({
  MTL3001: {
    slug: "missing-argument",
    severity: "error",
    title: "missing argument",
    message: (p: { callee: string; parameter: string; expected: string }) =>
      `\`${p.callee}\` needs \`${p.parameter}\`: ${p.expected}`,
    about: "A parameter without a default has no argument.",
    fix: "Add the argument.",
  },
  MTL3002: {
    slug: "argument-type",
    severity: "error",
    title: "argument type mismatch",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
    about: "The parameter takes a value of another type: a number, a name, a list, a text or a condition.",
    fix: "Write a value of the type that the message names.",
  },
  MTL3003: {
    slug: "argument-range",
    severity: "error",
    title: "argument out of range",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
    about: "The value has the right type but is out of the parameter's range.",
    fix: "Write a value in the range that the message gives.",
  },
  MTL3004: {
    slug: "duplicate-argument",
    severity: "error",
    title: "duplicate argument",
    message: (p: { callee: string; parameter: string }) => `\`${p.parameter}\` of \`${p.callee}\` is repeated`,
    about: "An argument is repeated: given by position and by name, or by name twice.",
    fix: "Remove one of the two.",
  },
  MTL3005: {
    slug: "extra-argument",
    severity: "error",
    title: "too many arguments",
    message: (p: { callee: string; parameters: readonly string[] }) =>
      p.parameters.length === 0
        ? `\`${p.callee}\` takes no such argument`
        : `too many arguments for \`${p.callee}\`, which takes ${joinNames(p.parameters)}`,
    about: "There are more arguments than parameters.",
    fix: "Remove the extra argument.",
  },
  MTL3006: {
    slug: "argument-count",
    severity: "error",
    title: "wrong number of arguments",
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${p.expected === 1 ? "one argument" : `${p.expected} arguments`}, not ${p.found}`,
    about: "A function of formulas takes a fixed number of arguments.",
    fix: "Give as many arguments as the message says.",
  },
  MTL3018: {
    slug: "conflicting-options",
    severity: "error",
    title: "conflicting options",
    message: (p: { first: string; second: string; owner: string }) =>
      `\`${p.first}\` and \`${p.second}\` exclude each other${p.owner === "" ? "" : ` in \`${p.owner}\``}`,
    about: "Two options state the same thing in two ways, and could contradict each other.",
    fix: "Keep one of the two options.",
  },
  MTL3019: {
    slug: "unsorted-list",
    severity: "error",
    title: "list not in ascending order",
    message: (p: { option: string; problem: string }) => `\`${p.option}\` is not in order: ${p.problem}`,
    about: "The list must be in ascending order without repeated values: boundaries cut the numbers into intervals.",
    fix: "Sort the list and remove repeated values.",
  },
  MTL3152: {
    slug: "nothing-outside",
    severity: "error",
    title: "`outside: missing` without ids or without `missing`",
    message: (p: { needs: string }) => `\`outside: missing\` needs \`${p.needs}:\` beside it`,
    about:
      "`categorical(ids: 50, missing: 0, outside: missing)` reads a value that is not a whole number in [0, 50) as a null, and a null as 0. So it needs the number of ids, and what a null is.",
    fix: "Give `ids:` and `missing:`, or leave `outside` out.",
  },
  MTL3140: {
    slug: "several-keys",
    severity: "error",
    title: "several keys of one entry",
    message: () => "an entry has one key here; several heads share an entry in `loss` and `metrics` only",
    about:
      "`[click, like]: bce` gives several heads the same loss, or the same metrics. Entries of other blocks and of records say something of one key.",
    fix: "Write an entry for each key.",
  },
  MTL3091: {
    slug: "nothing-to-watch",
    severity: "error",
    title: "schedule without a metric to watch",
    message: (p: { schedule: string }) =>
      `\`${p.schedule}\` changes the learning rate by the metric that \`stop\` watches, and there is no \`stop\``,
    about:
      "The schedule lowers the learning rate when a metric has not improved for some evaluations. The metric is that of early stopping, and this spec asks for none.",
    fix: "Add `stop: early(metric: auc(task), patience: 3)`, with more patience than the schedule has, or choose another schedule.",
  },
  MTL3110: {
    slug: "all-frozen",
    severity: "error",
    title: "everything is frozen",
    message: () => "`frozen: all` leaves nothing to train",
    about: "`frozen` names what training leaves as it is. With `all`, that is everything.",
    fix: "Name the features, the parts of the network or the groups that stay as they are.",
  },
});
