/**
 * The verbs of rules, a file each: clauses and options with their defaults, what they make of the model, how that is
 * written, and a sentence for editors. The parser takes its words from here, the checker what each may say. Plain data and
 * pure functions over the model's types.
 */
import { boost } from "./verbs/boost.js";
import { cap } from "./verbs/cap.js";
import { dedupe } from "./verbs/dedupe.js";
import { dpp } from "./verbs/dpp.js";
import { drop } from "./verbs/drop.js";
import { explore } from "./verbs/explore.js";
import { mmr } from "./verbs/mmr.js";
import { pace } from "./verbs/pace.js";
import { pin } from "./verbs/pin.js";
import { spread } from "./verbs/spread.js";
import { suppress } from "./verbs/suppress.js";
import type { VerbRow } from "./verb.js";

const rows = { drop, boost, suppress, spread, explore, pin, mmr, dpp, dedupe, cap, pace };

/** The first word of a rule. */
export type RuleVerb = keyof typeof rows;

/** Every verb, in the order in which editors offer them. */
export const ruleVerbs: Readonly<Record<RuleVerb, VerbRow>> = rows;

/** The verb of that name. */
export function findRuleVerb(name: string): RuleVerb | undefined {
  return ruleWords.find((each) => each === name);
}

/** The words of the verbs. */
export const ruleWords = Object.keys(rows) as readonly RuleVerb[];

export { defaultBounds, type RuleOption } from "./options.js";
export type { AmountClause, ClauseName, ClauseSpec } from "./clauses.js";
export { clauseNames, type RuleWriter, type VerbRow } from "./verb.js";
