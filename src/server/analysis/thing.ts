import type { SpecSymbol, SymbolKind } from "../../compiler/semantics/index.js";
import type { Span } from "../../compiler/text/index.js";

/** Something that has a name. The same in every compilation that sees it: its id is where it was first declared. */
export interface NamedThing {
  readonly id: string;
  readonly name: string;
  readonly kind: SymbolKind | "member" | "rule" | "arm" | "macro parameter";
  /** The declaration that counts: of something that is overridden, the overriding one. */
  readonly at: Span;
  readonly symbol?: SpecSymbol;
}
