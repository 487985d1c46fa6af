/** Which kind of value a formula needs at the cursor, from the words around it. */
import type { FormulaKind } from "../../compiler/functions/index.js";
import type { TokenView } from "../../compiler/syntax/index.js";
import type { SpecSymbol } from "../../compiler/semantics/index.js";
import { formulaValueOf, resultOf } from "../language/formula-kinds.js";
import type { Slot } from "../language/slots.js";

/** A kind; `texts` after `in`, and `order` where whatever has an order may appear. */
export type Wanted = FormulaKind | "texts" | "order";

export interface WantedValue {
  /** Undefined where anything may appear. */
  readonly kind: Wanted | undefined;
  /** Whether what may be missing needs nothing around it. */
  readonly takesMissing: boolean;
  /** A condition is only begun here: a number may go on with a comparison. */
  readonly begins: boolean;
}

const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "^"]);
const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const logic: ReadonlySet<string> = new Set(["and", "or", "not"]);

type FormulaSlot = Extract<Slot, { readonly kind: "formula" }>;

/** What is between `before` and `after` in a slot of formulas. */
export function wantedIn(
  slot: FormulaSlot,
  before: readonly TokenView[],
  after: readonly TokenView[],
  symbols: readonly SpecSymbol[],
): WantedValue {
  const [last, next] = [before.at(-1)?.text ?? "", after[0]?.text ?? ""];
  const compared = { takesMissing: true, begins: false };
  if (comparisons.has(last)) return { kind: kindBefore(before, symbols), ...compared };
  if (last === "in") return { kind: "texts", ...compared };
  if (comparisons.has(next)) return { kind: kindAfter(after.slice(1), symbols), ...compared };
  if (next === "in") return { kind: after[1]?.text === "[" ? kindAfter(after.slice(2), symbols) : "text", ...compared };
  if (arithmetic.has(last) || arithmetic.has(next)) {
    const beside = arithmetic.has(last) ? kindBefore(before, symbols) : kindAfter(after.slice(1), symbols);
    const kind = beside === "time" || beside === "duration" ? beside : "number";
    return { kind, takesMissing: false, begins: false };
  }
  if (logic.has(last)) return { kind: "bool", takesMissing: true, begins: !logic.has(next) };
  if (logic.has(next)) return { kind: "bool", takesMissing: true, begins: false };
  const kind = slot.wants === "any" ? undefined : slot.wants;
  return { kind, takesMissing: slot.takesMissing === true || kind === "bool", begins: kind === "bool" };
}

/** The kind of the operand that ends before the last word. */
function kindBefore(words: readonly TokenView[], symbols: readonly SpecSymbol[]): FormulaKind | undefined {
  const [operand, opening, callee] = [words.at(-2), words.at(-3), words.at(-4)];
  if (operand === undefined) return undefined;
  if (operand.text !== ")") return kindOfWord(operand.text, symbols);
  return opening?.text === "(" && callee !== undefined ? resultOf(callee.text) : "number";
}

/** The kind of the operand that begins with the first word. */
function kindAfter(words: readonly TokenView[], symbols: readonly SpecSymbol[]): FormulaKind | undefined {
  const [operand, opening] = words;
  if (operand === undefined) return undefined;
  return opening?.text === "(" ? resultOf(operand.text) : kindOfWord(operand.text, symbols);
}

function kindOfWord(text: string, symbols: readonly SpecSymbol[]): FormulaKind | undefined {
  if (text.startsWith('"')) return "text";
  if (text === "true" || text === "false") return "bool";
  if (/^\d{4}-\d\d-\d\d/.test(text)) return "time";
  if (/^\d[\d_.]*(?:ms|[smhdw])$/.test(text)) return "duration";
  if (/^\d/.test(text)) return "number";
  const kind = symbols
    .filter(({ name }) => name === text)
    .map(formulaValueOf)
    .find((value) => value !== undefined)?.kind;
  return kind === "texts" || kind === "vector" ? undefined : kind;
}
