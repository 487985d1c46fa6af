import { defineDiagnostics } from "../../define.js";

/** MTL316x: what a search chooses from. */
export const searchDiagnostics = defineDiagnostics({
  MTL3160: {
    slug: "misplaced-search",
    severity: "error",
    title: "`search` where nothing can be searched",
    message: (p: { where: string }) => `\`search\` cannot appear in ${p.where}`,
    about:
      "A search chooses options of features, of the network, of heads, losses and training. What decides which rows there are, what they mean and how they are measured is the same in all trials; parameters of formulas are tuned on logged data.",
    fix: "Write one value.",
  },
  MTL3161: {
    slug: "search-range",
    severity: "error",
    title: "invalid range of a search",
    message: (p: { problem: string }) => p.problem,
    about:
      "`search 1e-4..1e-2 log` chooses a number between two numbers, the smaller one first. With `log`, equal factors are equally far apart, so that the range begins above 0.",
    fix: "Write two numbers, the smaller one first, and with `log` both above 0.",
  },
  MTL3162: {
    slug: "search-choices",
    severity: "error",
    title: "invalid choices of a search",
    message: (p: { problem: string }) => p.problem,
    about: "`search [16, 32, 64]` chooses one of at least two values, all different.",
    fix: "Write each choice once, and at least two; where there is nothing to choose, write the value.",
  },
  MTL3163: {
    slug: "search-default",
    severity: "error",
    title: "default outside of a search",
    message: (p: { what: string }) => `the default of a \`search\` is ${p.what}`,
    about:
      "What follows `=` is the value that everything but a search takes: one of the choices as it is written there, or a number of the range.",
    fix: "Write a value that the search chooses from, or leave `= …` out: the default is then the first choice, or the middle of the range.",
  },
  MTL3164: {
    slug: "nested-search",
    severity: "error",
    title: "`search` inside a `search`",
    message: () => "a `search` cannot appear inside another one",
    about: "Each search is a dimension of its own, which has a value in every trial.",
    fix: "Write the choices out, or make two searches side by side of it.",
  },
  MTL3165: {
    slug: "many-search-values",
    severity: "error",
    title: "too many values to search",
    message: (p: { found: number; limit: number }) =>
      `the searches of a spec have at most ${p.limit} values beside their defaults, ends of ranges included, not ${p.found}`,
    about: "The spec is checked with each of the values, so that a trial does not fail for a value that is not valid.",
    fix: "Write a range, `search 8..512`, in place of a long list of numbers.",
  },
});
