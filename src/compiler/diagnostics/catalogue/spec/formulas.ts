import { defineDiagnostics } from "../../define.js";

/** MTL5xxx: ranges of formulas, the values that they read, and experiments on their parameters. */
export const formulasDiagnostics = defineDiagnostics({
  MTL5001: {
    slug: "division-by-zero",
    severity: "error",
    title: "possible division by zero",
    message: (p: { range: string }) => `this may divide by 0: the divisor lies in ${p.range}`,
    about:
      "Ranges run through every formula. The divisor's range contains 0, so for some candidate this divides by 0. A guard such as `max(x, 1e-6)` moves the range.",
  },
  MTL5002: {
    slug: "log-of-zero",
    severity: "error",
    title: "possible logarithm of zero or a negative number",
    message: (p: { name: string; range: string }) =>
      `\`${p.name}\` may have no finite value: its argument lies in ${p.range}`,
    about:
      "The logarithm of 0 is minus infinity, and that of a negative number does not exist. A probability reaches 0, so `log(ctr)` may be infinite; `log(max(ctr, 1e-6))` is not.",
  },
  MTL5003: {
    slug: "root-of-negative",
    severity: "error",
    title: "possible root of a negative number",
    message: (p: { range: string }) => `this may be no number: a root of what lies in ${p.range}`,
    about: "A root, or a power with an exponent that is not whole, of a negative number does not exist.",
  },
  MTL5004: {
    slug: "overflow",
    severity: "error",
    title: "possible overflow",
    message: (p: { what: string }) => `${p.what} may overflow to infinity`,
    about: "For some candidate inside the declared ranges the result is larger than any number. Bound what goes in.",
  },
  MTL5005: {
    slug: "value-out-of-range",
    severity: "error",
    title: "value out of range",
    message: (p: { name: string; value: number; range: string }) =>
      `\`${p.name}\` is ${p.value}, outside its range ${p.range}`,
    about: "The value lies outside the range that was declared for it.",
  },
  MTL5006: {
    slug: "empty-range",
    severity: "error",
    title: "empty range",
    message: (p: { name: string; range: string }) => `the range of \`${p.name}\` is empty: ${p.range}`,
    about: "No number lies in this range: its bounds are the wrong way around, or both are left out.",
  },
  MTL5040: {
    slug: "formula-too-large",
    severity: "error",
    title: "formula too large",
    message: (p: { nodes: number; depth: number; mostNodes: number; mostDepth: number }) =>
      `this formula has ${p.nodes} parts and is ${p.depth} deep; ${p.mostNodes} parts and a depth of ${p.mostDepth} are allowed`,
    about:
      "Formulas are evaluated for every candidate of every request, so their size is bounded: 256 nodes, 64 levels. Name a part with a `fusion` of its own.",
  },
  MTL5041: {
    slug: "piecewise-knots",
    severity: "error",
    title: "invalid piecewise knots",
    message: (p: { knots: number; values: number; rises: boolean }) =>
      p.knots !== p.values
        ? `\`piecewise\` needs a value at each knot: there are ${p.knots} knots and ${p.values} values`
        : p.rises
          ? `\`piecewise\` needs at least two knots, and has ${p.knots}`
          : "the knots of `piecewise` rise from left to right, and these do not",
    about: "The points of a piecewise function ascend, and there are at least two.",
  },
  MTL5043: {
    slug: "unknown-time-zone",
    severity: "error",
    title: "unknown time zone",
    message: (p: { zone: string }) => `there is no time zone \`${p.zone}\``,
    about: "Calendar windows follow a time zone by its IANA name, such as `Asia/Shanghai`, or `UTC`.",
  },
  MTL5046: {
    slug: "unserved-task",
    severity: "error",
    title: "task is not served",
    message: (p: { name: string }) => `\`${p.name}\` is auxiliary: it is trained, and never served`,
    about: "An `auxiliary` task is trained and never served, so a formula cannot read it.",
  },
  MTL5049: {
    slug: "conflicting-missing-policy",
    severity: "error",
    title: "conflicting policies for missing values",
    message: (p: { name: string }) =>
      `\`${p.name}\` may stay missing, and \`missing\` says what stands for it: only one of them holds`,
    about:
      "`missing` says what stands for a value that is not there, and `coalesce` or `missing(…)` in formulas handles it there. With both, only one could ever apply.",
  },
  MTL5050: {
    slug: "outside-without-range",
    severity: "error",
    title: "`outside` without a range",
    message: (p: { name: string }) => `\`${p.name}\` has no range that a value could be outside of`,
    about: "What to do with a value outside its range is said of a value that has no range, so nothing can be outside.",
  },
  MTL5051: {
    slug: "arm-shares",
    severity: "error",
    title: "arm shares do not sum to 1",
    message: (p: { sum: number; arms: number }) =>
      p.arms === 0 ? "this experiment has no arms" : `the shares of the ${p.arms} arms sum to ${p.sum}, not to 1`,
    about: "Every request is in one arm of an experiment, so the shares of its arms sum to 1.",
  },
  MTL5052: {
    slug: "overlapping-experiments",
    severity: "error",
    title: "overlapping experiments",
    message: (p: { param: string; first: string; second: string }) =>
      `\`${p.second}\` sets \`${p.param}\`, which \`${p.first}\` sets: a request may be in an arm of both`,
    about:
      "Experiments assign requests apart from one another, so a request may be in an arm of both, and only one of two values can hold.",
  },
  MTL5055: {
    slug: "unavailable-value",
    severity: "error",
    title: "unavailable value",
    message: (p: { name: string; ofRequest: boolean }) =>
      p.ofRequest ? `\`${p.name}\` is no value of the request` : `\`${p.name}\` is no value that a candidate brings`,
    about:
      "A formula reads what candidates bring, a condition on the request what the request brings, and this is neither.",
  },
});
