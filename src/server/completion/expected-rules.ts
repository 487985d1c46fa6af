/** What may appear in rules and in tests. */
import { calendarUnits } from "../../compiler/model/index.js";
import {
  clauseNames,
  findRuleVerb,
  ruleVerbs,
  ruleWords,
  type ClauseName,
  type VerbRow,
} from "../../compiler/rules/index.js";
import type { TokenView } from "../../compiler/syntax/index.js";
import { own } from "../../compiler/text/index.js";
import { wantsOperand, type Cursor, type Frame } from "../analysis/cursor.js";
import { wordDocs } from "../language/docs.js";
import type { Macros } from "../language/signatures.js";
import { argumentSlot, numberSlot, type Slot } from "../language/slots.js";
import { inExpression } from "./expected-expression.js";
import { keysIn, operand, words, type Expected } from "./expected-kinds.js";

const condition: Slot = { kind: "formula", test: false, wants: "bool" };
const factor: Slot = { kind: "formula", test: false, wants: "number" };

export function inRule(
  block: Frame,
  frames: readonly Frame[],
  startsLine: boolean,
  macros: Macros,
): readonly Expected[] {
  const verbs: Expected = { kind: "words", words: ruleWords.map((text) => ({ text, doc: ruleVerbs[text].summary })) };
  const [verb, ...rest] = block.words;
  if (verb === undefined) return frames.length === 1 ? [verbs] : [];
  const found = findRuleVerb(verb.text);
  if (found === undefined || rest.length === 0) return [];
  const rule = ruleVerbs[found];
  const startsAt = lastClauseIn(rest, rule);
  const lastClause = rest[startsAt]?.text;
  const value = rest.slice(startsAt + 1);
  const slot: Slot =
    lastClause === "when"
      ? condition
      : lastClause === "by"
        ? factor
        : lastClause === "of"
          ? { kind: "key" }
          : countSlotOf(rule, lastClause);
  if (frames.length > 1) return inExpression(slot, "rules", frames.slice(1), macros, block.words);
  const key = rest.at(-1)?.text === ":" ? (rest.at(-2)?.text ?? "") : "";
  const option = own(rule.options, key);
  if (option !== undefined) return operand(argumentSlot(option.type), []);
  if (rest.at(-1)?.text === "at") return [words("most", "least")];
  if (lastClause === "per" && value.length === 0)
    return [{ kind: "words", words: calendarUnits.map((text) => ({ text })) }];
  if (lastClause !== undefined && (value.length === 0 || wantsOperand(value)))
    return lastClause === "in" && value.length === 0 ? [words("top"), ...operand(slot, value)] : operand(slot, value);
  const given = new Set(rest.map(({ text }) => text));
  const clauses = clausesOf(rule).filter((clause) => !isGiven(clause, given));
  return [
    ...(startsLine ? [verbs] : []),
    { kind: "words", words: clauses.map((text) => ({ text, doc: wordDocs.get(text.split(" ").at(-1) ?? "") })) },
    {
      kind: "words",
      words: Object.keys(rule.options)
        .filter((name) => !given.has(name))
        .map((name) => ({ text: `${name}:` })),
    },
    ...(lastClause === "when" ? [words("and", "or")] : []),
  ];
}

/** Numbers of windows and quotas may be formulas over the request. */
function countSlotOf(rule: VerbRow, word: string | undefined): Slot {
  const counts = clausesOf(rule).some((name) => {
    const spec = rule.clauses[name];
    return spec?.kind === "count" && spec.of === "request" && name.split(" ").includes(word ?? "");
  });
  return counts ? { kind: "count" } : numberSlot;
}

function clausesOf(rule: VerbRow): readonly ClauseName[] {
  const { required, optional } = clauseNames(rule);
  return [...required, ...optional];
}

/** Where the last clause begins. `in` of a condition asks for membership where the verb takes no window, or has its own. */
function lastClauseIn(words: readonly TokenView[], rule: VerbRow): number {
  const at = words.findLastIndex(({ text }) => clauseStarts.has(text));
  if (words[at]?.text !== "in") return at;
  const when = words.findLastIndex(({ text }, i) => i < at && clauseStarts.has(text));
  const takesWindow = clausesOf(rule).some((clause) => clause === "in" || clause === "in top");
  const hasWindow = words.slice(0, at).some(({ text }) => text === "in");
  return words[when]?.text === "when" && (!takesWindow || hasWindow) ? when : at;
}

const clauseStarts: ReadonlySet<string> = new Set([
  "when",
  "by",
  "during",
  "most",
  "least",
  "of",
  "in",
  "top",
  "per",
  "at",
]);

function isGiven(clause: ClauseName, given: ReadonlySet<string>): boolean {
  return clause.split(" ").every((word) => given.has(word));
}

export function inTest(cursor: Cursor, block: Frame, macros: Macros): readonly Expected[] {
  const { frames, startsLine } = cursor;
  const steps: Expected = words("at", "request", "candidate", "expect");
  const [step, ...rest] = block.words;
  if (step === undefined) return [steps];
  const inner = frames.at(-1);
  const test: Slot = { kind: "formula", test: true, wants: "bool" };
  if (step.text === "request" && frames.length > 1)
    return inner?.kind === "record" && beginsField(inner, startsLine)
      ? [{ kind: "keys", block: "request", given: [...inner.keys, ...keysIn(cursor.after)] }]
      : [];
  if (step.text === "candidate") {
    if (frames.length === 1) {
      if (startsLine && rest.at(-1)?.text === "}") return [steps];
      if (rest.at(-1)?.text === "like") return [{ kind: "names", kinds: ["candidate"] }];
      return rest.length === 1 ? [words("like")] : [];
    }
    if (inner?.kind !== "record" || !beginsField(inner, startsLine)) return [];
    return [{ kind: "keys", block: "candidate", given: [...inner.keys, ...keysIn(cursor.after)] }];
  }
  if (step.text !== "expect") return startsLine ? [steps] : [];
  if (frames.length > 1) {
    const call = frames[1];
    if (call?.kind === "list") return [{ kind: "names", kinds: ["candidate"] }];
    return [
      ...inExpression(test, "test", frames.slice(1), macros, block.words),
      ...(inner?.kind === "call" ? [{ kind: "names", kinds: ["candidate"] } as const] : []),
    ];
  }
  if (wantsOperand(rest)) return operand(test, rest);
  return startsLine ? [steps] : [];
}

/** Whether a field of a record begins at the cursor: after a comma, or on a line of its own. */
function beginsField({ key, words: inner }: Frame, startsLine: boolean): boolean {
  return key === undefined || (startsLine && !wantsOperand(inner));
}
