import { defineDiagnostics } from "../define.js";
import { joinNames } from "../words.js";

/** MTL5xxx: ranges of formulas, and rules. */
export const rangesDiagnostics = defineDiagnostics({
  MTL5001: {
    severity: "error",
    title: "division by zero",
    message: (p: { range: string }) => `this may divide by 0: the divisor lies in ${p.range}`,
  },
  MTL5002: {
    severity: "error",
    title: "logarithm of zero or less",
    message: (p: { name: string; range: string }) =>
      `\`${p.name}\` may have no finite value: its argument lies in ${p.range}`,
  },
  MTL5003: {
    severity: "error",
    title: "root of a negative number",
    message: (p: { range: string }) => `this may be no number: a root of what lies in ${p.range}`,
  },
  MTL5004: {
    severity: "error",
    title: "overflow",
    message: (p: { what: string }) => `${p.what} may overflow to infinity`,
  },
  MTL5005: {
    severity: "error",
    title: "value outside its range",
    message: (p: { name: string; value: number; range: string }) =>
      `\`${p.name}\` is ${p.value}, outside its range ${p.range}`,
  },
  MTL5006: {
    severity: "error",
    title: "empty range",
    message: (p: { name: string; range: string }) => `the range of \`${p.name}\` is empty: ${p.range}`,
  },
  MTL5007: {
    severity: "error",
    title: "clause that the rule does not take",
    message: (p: { verb: string; clause: string; known: readonly string[] }) =>
      `\`${p.verb}\` takes no \`${p.clause}\`; it takes ${joinNames(p.known)}`,
  },
  MTL5008: {
    severity: "error",
    title: "rule without a clause that it needs",
    message: (p: { verb: string; rule: string; missing: readonly string[] }) =>
      `\`${p.verb} ${p.rule}\` needs ${joinNames(p.missing)}`,
  },
  MTL5009: {
    severity: "error",
    title: "clause twice on a rule",
    message: (p: { clause: string }) => `\`${p.clause}\` stands twice on this rule`,
  },
  MTL5010: {
    severity: "error",
    title: "time window that is never open",
    message: () => "this window is never open: it ends when it begins, or before",
  },
  MTL5011: {
    severity: "error",
    title: "rule that can never matter",
    message: (p: { bound: "most" | "least"; count: number; places: number }) =>
      p.bound === "most"
        ? `at most ${p.count} of ${p.places} places is always so`
        : `at least ${p.count} of ${p.places} places can never be so`,
  },
  MTL5040: {
    severity: "error",
    title: "formula too large",
    message: (p: { nodes: number; depth: number; mostNodes: number; mostDepth: number }) =>
      `this formula has ${p.nodes} parts and is ${p.depth} deep; ${p.mostNodes} parts and a depth of ${p.mostDepth} are allowed`,
  },
  MTL5041: {
    severity: "error",
    title: "points that make no line",
    message: (p: { knots: number; values: number; rises: boolean }) =>
      p.knots !== p.values
        ? `\`piecewise\` needs a value at each knot: there are ${p.knots} knots and ${p.values} values`
        : p.rises
          ? `\`piecewise\` needs at least two knots, and has ${p.knots}`
          : "the knots of `piecewise` rise from left to right, and these do not",
  },
  MTL5042: {
    severity: "error",
    title: "bounds stated twice",
    message: (p: { rule: string }) =>
      `\`bounds\` limits the product of all boosts of these rules, and \`${p.rule}\` states other ones`,
  },
  MTL5043: {
    severity: "error",
    title: "unknown time zone",
    message: (p: { zone: string }) => `there is no time zone \`${p.zone}\``,
  },
  MTL5044: {
    severity: "error",
    title: "too many rules",
    message: (p: { rules: number; most: number }) => `these are ${p.rules} rules; ${p.most} are allowed`,
  },
  MTL5045: {
    severity: "error",
    title: "factor on a score that may be negative",
    message: (p: { rule: string; verb: string; range: string }) =>
      `\`${p.verb} ${p.rule}\` multiplies a score in ${p.range}: below 0 it would do the opposite`,
  },
  MTL5046: {
    severity: "error",
    title: "task that is not served",
    message: (p: { name: string }) => `\`${p.name}\` is auxiliary: it is trained, and never served`,
  },
  MTL5047: {
    severity: "error",
    title: "factor outside what the rule allows",
    message: (p: { verb: string; expected: string; range: string }) =>
      `\`${p.verb}\` takes a factor ${p.expected}, and this one lies in ${p.range}`,
  },
  MTL5048: {
    severity: "error",
    title: "key that is no value of a candidate",
    message: (p: { verb: string; found: string; expected: string }) =>
      `\`${p.verb}\` goes by ${p.expected}, not by ${p.found}`,
  },
  MTL5049: {
    severity: "error",
    title: "missing value that has a value",
    message: (p: { name: string }) =>
      `\`${p.name}\` may stay missing, and \`missing\` says what stands for it: only one of them holds`,
  },
  MTL5050: {
    severity: "error",
    title: "nothing is outside",
    message: (p: { name: string }) => `\`${p.name}\` has no range that a value could be outside of`,
  },
  MTL5051: {
    severity: "error",
    title: "shares that are no whole",
    message: (p: { sum: number; arms: number }) =>
      p.arms === 0 ? "this experiment has no arms" : `the shares of the ${p.arms} arms sum to ${p.sum}, not to 1`,
  },
  MTL5052: {
    severity: "error",
    title: "two experiments on one parameter",
    message: (p: { param: string; first: string; second: string }) =>
      `\`${p.second}\` sets \`${p.param}\`, which \`${p.first}\` sets: a request may be in an arm of both`,
  },
  MTL5054: {
    severity: "error",
    title: "stage that asks for more than is left",
    message: (p: { wanted: number; left: number }) =>
      `this stage keeps ${p.wanted}, and the one before it leaves ${p.left}`,
  },
  MTL5055: {
    severity: "error",
    title: "value that nobody brings here",
    message: (p: { name: string; ofRequest: boolean }) =>
      p.ofRequest ? `\`${p.name}\` is no value of the request` : `\`${p.name}\` is no value that a candidate brings`,
  },
  MTL5060: {
    severity: "error",
    title: "rules attached twice",
    message: (p: { rules: string; rank: string }) =>
      `\`${p.rules}\` stands twice after \`with\` in \`${p.rank}\`: its factors would count twice`,
  },
  MTL5061: {
    severity: "error",
    title: "pace with two numbers",
    message: (p: { rule: string; least: string; most: string }) =>
      `\`${p.rule}\` says \`at least ${p.least}\` and \`at most ${p.most}\`; a pace follows one number`,
  },
  MTL5062: {
    severity: "error",
    title: "count that each candidate has its own of",
    message: (p: { where: string; name: string }) =>
      `\`${p.where}\` is one number for the whole request, and each candidate has its own \`${p.name}\``,
  },
  MTL5063: {
    severity: "error",
    title: "count outside what can be counted",
    message: (p: { where: string; range: string }) =>
      `\`${p.where}\` takes a whole number in [1, 10000], and this lies in ${p.range}`,
  },
});
