import { defineDiagnostics } from "../../define.js";

/** MTL5xxx: ranges of formulas, the values that they read, and experiments on their parameters. */
export const formulasDiagnostics = defineDiagnostics({
  MTL5001: {
    slug: "division-by-zero",
    severity: "error",
    title: "possible division by zero",
    message: (p: { range: string }) => `this may divide by 0: the divisor is in ${p.range}`,
    about:
      "The compiler computes the range of every formula. The range of the divisor contains 0, so for some candidate this divides by 0.",
    fix: "Bound the divisor: `max(x, 1e-6)`.",
  },
  MTL5002: {
    slug: "log-of-zero",
    severity: "error",
    title: "possible logarithm of zero or a negative number",
    message: (p: { name: string; range: string }) =>
      `\`${p.name}\` may have no finite value: its argument is in ${p.range}`,
    about:
      "The logarithm of 0 is minus infinity, and a negative number has none. A probability can be 0, so `log(ctr)` may be infinite.",
    fix: "Bound the argument: `log(max(ctr, 1e-6))`.",
  },
  MTL5003: {
    slug: "root-of-negative",
    severity: "error",
    title: "possible root of a negative number",
    message: (p: { range: string }) => `this root may have no real value: its argument is in ${p.range}`,
    about: "A negative number has no root, and no power with a fractional exponent.",
    fix: "Bound the argument: `max(x, 0)`.",
  },
  MTL5004: {
    slug: "overflow",
    severity: "error",
    title: "possible overflow",
    message: (p: { what: string }) => `${p.what} may overflow to infinity`,
    about: "For some candidate inside the declared ranges, the result is too large for a 64-bit number.",
    fix: "Bound the argument, such as `min(x, 50)`.",
  },
  MTL5005: {
    slug: "value-out-of-range",
    severity: "error",
    title: "value out of range",
    message: (p: { name: string; value: number; range: string }) =>
      `\`${p.name}\` is ${p.value}, out of its range ${p.range}`,
    about: "The value is outside the range that is declared for it.",
    fix: "Change the value or the range.",
  },
  MTL5006: {
    slug: "empty-range",
    severity: "error",
    title: "empty range",
    message: (p: { name: string; range: string }) => `the range of \`${p.name}\` is empty: ${p.range}`,
    about: "No number is in this range: its bounds are swapped, or both are excluded.",
    fix: "Write the lower bound first.",
  },
  MTL5040: {
    slug: "formula-too-large",
    severity: "error",
    title: "formula too large",
    message: (p: { nodes: number; depth: number; mostNodes: number; mostDepth: number }) =>
      `this formula has ${p.nodes} parts and is ${p.depth} deep; ${p.mostNodes} parts and a depth of ${p.mostDepth} are allowed`,
    about:
      "Formulas are evaluated for every candidate of every request, so their size is bounded: 256 nodes, 64 levels.",
    fix: "Declare a part as a `fusion` of its own.",
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
    about: "The knots of a piecewise linear function ascend, there are at least two, and each has a value.",
    fix: "Write as many values as knots, with the knots in ascending order.",
  },
  MTL5043: {
    slug: "unknown-time-zone",
    severity: "error",
    title: "unknown time zone",
    message: (p: { zone: string }) => `there is no time zone \`${p.zone}\``,
    about: "Calendar windows follow a time zone by its IANA name, such as `Asia/Shanghai`, or `UTC`.",
    fix: "Write a name of the IANA time zone database.",
  },
  MTL5046: {
    slug: "unserved-task",
    severity: "error",
    title: "task is not served",
    message: (p: { name: string }) => `\`${p.name}\` is auxiliary: it is trained, and never served`,
    about: "An `auxiliary` task is trained and never served, so a formula cannot read it.",
    fix: "Remove `auxiliary`, or read another head.",
  },
  MTL5049: {
    slug: "conflicting-missing-policy",
    severity: "error",
    title: "conflicting policies for missing values",
    message: (p: { name: string }) =>
      `\`${p.name}\` may stay missing, but \`missing\` gives it a default: only one of the two can apply`,
    about:
      "`missing` gives a default for a missing value, and `?` keeps it missing for the formula to handle. Only one of the two can apply.",
    fix: "Remove the `?`, or the `missing` option.",
  },
  MTL5050: {
    slug: "outside-without-range",
    severity: "error",
    title: "`outside` without a range",
    message: (p: { name: string }) => `\`${p.name}\` has no range, so no value can be outside of it`,
    about: "`outside` says what happens to a value outside its range, and the value has no range.",
    fix: "Declare a range, or remove `outside`.",
  },
  MTL5051: {
    slug: "arm-shares",
    severity: "error",
    title: "arm shares do not sum to 1",
    message: (p: { sum: number; arms: number }) =>
      p.arms === 0 ? "this experiment has no arms" : `the shares of the ${p.arms} arms sum to ${p.sum}, not to 1`,
    about: "Every request is in exactly one arm of an experiment, so the shares of its arms sum to 1.",
    fix: "Change the shares so that they sum to 1.",
  },
  MTL5052: {
    slug: "overlapping-experiments",
    severity: "error",
    title: "overlapping experiments",
    message: (p: { param: string; first: string; second: string }) =>
      `\`${p.second}\` sets \`${p.param}\`, which \`${p.first}\` sets: a request may be in an arm of both`,
    about:
      "Experiments assign requests independently, so a request may be in an arm of both, and the parameter can have only one value.",
    fix: "Let one of the experiments set another parameter, or join the two.",
  },
  MTL5055: {
    slug: "unavailable-value",
    severity: "error",
    title: "unavailable value",
    message: (p: { name: string; ofRequest: boolean }) =>
      p.ofRequest ? `\`${p.name}\` is not a value of the request` : `\`${p.name}\` is not a value of a candidate`,
    about:
      "A formula reads what candidates provide; a condition on the request reads what the request provides. This value is neither.",
    fix: "Read a declared attribute, signal, feature or value of the request.",
  },
  MTL5056: {
    slug: "value-without-candidate",
    severity: "error",
    title: "value without a candidate",
    message: (p: { what: "value"; name: string; candidate: string } | { what: "list function"; name: string }) =>
      p.what === "value"
        ? `\`${p.name}\` has a value per candidate, and \`expect\` reads one: write \`${p.name}(${p.candidate})\``
        : `\`${p.name}\` reads the values of all candidates, and \`expect\` has one: write a formula with \`${p.name}\` and read that`,
    about:
      "An expectation compares single values. A score, an attribute or a feature has a value per candidate, and a function such as `percentile` reads the values of all candidates.",
    fix: "Write the candidate: `score(plain)`. For a function of all candidates, declare a formula, `fusion share = percentile(score)`, and write `share(plain)`.",
  },
});
