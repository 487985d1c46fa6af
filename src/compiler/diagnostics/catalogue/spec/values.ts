import { defineDiagnostics } from "../../define.js";

/** MTL304x, 3057: values of formulas and tests. */
export const valuesDiagnostics = defineDiagnostics({
  MTL3042: {
    slug: "not-a-value",
    severity: "error",
    title: "not a value of a formula",
    message: (p: { found: string }) =>
      `a formula computes with scores, parameters, attributes and functions of them, not with ${p.found}`,
    about: "Formulas, conditions and tests compute with values: numbers, texts, times, booleans.",
    fix: "Read a score, a parameter, an attribute or a function of them.",
  },
  MTL3043: {
    slug: "unhandled-missing-value",
    severity: "error",
    title: "unhandled missing value",
    message: (p: { value: string }) => `${p.value} may be missing, and the formula needs a default for it`,
    about:
      "A value declared with `?`, and a raw feature, may be missing, and arithmetic on a missing value has no result. Comparisons need no default: with a missing value they are false.",
    fix: "Give a default: `coalesce(x, 0)`.",
  },
  MTL3044: {
    slug: "unit-mismatch",
    severity: "error",
    title: "unit mismatch",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` needs the same unit on both sides, not ${p.left} and ${p.right}`,
    about:
      "Sums and comparisons of different units, such as seconds and yuan, have no meaning. A product or quotient may mix units, and its result has the combined unit; a number without a unit fits any. A power with a fractional exponent drops the unit, because only the order is used.",
    fix: "Convert one side, or divide both by their unit.",
  },
  MTL3045: {
    slug: "attribute-type",
    severity: "error",
    title: "invalid attribute type",
    message: (p: { name: string }) =>
      `\`${p.name}\` is an attribute of candidates: it is a \`number\`, \`text\`, \`bool\`, \`time\` or \`duration\`; what other systems predict goes into \`signals\``,
    about: "An attribute is a value that a candidate provides; what another system predicts is a signal.",
    fix: "Declare it in `signals`, or use one of the types that the message lists.",
  },
  MTL3046: {
    slug: "score-not-a-number",
    severity: "error",
    title: "score is not a number",
    message: (p: { name: string; found: string }) => `\`${p.name}\` ranks by a number, not by ${p.found}`,
    about: "A ranking is an order by a number, so its formula must compute one.",
    fix: "Write a formula that gives a number.",
  },
  MTL3047: {
    slug: "test-value-type",
    severity: "error",
    title: "test value type mismatch",
    message: (p: { name: string; expected: string; found: string }) => `\`${p.name}\` is ${p.expected}, not ${p.found}`,
    about: "A value in a test has another type than the declared one, or is not a literal.",
    fix: "Write a literal of the declared type: a number, a text, a date, a list.",
  },
  MTL3057: {
    slug: "time-arithmetic",
    severity: "error",
    title: "invalid time arithmetic",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` is not defined for ${p.left} and ${p.right}`,
    about:
      "The difference of two times is a duration, a time plus a duration is a time, and a duration over a duration is a number. There is no other arithmetic with times.",
    fix: "Divide a duration by a unit first, as in `age / 1h`, and compute with numbers.",
  },
});
