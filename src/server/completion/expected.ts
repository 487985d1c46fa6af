/** What may stand where the cursor is. */
import { own } from "../../compiler/text/index.js";
import {
  headKinds,
  networkKinds,
  perUnits,
  verbRules,
  type ClauseName,
  type SymbolKind,
} from "../../compiler/semantics/index.js";
import { stdNames } from "../../compiler/std/index.js";
import { declarationWords, ruleVerbs, type RuleVerb, type TokenView } from "../../compiler/syntax/index.js";
import { wantsOperand, type Cursor, type Frame } from "../analysis/cursor.js";
import { rootSlot, signatureIn } from "./call-around.js";
import { declarationDocs, verbDocs, wordDocs } from "../language/docs.js";
import { armWord, parameterOf, slotOfArgument, type Macros, type Signature } from "../language/signatures.js";
import { anySlot, argumentSlot, entrySlot, itemSlot, numberSlot, valueSlot, type Slot } from "../language/slots.js";

/** A word of the language. */
export interface Word {
  readonly text: string;
  readonly doc?: string | undefined;
}

/** One group of things that may stand at the cursor. */
export type Expected =
  /** First words of declarations, with what follows them. */
  | { readonly kind: "declarations"; readonly words: readonly string[] }
  | { readonly kind: "words"; readonly words: readonly Word[]; readonly untried?: true }
  /** An operand of an expression. */
  | { readonly kind: "slot"; readonly slot: Slot; readonly before: readonly TokenView[] }
  /** Parameters of a call that it does not give yet. */
  | { readonly kind: "parameters"; readonly signature: Signature; readonly given: readonly string[] }
  /** Parameters of the spec that an arm of an experiment does not set yet. */
  | { readonly kind: "changes"; readonly given: readonly string[] }
  /** Keys of a block that it does not have yet. */
  | { readonly kind: "keys"; readonly block: string; readonly given: readonly string[] }
  | { readonly kind: "names"; readonly kinds: readonly SymbolKind[]; readonly removed?: true }
  /** Labels of events, or of amounts; not the one whose entry it is. */
  | { readonly kind: "labels"; readonly base: "event" | "amount"; readonly not?: string }
  | { readonly kind: "members"; readonly of: string }
  /** What can be computed of a head, of a signal, of an attribute. */
  | { readonly kind: "types"; readonly of: "head" | "signal" | "attribute" }
  /** What a file declares. */
  | { readonly kind: "exports"; readonly file: string }
  /** Specs, by their paths from here. */
  | { readonly kind: "files"; readonly quoted: boolean };

const events = { kind: "labels", base: "event" } as const;

function words(...texts: readonly string[]): Expected {
  return { kind: "words", words: texts.map((text) => ({ text, doc: wordDocs.get(text) })) };
}

/** Everything that may stand at the cursor; none in a text that is no path. */
export function expectedAt(cursor: Cursor, macros: Macros): readonly Expected[] {
  const expected = expectedIn(cursor, macros);
  if (cursor.after[0]?.text !== ":") return expected;
  // Before a colon stands what it gives a value to, unless the name is declared there.
  return declaring.has(cursor.top[0]?.text ?? "") && cursor.frames.length === 1
    ? []
    : expected.filter(({ kind }) => ["keys", "parameters", "changes"].includes(kind));
}

const declaring: ReadonlySet<string> = new Set([
  "features",
  "labels",
  "attributes",
  "signals",
  "request",
  "params",
  "experiment",
]);

function expectedIn(cursor: Cursor, macros: Macros): readonly Expected[] {
  const { top, frames, inText } = cursor;
  const head = top[0]?.text ?? "";
  if (inText !== undefined)
    return head === "import" || (head === "model" && top.some(({ text }) => text === "extends"))
      ? [{ kind: "files", quoted: true }]
      : [];
  const [outer] = frames;
  if (outer === undefined) return atTop(cursor, head, macros);
  if (outer.kind === "block") return inBlock(cursor, head, outer, macros);
  return inExpression(rootSlot(head, top, outer), head, frames, macros, top);
}

// ----------------------------------------------------------------------------------------------- outside of brackets

const overridable = declarationWords.filter((word) => !["import", "model", "override", "remove"].includes(word));

function atTop(cursor: Cursor, head: string, macros: Macros): readonly Expected[] {
  const { top, startsLine } = cursor;
  const ends = top.length === 0 || !wantsOperand(top) || top.at(-1)?.text === "}";
  const fresh: readonly Expected[] = startsLine && ends ? [{ kind: "declarations", words: declarationWords }] : [];
  return [...fresh, ...continuation(cursor, head, macros)];
}

/** What goes on in the declaration before the cursor. */
function continuation({ top, isOverride, startsLine }: Cursor, head: string, macros: Macros): readonly Expected[] {
  const texts = top.map(({ text }) => text);
  const last = texts.at(-1);
  const has = (word: string): boolean => texts.includes(word);
  if (top.length === 0) return [];
  if (top.length === 1) return startsLine ? [] : afterHead(head, isOverride);
  const value = top.slice(texts.lastIndexOf("=") + 1);
  if (last === ".") return [{ kind: "members", of: texts.at(-2) ?? "" }];
  switch (head) {
    case "import":
      if (last === "}") return [words("from")];
      return last === "from" ? [words("std"), { kind: "files", quoted: false }] : [];
    case "model":
      if (last === "extends") return [{ kind: "files", quoted: false }];
      return top.length === 2 ? [words("extends")] : [];
    case "remove":
      return top.length === 2
        ? removable(texts[1] ?? "").map((each) => (each.kind === "names" ? { ...each, removed: true } : each))
        : [];
    case "task":
    case "chain":
      if (last === ":") return [{ kind: "types", of: "head" }];
      break;
    case "gate":
      if (has("over")) return last === "over" ? operand({ kind: "mixed" }, []) : [];
      if (has("=") && !wantsOperand(value)) return [words("over")];
      break;
    case "rank":
      return has("=") ? inRank(value) : [];
    default:
      break;
  }
  if (!has("=")) return [];
  if (head === "def")
    return wantsOperand(value) ? [...operand({ kind: "tensor" }, value), ...parametersOf(texts[1] ?? "", macros)] : [];
  if (wantsOperand(value)) return operand(valueSlot(head), value);
  if (valueSlot(head).kind === "tensor" && isSeveral(value)) return [words("but")];
  return head === "task" && !has("auxiliary") ? [words("auxiliary")] : [];
}

/** `from i2i top 300 by match, hot then top 50 by score with home ties listed_at`. */
function inRank(value: readonly TokenView[]): readonly Expected[] {
  const at = value.findLastIndex(({ text }) => ["from", "then", "top", "by", "with", "ties"].includes(text));
  const clause = value[at]?.text;
  const rest = value.slice(at + 1);
  const open = rest.length === 0 || rest.at(-1)?.text === "," || wantsOperand(rest);
  switch (clause) {
    case undefined:
      return [words("top", "from")];
    case "from":
      return rest.length === 0 ? [] : [words("top", "then")];
    case "then":
      return [words("top")];
    case "top":
      return rest.length === 0 ? [] : [words("by")];
    case "by":
      return open ? operand(valueSlot("rank"), rest) : [words("then", "with", "ties")];
    case "with":
      return open ? [{ kind: "names", kinds: ["rules"] }] : [words("ties")];
    default:
      return open ? operand({ kind: "formula", test: false, wants: "order" }, rest) : [words("ascending")];
  }
}

/** A macro's parameters are names in its body. */
function parametersOf(name: string, macros: Macros): readonly Expected[] {
  const def = macros.get(name);
  return def === undefined
    ? []
    : [
        {
          kind: "words",
          words: def.parameters.map(({ name: { text } }) => ({ text, doc: "a parameter of this macro" })),
        },
      ];
}

function afterHead(head: string, isOverride: boolean): readonly Expected[] {
  if (head === "override") return [{ kind: "declarations", words: overridable }];
  if (head === "remove")
    return [
      {
        kind: "words",
        words: overridable.filter((word) => word !== "test").map((text) => ({ text, doc: declarationDocs[text] })),
      },
    ];
  if (head === "import") return [{ kind: "files", quoted: false }];
  return isOverride ? removable(head) : [];
}

/** Names of what a declaration of that word declares. */
function removable(keyword: string): readonly Expected[] {
  const kinds: Readonly<Record<string, readonly SymbolKind[]>> = {
    features: ["feature"],
    labels: ["label"],
    attributes: ["attribute"],
    signals: ["signal"],
    request: ["request"],
    params: ["param"],
    loss: headKinds,
    metrics: headKinds,
    def: ["macro"],
    ...Object.fromEntries(
      [...networkKinds, "task", "chain", "fusion", "rules", "rank", "experiment"].map((word) => [
        word,
        [word as SymbolKind],
      ]),
    ),
  };
  const found = own(kinds, keyword);
  return found === undefined ? [] : [{ kind: "names", kinds: found }];
}

// --------------------------------------------------------------------------------------------------------- in blocks

function inBlock(cursor: Cursor, head: string, block: Frame, macros: Macros): readonly Expected[] {
  const { frames, startsLine, after } = cursor;
  const last = frames.at(-1) ?? block;
  if (head === "import") {
    if (after.some(({ text }, i) => text === "std" && after[i - 1]?.text === "from"))
      return [
        {
          kind: "words",
          words: stdNames.filter((name) => !block.words.some(({ text }) => text === name)).map((text) => ({ text })),
          untried: true,
        },
      ];
    const from = after.find(({ type }) => type === "String")?.text.slice(1, -1);
    return from === undefined ? [] : [{ kind: "exports", file: from }];
  }
  if (head === "rules") return inRule(block, frames, startsLine, macros);
  if (head === "test") return inTest(cursor, block, macros);
  const { key } = block;
  if (key === undefined)
    return frames.length === 1 && block.words.length === 0
      ? [{ kind: "keys", block: head, given: [...block.keys, ...keysIn(cursor.after)] }]
      : [];
  const fresh: readonly Expected[] =
    frames.length === 1 && startsLine && !wantsOperand(block.words)
      ? [{ kind: "keys", block: head, given: [...block.keys, ...keysIn(cursor.after)] }]
      : [];
  const texts = block.words.map(({ text }) => text);
  switch (head) {
    case "features":
      if (texts.includes("=")) break;
      if (frames.length === 1) return block.words.length === 0 ? operand({ kind: "featureType" }, []) : fresh;
      return inExpression({ kind: "featureType" }, head, frames.slice(1), macros);
    case "labels":
      if (texts.includes("=")) break;
      if (texts.at(-1) === "within") return [{ ...events, not: key }];
      if (texts.length === 0) return [words("event", "amount")];
      return frames.length > 1 || texts.includes("within") ? fresh : [...fresh, words("within")];
    case "attributes":
    case "signals":
    case "request":
      return last === block
        ? block.words.length === 0
          ? [{ kind: "types", of: head === "signals" ? "signal" : "attribute" }]
          : afterType(texts, fresh, head === "request")
        : inType(last);
    case "params":
      return block.words.length === 0 ? [] : fresh.length > 0 ? fresh : [words("in")];
    default:
      break;
  }
  const isSource = texts.includes("=");
  const value = isSource ? block.words.slice(texts.lastIndexOf("=") + 1) : block.words;
  const slot: Slot = isSource ? { kind: "columns" } : entrySlot(head, key);
  if (frames.length > 1) return inExpression(slot, head, frames.slice(1), macros);
  return wantsOperand(value) ? operand(slot, value) : fresh;
}

/** `number in [0, 1] missing 0 outside clamp malformed drop`. */
function afterType(texts: readonly string[], fresh: readonly Expected[], ofRequest: boolean): readonly Expected[] {
  // A request as a whole can only be refused; of candidates, the one at fault is left out.
  const drop = ofRequest ? [] : ["drop"];
  if (texts.at(-1) === "missing") return [words(...drop, "refuse")];
  if (texts.at(-1) === "outside") return [words(...drop, "clamp", "refuse")];
  if (texts.at(-1) === "malformed") return [words(...drop, "refuse")];
  const ranged = texts.some((text) => ["in", "<", "<=", ">", ">="].includes(text));
  return [
    ...fresh,
    ...(texts[0] === "number" && !ranged && !texts.includes("missing") ? [words("in")] : []),
    ...["missing", "outside", "malformed"].filter((word) => !texts.includes(word)).map((word) => words(word)),
  ];
}

/** Inside `P(…)`, `E(…)`, `number(…)`. */
function inType({ callee, words: inner }: Frame): readonly Expected[] {
  if (callee !== "P" && callee !== "E") return [];
  return wantsOperand(inner) || inner.at(-1)?.text === "|"
    ? callee === "P" || inner.length > 0
      ? [events, words("not")]
      : [{ kind: "labels", base: "amount" }]
    : [];
}

const condition: Slot = { kind: "formula", test: false, wants: "bool" };
const factor: Slot = { kind: "formula", test: false, wants: "number" };

function inRule(block: Frame, frames: readonly Frame[], startsLine: boolean, macros: Macros): readonly Expected[] {
  const verbs: Expected = { kind: "words", words: ruleVerbs.map((text) => ({ text, doc: verbDocs[text] })) };
  const [verb, ...rest] = block.words;
  if (verb === undefined) return frames.length === 1 ? [verbs] : [];
  const rule = verbRules[verb.text as RuleVerb] as (typeof verbRules)[RuleVerb] | undefined;
  if (rule === undefined || rest.length === 0) return [];
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
          : countSlotOf(verb.text, lastClause);
  if (frames.length > 1) return inExpression(slot, "rules", frames.slice(1), macros, block.words);
  const option = rule.options.find(({ name }) => rest.at(-1)?.text === ":" && rest.at(-2)?.text === name);
  if (option !== undefined) return operand(argumentSlot(option.type), []);
  if (rest.at(-1)?.text === "at") return [words("most", "least")];
  if (lastClause === "per" && value.length === 0) return [{ kind: "words", words: perUnits.map((text) => ({ text })) }];
  if (lastClause !== undefined && (value.length === 0 || wantsOperand(value)))
    return lastClause === "in" && value.length === 0 ? [words("top"), ...operand(slot, value)] : operand(slot, value);
  const given = new Set(rest.map(({ text }) => text));
  const clauses = [...rule.required, ...rule.optional].filter((clause) => !isGiven(clause, given));
  return [
    ...(startsLine ? [verbs] : []),
    { kind: "words", words: clauses.map((text) => ({ text, doc: wordDocs.get(text.split(" ").at(-1) ?? "") })) },
    {
      kind: "words",
      words: rule.options.filter(({ name }) => !given.has(name)).map(({ name }) => ({ text: `${name}:` })),
    },
    ...(lastClause === "when" ? [words("and", "or")] : []),
  ];
}

/** Numbers of windows and quotas may be formulas over the request. */
function countSlotOf(verb: string, clause: string | undefined): Slot {
  const counts =
    ["spread", "explore", "mmr", "dpp"].includes(verb) && ["most", "least", "in", "top"].includes(clause ?? "");
  return counts ? { kind: "count" } : numberSlot;
}

/** Where the last clause begins. `in` of a condition asks for membership where the verb takes no window, or has its own. */
function lastClauseIn(words: readonly TokenView[], { required, optional }: (typeof verbRules)[RuleVerb]): number {
  const at = words.findLastIndex(({ text }) => clauseStarts.has(text));
  if (words[at]?.text !== "in") return at;
  const when = words.findLastIndex(({ text }, i) => i < at && clauseStarts.has(text));
  const takesWindow = [...required, ...optional].some((clause) => clause === "in" || clause === "in top");
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

function inTest(cursor: Cursor, block: Frame, macros: Macros): readonly Expected[] {
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

/** Keys that stand after the cursor, up to the end of the brackets around it. */
function keysIn(after: readonly TokenView[]): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [i, { text }] of after.entries()) {
    if (["(", "[", "{"].includes(text)) depth += 1;
    else if ([")", "]", "}"].includes(text)) depth -= 1;
    if (depth < 0) break;
    if (depth === 0 && after[i + 1]?.text === ":") keys.push(text);
  }
  return keys;
}

/** Whether a field of a record begins at the cursor: after a comma, or on a line of its own. */
function beginsField({ key, words: inner }: Frame, startsLine: boolean): boolean {
  return key === undefined || (startsLine && !wantsOperand(inner));
}

// ---------------------------------------------------------------------------------------------------- in expressions

function operand(slot: Slot, before: readonly TokenView[]): readonly Expected[] {
  return [{ kind: "slot", slot, before }];
}

/** Inside brackets of an expression: an operand, or a parameter of the innermost call. */
function inExpression(
  root: Slot,
  head: string,
  frames: readonly Frame[],
  macros: Macros,
  outer: readonly TokenView[] = [],
): readonly Expected[] {
  let slot = root;
  let signature: Signature | undefined;
  for (const [i, frame] of frames.entries()) {
    if (frame.kind === "call") {
      if (isType(head, frame, root)) return inType(frame);
      signature = signatureIn(slot, frame.callee, macros);
      slot = slotOfArgument(signature, { name: frame.key, place: frame.place, named: frame.keys });
    } else {
      signature = undefined;
      slot = frame.kind === "record" ? anySlot : inGroup(itemSlot(slot), frames[i - 1]?.words ?? outer);
    }
  }
  const last = frames.at(-1);
  if (last !== undefined && slot.kind === "tensor" && isSeveral(last.words)) return [words("but")];
  if (last === undefined || !wantsOperand(last.words))
    return last?.words.at(-1)?.text === "." ? [{ kind: "members", of: last.words.at(-2)?.text ?? "" }] : [];
  if (signature?.what === armWord && last.key === undefined && last.place > 0)
    return [{ kind: "changes", given: last.keys }];
  const values: readonly Expected[] = slot.kind === "any" ? [] : operand(slot, last.words);
  const named: readonly Expected[] =
    signature !== undefined && last.kind === "call" && last.key === undefined && last.words.length === 0
      ? [{ kind: "parameters", signature, given: givenIn(signature, last) }]
      : [];
  return [...values, ...named];
}

/** Whether the words are several names that some may be left out of: `features`, a range. */
function isSeveral(words: readonly TokenView[]): boolean {
  const range = words.at(-2)?.text === ".." && !wantsOperand(words);
  return range || (words.length === 1 && words[0]?.text === "features");
}

/** The slot inside parentheses: an operand of what stands before them. */
function inGroup(slot: Slot, words: readonly TokenView[]): Slot {
  if (slot.kind !== "formula") return slot;
  const operator = words.at(-2)?.text ?? "";
  if (/^[-+*/^]$/.test(operator)) return { ...slot, wants: "number" };
  if (/^(?:[<>]=?|[!=]=|in)$/.test(operator)) return { ...slot, wants: "any" };
  return ["and", "or", "not"].includes(operator) ? { ...slot, wants: "bool" } : slot;
}

/** Parameters that a call has already, by name or by place. */
function givenIn(signature: Signature, { keys, place }: Frame): readonly string[] {
  const placed = Array.from({ length: place }, (_, i) => parameterOf(signature, { place: i, named: keys })?.name);
  return [...keys, ...placed.filter((name) => name !== undefined)];
}

function isType(head: string, { callee }: Frame, root: Slot): boolean {
  return (callee === "P" || callee === "E") && root.kind === "any" && (head === "task" || head === "chain");
}
