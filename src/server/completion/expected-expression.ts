/** What may appear inside brackets of an expression. */
import type { TokenView } from "../../compiler/syntax/index.js";
import { wantsOperand, type Frame } from "../analysis/cursor.js";
import {
  armWord,
  parameterOf,
  slotOfArgument,
  widthSignature,
  type Macros,
  type Signature,
} from "../language/signatures.js";
import { wordDocs } from "../language/docs.js";
import { anySlot, itemSlot, type Slot } from "../language/slots.js";
import { signatureIn } from "./call-around.js";
import { events, operand, words, type Expected } from "./expected-kinds.js";

/** Inside `P(…)`, `E(…)`, `number(…)`; `P(member)` in a task over members. */
export function inType({ callee, words: inner }: Frame, isOverMembers = false): readonly Expected[] {
  if (callee !== "P" && callee !== "E") return [];
  return wantsOperand(inner) || inner.at(-1)?.text === "|"
    ? callee === "P" || inner.length > 0
      ? [events, words("not", ...(isOverMembers ? ["member"] : []))]
      : [{ kind: "labels", base: "amount" }]
    : [];
}

/** Inside brackets of an expression: an operand, or a parameter of the innermost call. */
export function inExpression(
  root: Slot,
  head: string,
  frames: readonly Frame[],
  macros: Macros,
  outer: readonly TokenView[] = [],
): readonly Expected[] {
  let slot = root;
  let signature: Signature | undefined;
  let inNumbers = false;
  // `task [like, share]: …`
  const isOverMembers = head === "task" && outer[1]?.text === "[";
  for (const [i, frame] of frames.entries()) {
    if (frame.kind === "call") {
      if (isType(head, frame, root)) return inType(frame, isOverMembers);
      signature = signatureIn(slot, frame.callee, macros);
      slot = slotOfArgument(signature, { name: frame.key, index: frame.index, named: frame.keys });
      inNumbers = takesWidth(root, slot);
    } else {
      signature = undefined;
      inNumbers &&= frame.kind !== "record";
      slot = frame.kind === "record" ? anySlot : inGroup(itemSlot(slot), frames[i - 1]?.words ?? outer);
    }
  }
  const last = frames.at(-1);
  if (last !== undefined && slot.kind === "tensor" && isSeveral(last.words)) return [words("but")];
  if (last === undefined || !wantsOperand(last.words))
    return last?.words.at(-1)?.text === "."
      ? [{ kind: "members", of: last.words.at(-2)?.text ?? "" }, ...(isOverMembers ? [words("member")] : [])]
      : [];
  if (signature?.what === armWord && last.key === undefined && last.index > 0)
    return [{ kind: "changes", given: last.keys }];
  const values: readonly Expected[] = slot.kind === "any" ? [] : operand(slot, last.words);
  const named: readonly Expected[] =
    signature !== undefined && last.kind === "call" && last.key === undefined && last.words.length === 0
      ? [{ kind: "parameters", signature, given: givenIn(signature, last) }]
      : [];
  return [
    ...values,
    ...named,
    ...(inNumbers ? [{ kind: "call" as const, signature: widthSignature }] : []),
    ...(takesSearch(head, slot, last) ? [searched] : []),
  ];
}

/** It says nothing until it has its choices. */
const searched: Expected = { kind: "words", words: [{ text: "search", doc: wordDocs.get("search") }], untried: true };

/** Declarations whose numbers trials of a search may change. */
const searchedIn: ReadonlySet<string> = new Set(
  "def defaults features input table bottom bottoms tower towers experts gate gates task chain loss train".split(" "),
);

/** Whether `search` may appear at the cursor: in place of a number that trials may differ in. */
function takesSearch(head: string, slot: Slot, { words: before }: Frame): boolean {
  return slot.kind === "argument" && slot.type.kind === "number" && before.length === 0 && searchedIn.has(head);
}

/** Whether an argument of a layer or a gate is a whole number or a list of such, which may be `width(x)`. */
function takesWidth(root: Slot, slot: Slot): boolean {
  if (!["tensor", "gate", "task"].includes(root.kind) || slot.kind !== "argument") return false;
  const { type } = slot;
  return type.kind === "widths" || type.kind === "levels" || (type.kind === "number" && type.integer === true);
}

/** Whether the words are several names that some may be left out of: `features`, a range. */
export function isSeveral(words: readonly TokenView[]): boolean {
  const range = words.at(-2)?.text === ".." && !wantsOperand(words);
  return range || (words.length === 1 && words[0]?.text === "features");
}

/** The slot inside parentheses: an operand of what is before them. */
function inGroup(slot: Slot, words: readonly TokenView[]): Slot {
  if (slot.kind !== "formula") return slot;
  const operator = words.at(-2)?.text ?? "";
  if (/^[-+*/^]$/.test(operator)) return { ...slot, wants: "number" };
  if (/^(?:[<>]=?|[!=]=|in)$/.test(operator)) return { ...slot, wants: "any" };
  return ["and", "or", "not"].includes(operator) ? { ...slot, wants: "bool" } : slot;
}

/** Parameters that a call has already, by name or by index. */
function givenIn(signature: Signature, { keys, index }: Frame): readonly string[] {
  const placed = Array.from({ length: index }, (_, i) => parameterOf(signature, { index: i, named: keys })?.name);
  return [...keys, ...placed.filter((name) => name !== undefined)];
}

function isType(head: string, { callee }: Frame, root: Slot): boolean {
  return (callee === "P" || callee === "E") && root.kind === "any" && (head === "task" || head === "chain");
}
