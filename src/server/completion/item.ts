/** One item of a completion, and items for names and calls. */
import { CompletionItemKind } from "vscode-languageserver";
import { describeKind, lookOf, type SpecSymbol, type SymbolKind } from "../../compiler/semantics/index.js";
import type { NameColour, TokenView } from "../../compiler/syntax/index.js";
import { typeOf, type Analysis } from "../analysis/analysis.js";
import { codeBlock, docOf, shortType, textAt } from "../language/show.js";
import { showSignature, type Signature } from "../language/signatures.js";

/** An item before it knows what it replaces. Lower ranks are first. */
export interface Item {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  /** What is put in, when it is not the label; with `$1` and `$0` for editors that know snippets. */
  readonly snippet?: string;
  /** The same without places to fill. */
  readonly plain?: string;
  readonly rank: number;
  /** It may leave errors elsewhere, as what is removed does, or stand for a file that was not read yet. */
  readonly untried?: true;
}

/** What items are made from besides what is expected. */
export interface ItemContext {
  readonly analysis: Analysis;
  /** The name of the declaration that the cursor is in: it cannot read itself. */
  readonly own: string;
  /** Where what is put in begins. */
  readonly at: number;
  /** The declaration's words after the cursor. */
  readonly after: readonly TokenView[];
  /** Paths of specs as this file would write them. */
  readonly files: readonly string[];
  /** Names that a file declares. */
  readonly exportsOf: (path: string) => readonly SpecSymbol[];
}

export function nameItems(kinds: readonly SymbolKind[], context: ItemContext, rank = 0): readonly Item[] {
  const items = symbolItems(kinds, context, rank).map(({ item }) => item);
  return kinds.includes("candidate") ? [...items, ...candidateItems(context.analysis, rank)] : items;
}

/** Items for names with what declares them. */
export function symbolItems(
  kinds: readonly SymbolKind[],
  { analysis, own }: ItemContext,
  rank = 0,
): readonly { readonly symbol: SpecSymbol; readonly item: Item }[] {
  return analysis.tables.symbols
    .filter((symbol) => kinds.includes(symbol.kind) && symbol.name !== own)
    .map((symbol) => ({ symbol, item: nameItem(analysis, symbol, rank) }));
}

function nameItem(analysis: Analysis, symbol: SpecSymbol, rank: number): Item {
  const { declaration } = symbol;
  const type = typeOf(analysis, declaration);
  const doc = docOf(declaration);
  return {
    label: symbol.name,
    kind: kindOf(symbol.kind),
    detail: `${describeKind(symbol.kind)}${type === undefined ? "" : ` ${shortType(type, analysis)}`}`,
    doc: [codeBlock(textAt(analysis, declaration.span)), ...(doc === undefined ? [] : [doc])].join("\n\n"),
    rank,
  };
}

/** Candidates of the tests of this file. */
function candidateItems({ spec }: Analysis, rank: number): readonly Item[] {
  return spec.declarations.flatMap((node) =>
    node.kind === "Test"
      ? node.steps.flatMap((step) =>
          step.kind === "TestCandidate" && step.name.text !== ""
            ? [{ label: step.name.text, kind: CompletionItemKind.Value, detail: "a candidate", rank }]
            : [],
        )
      : [],
  );
}

/** An item's picture by the colour of what it names. */
const pictures: Readonly<Record<NameColour, CompletionItemKind>> = {
  property: CompletionItemKind.Property,
  event: CompletionItemKind.Event,
  parameter: CompletionItemKind.Constant,
  class: CompletionItemKind.Class,
  function: CompletionItemKind.Function,
  namespace: CompletionItemKind.Module,
  macro: CompletionItemKind.Snippet,
  variable: CompletionItemKind.Variable,
};

export function kindOf(kind: SymbolKind): CompletionItemKind {
  // A ranking is a list and no value.
  return kind === "rank" ? CompletionItemKind.Module : pictures[lookOf(kind).colour];
}

export function callItem(signature: Signature, rank: number): Item {
  const { name, what, summary, inputs, parameters } = signature;
  const required = parameters.filter(({ default: value }) => value === undefined);
  const bare = inputs.length === 0 && required.length === 0;
  // Signature help says what each is.
  const places = [...inputs, ...required].map((_, i) => `$${i + 1}`).join(", ");
  return {
    label: name,
    kind: signature.def === undefined ? CompletionItemKind.Function : CompletionItemKind.Snippet,
    detail: what,
    doc: [codeBlock(showSignature(signature)), summary].filter((part) => part !== "").join("\n\n"),
    // What can appear without parentheses does: `bce`, `numeric`.
    snippet: bare ? name : `${name}(${places})`,
    plain: bare ? name : `${name}(`,
    rank,
  };
}

export function wordItem(label: string, doc?: string): Item {
  return { label, kind: CompletionItemKind.EnumMember, doc, rank: 1 };
}
