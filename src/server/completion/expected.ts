/** What may appear where the cursor is. */
import { headKinds, type SymbolKind } from "../../compiler/semantics/index.js";
import { stdNames } from "../../compiler/std/index.js";
import {
  declarations,
  declarationWords,
  isOverridable,
  rowOfKeyword,
  type DeclarationRow,
  type TokenView,
} from "../../compiler/syntax/index.js";
import { wantsOperand, type Cursor, type Frame } from "../analysis/cursor.js";
import type { Macros } from "../language/signatures.js";
import { entrySlot, valueSlot, type Slot } from "../language/slots.js";
import { rootSlot } from "./call-around.js";
import { inExpression, inType, isSeveral } from "./expected-expression.js";
import { events, keysIn, operand, words, type Expected } from "./expected-kinds.js";
import { inRule, inTest } from "./expected-rules.js";

/** Everything that may appear at the cursor; none in a text that is not a path. */
export function expectedAt(cursor: Cursor, macros: Macros): readonly Expected[] {
  const expected = expectedIn(cursor, macros);
  if (cursor.after[0]?.text !== ":") return expected;
  // Before a colon is what it gives a value to, unless the name is declared there.
  return rowOfKeyword(cursor.top[0]?.text ?? "")?.body?.keys === "declared" && cursor.frames.length === 1
    ? []
    : expected.filter(({ kind }) => ["keys", "parameters", "changes"].includes(kind));
}

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

const overridable: readonly DeclarationRow[] = declarations.filter(isOverridable);

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
  if (head === "override") return [{ kind: "declarations", words: overridable.map(({ keyword }) => keyword) }];
  if (head === "remove")
    return [
      {
        kind: "words",
        // A test has a title and no name.
        words: overridable.filter(({ kind }) => kind !== "Test").map(({ keyword, doc }) => ({ text: keyword, doc })),
      },
    ];
  if (head === "import") return [{ kind: "files", quoted: false }];
  return isOverride ? removable(head) : [];
}

/** Names of what a declaration of that word declares. */
function removable(keyword: string): readonly Expected[] {
  const row = rowOfKeyword(keyword);
  if (row?.body?.keys === "heads") return [{ kind: "names", kinds: headKinds }];
  return row?.symbol === undefined ? [] : [{ kind: "names", kinds: [row.symbol.kind as SymbolKind] }];
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
      if (texts.length === 0) return [words("event", "amount", "classes")];
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
