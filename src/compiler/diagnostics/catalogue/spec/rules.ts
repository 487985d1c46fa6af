import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL5xxx: rules and rankings. */
export const rulesDiagnostics = defineDiagnostics({
  MTL5007: {
    slug: "unknown-clause",
    severity: "error",
    title: "unknown clause of a rule",
    message: (p: { verb: string; clause: string; known: readonly string[] }) =>
      `\`${p.verb}\` does not take \`${p.clause}\`; it takes ${joinNames(p.known)}`,
    about: "Each kind of rule takes certain clauses, and this is not one of them.",
    fix: "Use one of the clauses that the message lists.",
  },
  MTL5008: {
    slug: "missing-clause",
    severity: "error",
    title: "missing clause of a rule",
    message: (p: { verb: string; rule: string; missing: readonly string[] }) =>
      `\`${p.verb} ${p.rule}\` needs ${joinNames(p.missing)}`,
    about: "Each kind of rule requires certain clauses.",
    fix: "Add the clause that the message names.",
  },
  MTL5009: {
    slug: "duplicate-clause",
    severity: "error",
    title: "duplicate clause",
    message: (p: { clause: string }) => `\`${p.clause}\` is repeated on this rule`,
    about: "A clause may appear only once on a rule.",
    fix: "Remove one of the two clauses.",
  },
  MTL5010: {
    slug: "empty-window",
    severity: "error",
    title: "empty time window",
    message: () => "this window is never open: it ends before it begins",
    about:
      "A time window is open from its first date up to, and without, the second. This one closes before it opens, so the rule never applies.",
    fix: "Write the earlier date first.",
  },
  MTL5011: {
    slug: "rule-without-effect",
    severity: "error",
    title: "rule without effect",
    message: (p: { bound: "most" | "least"; count: number; places: number }) =>
      p.bound === "most"
        ? `at most ${p.count} of ${p.places} positions is always true`
        : `at least ${p.count} of ${p.places} positions is never true`,
    about: "Every list satisfies the bound, or none can, so the rule has no effect or cannot be met.",
    fix: "Write a bound that some lists satisfy and others do not.",
  },
  MTL5042: {
    slug: "conflicting-bounds",
    severity: "error",
    title: "conflicting bounds",
    message: (p: { rule: string }) =>
      `\`bounds\` limits the product of all boosts of these rules, but \`${p.rule}\` states other bounds`,
    about: "Bounds are stated once; a second statement would silently override the first.",
    fix: "Remove one of the two.",
  },
  MTL5044: {
    slug: "too-many-rules",
    severity: "error",
    title: "too many rules",
    message: (p: { rules: number; most: number }) => `a set may have at most ${p.most} rules, not ${p.rules}`,
    about: "Rules are evaluated for every request, so the number of rules in a set is bounded.",
    fix: "Split the set, or join rules by `or`.",
  },
  MTL5045: {
    slug: "negative-score-factor",
    severity: "error",
    title: "factor on a possibly negative score",
    message: (p: { rule: string; verb: string; range: string }) =>
      `\`${p.verb} ${p.rule}\` multiplies a score in ${p.range}: below 0 it would have the opposite effect`,
    about:
      "Boosts and suppressions multiply the score. A negative score times 1.5 becomes smaller, so the rule would have the opposite effect.",
    fix: "Bound the score from below: `max(score, 0)`.",
  },
  MTL5047: {
    slug: "factor-out-of-range",
    severity: "error",
    title: "factor out of range",
    message: (p: { verb: string; expected: string; range: string }) =>
      `\`${p.verb}\` takes a factor ${p.expected}, but this one is in ${p.range}`,
    about: "The factor is outside the bounds that the rule states or has by default.",
    fix: "Change the factor or the `bounds` of the rule.",
  },
  MTL5048: {
    slug: "invalid-rule-key",
    severity: "error",
    title: "invalid key of a rule",
    message: (p: { verb: string; found: string; expected: string }) =>
      `\`${p.verb}\` needs ${p.expected} as its key, not ${p.found}`,
    about: "The rule groups candidates by a value that each candidate has: an attribute, a feature or a signal.",
    fix: "Use such a value as the key.",
  },
  MTL5054: {
    slug: "stage-size",
    severity: "error",
    title: "stage keeps more than it gets",
    message: (p: { wanted: number; left: number }) =>
      `this stage keeps ${p.wanted}, and the one before it leaves ${p.left}`,
    about: "Each stage of a ranking keeps some of what the stage before it leaves, so it cannot keep more.",
    fix: "Lower the number of this stage, or raise the one before it.",
  },
  MTL5060: {
    slug: "duplicate-rules",
    severity: "error",
    title: "rules attached twice",
    message: (p: { rules: string; rank: string }) =>
      `\`${p.rules}\` is repeated after \`with\` in \`${p.rank}\`: its factors would apply twice`,
    about: "A ranking applies each of its sets of rules once. Attached twice, a boost of 2 would multiply by 4.",
    fix: "Remove one of the two names after `with`.",
  },
  MTL5061: {
    slug: "conflicting-pace",
    severity: "error",
    title: "pace with two targets",
    message: (p: { rule: string; least: string; most: string }) =>
      `\`${p.rule}\` states \`at least ${p.least}\` and \`at most ${p.most}\`; a pace follows one number`,
    about:
      "A pace steers exposures along one curve that ends at one number: `at most` for a budget, `at least` for a goal.",
    fix: "Keep one of the two bounds. For a hard limit beside a goal, add a `cap`.",
  },
  MTL5062: {
    slug: "count-per-candidate",
    severity: "error",
    title: "count depends on the candidate",
    message: (p: { where: string; name: string }) =>
      `\`${p.where}\` is one number for the whole request, but each candidate has its own \`${p.name}\``,
    about:
      "A window or a quota applies to the list as a whole, so its numbers are formulas over the request and parameters. A value of a candidate cannot decide them.",
    fix: "Read only values of the request and parameters.",
  },
  MTL5063: {
    slug: "count-out-of-range",
    severity: "error",
    title: "count out of range",
    message: (p: { where: string; range: string }) =>
      `\`${p.where}\` takes an integer in [1, 10000], but this is in ${p.range}`,
    about:
      "A formula for a count of a rule is rounded to the nearest integer. The ranges of its inputs must keep it between 1 and 10,000, so that no request can make the rule invalid.",
    fix: "Bound the formula, as in `min(max(n, 1), 10)`.",
  },
});
