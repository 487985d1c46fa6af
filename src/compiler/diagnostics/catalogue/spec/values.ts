import { defineDiagnostics } from "../../define.js";

/** MTL304x, 3057: values of formulas and tests. */
export const valuesDiagnostics = defineDiagnostics({
  MTL3042: {
    slug: "not-a-value",
    severity: "error",
    title: "not a value of a formula",
    message: (p: { found: string }) =>
      `a formula computes with scores, parameters, attributes and functions of them; ${p.found} cannot stand here`,
    about: "Formulas, conditions and tests compute with values: numbers, texts, times, conditions.",
  },
  MTL3043: {
    slug: "unhandled-missing-value",
    severity: "error",
    title: "unhandled missing value",
    message: (p: { value: string }) => `${p.value} may be missing, and a formula must say what then`,
    about:
      "A value declared with `?`, and a raw feature, may be missing, and arithmetic on nothing has no result. `coalesce(x, 0)` says what stands for it. Comparisons need no such help: with a missing value they are false.",
  },
  MTL3044: {
    slug: "unit-mismatch",
    severity: "error",
    title: "unit mismatch",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` needs one unit on both sides, not ${p.left} and ${p.right}`,
    about:
      "Sums and comparisons of a number of seconds and a number of yuan mean nothing. A product or quotient may mix units, and its result has the unit that they make; a number without a unit goes with any. A power with an exponent that is not a whole number takes the unit away, since only the order is meant.",
  },
  MTL3045: {
    slug: "attribute-type",
    severity: "error",
    title: "invalid attribute type",
    message: (p: { name: string }) =>
      `\`${p.name}\` is brought by a candidate: it is a \`number\`, \`text\`, \`bool\`, \`time\` or \`duration\`; what other systems predict stands in \`signals\``,
    about: "An attribute is what a candidate brings with it; what another system predicts is a signal.",
  },
  MTL3046: {
    slug: "score-not-a-number",
    severity: "error",
    title: "score is not a number",
    message: (p: { name: string; found: string }) => `\`${p.name}\` ranks by a number, and this is ${p.found}`,
    about: "A ranking is an order by a number, so a formula must give one.",
  },
  MTL3047: {
    slug: "test-value-type",
    severity: "error",
    title: "test value type mismatch",
    message: (p: { name: string; expected: string; found: string }) =>
      `\`${p.name}\` is ${p.expected}, and the candidate has ${p.found}`,
    about: "A candidate of a test gives a value of another kind than what was declared.",
  },
  MTL3057: {
    slug: "time-arithmetic",
    severity: "error",
    title: "invalid time arithmetic",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` does not stand between ${p.left} and ${p.right}`,
    about:
      "A difference of times is a duration, a time and a duration make a time, and a duration over a duration is a number. There is no other arithmetic of them: divide durations by a unit first, and compute with numbers.",
  },
});
