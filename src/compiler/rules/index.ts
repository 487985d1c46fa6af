/**
 * The verbs of rules, a file each: clauses and options with their defaults, what they make of the model, how that is
 * written, and a sentence for editors. The parser takes its words from here, the checker what each may say. Plain data and
 * pure functions over the model's types.
 */
import { verbs } from "./verbs/index.js";
import type { VerbRow } from "./verb.js";

/** The first word of a rule. */
export type RuleVerb = keyof typeof verbs;

/** Every verb, in the order in which editors offer them. */
export const ruleVerbs: Readonly<Record<RuleVerb, VerbRow>> = verbs;

/** The verb of that name. */
export function findRuleVerb(name: string): RuleVerb | undefined {
  return ruleWords.find((each) => each === name);
}

/** The words of the verbs. */
export const ruleWords = Object.keys(verbs) as readonly RuleVerb[];

export { defaultBounds, type RuleOption } from "./options.js";
export type { AmountClause, ClauseName, ClauseSpec } from "./clauses.js";
export { clauseNames, type RuleWriter, type VerbRow } from "./verb.js";
