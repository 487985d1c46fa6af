import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL5xxx: rules and rankings. */
export const rulesDiagnostics = defineDiagnostics({
  MTL5007: {
    slug: "unknown-clause",
    severity: "error",
    title: "unknown clause of a rule",
    message: (p: { verb: string; clause: string; known: readonly string[] }) =>
      `\`${p.verb}\` takes no \`${p.clause}\`; it takes ${joinNames(p.known)}`,
    about: "Each kind of rule takes certain clauses, and this is none of them.",
  },
  MTL5008: {
    slug: "missing-clause",
    severity: "error",
    title: "missing clause of a rule",
    message: (p: { verb: string; rule: string; missing: readonly string[] }) =>
      `\`${p.verb} ${p.rule}\` needs ${joinNames(p.missing)}`,
    about: "Each kind of rule needs certain clauses.",
  },
  MTL5009: {
    slug: "duplicate-clause",
    severity: "error",
    title: "duplicate clause",
    message: (p: { clause: string }) => `\`${p.clause}\` stands twice on this rule`,
    about: "A clause stands once on a rule.",
  },
  MTL5010: {
    slug: "empty-window",
    severity: "error",
    title: "empty time window",
    message: () => "this window is never open: it ends when it begins, or before",
    about:
      "A window of time is open from its first date up to, and without, the second. This one closes before it opens, so the rule never applies.",
  },
  MTL5011: {
    slug: "rule-without-effect",
    severity: "error",
    title: "rule without effect",
    message: (p: { bound: "most" | "least"; count: number; places: number }) =>
      p.bound === "most"
        ? `at most ${p.count} of ${p.places} places is always so`
        : `at least ${p.count} of ${p.places} places can never be so`,
    about: "The bound holds for every list, or for none, so the rule changes nothing or cannot be met.",
  },
  MTL5042: {
    slug: "conflicting-bounds",
    severity: "error",
    title: "conflicting bounds",
    message: (p: { rule: string }) =>
      `\`bounds\` limits the product of all boosts of these rules, and \`${p.rule}\` states other ones`,
    about: "Bounds are stated once, or the second ones would silently win.",
  },
  MTL5044: {
    slug: "too-many-rules",
    severity: "error",
    title: "too many rules",
    message: (p: { rules: number; most: number }) => `these are ${p.rules} rules; ${p.most} are allowed`,
    about:
      "Rules are evaluated for every request, so a set has a bounded number of them. Split it, or join rules by `or`.",
  },
  MTL5045: {
    slug: "negative-score-factor",
    severity: "error",
    title: "factor on a possibly negative score",
    message: (p: { rule: string; verb: string; range: string }) =>
      `\`${p.verb} ${p.rule}\` multiplies a score in ${p.range}: below 0 it would do the opposite`,
    about:
      "Boosts and suppressions multiply the score. A negative score times 1.5 falls, so the rule would do the opposite of what it says. Keep the score at 0 or above.",
  },
  MTL5047: {
    slug: "factor-out-of-range",
    severity: "error",
    title: "factor out of range",
    message: (p: { verb: string; expected: string; range: string }) =>
      `\`${p.verb}\` takes a factor ${p.expected}, and this one lies in ${p.range}`,
    about: "The factor lies outside the bounds that the rule states or has by default.",
  },
  MTL5048: {
    slug: "invalid-rule-key",
    severity: "error",
    title: "invalid key of a rule",
    message: (p: { verb: string; found: string; expected: string }) =>
      `\`${p.verb}\` goes by ${p.expected}, not by ${p.found}`,
    about: "Values are counted by something that each candidate has: an attribute, a feature or a signal.",
  },
  MTL5054: {
    slug: "stage-size",
    severity: "error",
    title: "stage keeps more than it gets",
    message: (p: { wanted: number; left: number }) =>
      `this stage keeps ${p.wanted}, and the one before it leaves ${p.left}`,
    about: "Each stage of a ranking keeps some of what the stage before it leaves, so it cannot keep more.",
  },
  MTL5060: {
    slug: "duplicate-rules",
    severity: "error",
    title: "rules attached twice",
    message: (p: { rules: string; rank: string }) =>
      `\`${p.rules}\` stands twice after \`with\` in \`${p.rank}\`: its factors would count twice`,
    about:
      "A ranking applies each of its sets of rules once. Attached twice, a boost of 2 would multiply by 4, and nobody could see why.",
  },
  MTL5061: {
    slug: "conflicting-pace",
    severity: "error",
    title: "pace with two targets",
    message: (p: { rule: string; least: string; most: string }) =>
      `\`${p.rule}\` says \`at least ${p.least}\` and \`at most ${p.most}\`; a pace follows one number`,
    about:
      "A pace steers exposures along one curve, which ends at one number: `at most` for a budget, `at least` for a goal. For a hard limit beside a goal, add a `cap`.",
  },
  MTL5062: {
    slug: "count-per-candidate",
    severity: "error",
    title: "count depends on the candidate",
    message: (p: { where: string; name: string }) =>
      `\`${p.where}\` is one number for the whole request, and each candidate has its own \`${p.name}\``,
    about:
      "A window or a quota holds for the list as a whole, so its numbers are formulas over the request and parameters. What a candidate brings cannot decide them.",
  },
  MTL5063: {
    slug: "count-out-of-range",
    severity: "error",
    title: "count out of range",
    message: (p: { where: string; range: string }) =>
      `\`${p.where}\` takes a whole number in [1, 10000], and this lies in ${p.range}`,
    about:
      "A number of a rule that is a formula is rounded to the nearest whole number. The ranges of what it reads have to say that it is at least 1 and at most 10,000, so that no request can turn the rule into nonsense.",
  },
});
