/** The groups of things that may appear at a cursor, and the smallest of them. */
import type { SymbolKind } from "../../compiler/semantics/index.js";
import type { TokenView } from "../../compiler/syntax/index.js";
import { wordDocs } from "../language/docs.js";
import type { Signature } from "../language/signatures.js";
import type { Slot } from "../language/slots.js";

/** A word of the language. */
export interface Word {
  readonly text: string;
  readonly doc?: string | undefined;
}

/** One group of things that may appear at the cursor. */
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
  /** A call beside the operands of the slot. */
  | { readonly kind: "call"; readonly signature: Signature }
  /** What can be computed of a head, of a signal, of an attribute. */
  | { readonly kind: "types"; readonly of: "head" | "signal" | "attribute" }
  /** What a file declares. */
  | { readonly kind: "exports"; readonly file: string }
  /** Specs, by their paths from here. */
  | { readonly kind: "files"; readonly quoted: boolean };

export const events = { kind: "labels", base: "event" } as const;

export function words(...texts: readonly string[]): Expected {
  return { kind: "words", words: texts.map((text) => ({ text, doc: wordDocs.get(text) })) };
}

export function operand(slot: Slot, before: readonly TokenView[]): readonly Expected[] {
  return [{ kind: "slot", slot, before }];
}

/** Keys that are after the cursor, up to the end of the brackets around it. */
export function keysIn(after: readonly TokenView[]): readonly string[] {
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
