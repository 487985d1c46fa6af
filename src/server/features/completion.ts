import { CompletionItemKind, type CompletionItem } from "vscode-languageserver";
import type { SpecSymbol } from "../../compiler/semantics/index.js";
import { macrosOf, type Analysis } from "../analysis/analysis.js";
import { cursorAt, type Cursor } from "../analysis/cursor.js";
import { expectedAt } from "../completion/expected.js";
import type { Item } from "../completion/item.js";
import { itemsFor, toCompletionItems } from "../completion/items.js";
import { fittingItems } from "../completion/verify.js";
import { toRange } from "../positions.js";

/** What the editor and the workspace provide to a completion. */
export interface CompletionOptions {
  /** Whether the editor fills places of inserted text. */
  readonly snippets: boolean;
  /** Paths of other specs as this one would write them. */
  readonly files: () => readonly string[];
  /** Names that a file declares, by its path as written here. */
  readonly exportsOf: (path: string) => readonly SpecSymbol[];
}

/** What may appear at an offset, and nothing else: likelier things first. */
export function completionAt(analysis: Analysis, offset: number, options: CompletionOptions): CompletionItem[] {
  const { source } = analysis;
  const cursor = cursorAt(source, offset);
  if (cursor === undefined) return [];
  const expected = expectedAt(cursor, macrosOf(analysis.tables));
  const context = {
    analysis,
    own: ownName(cursor),
    at: cursor.word.start,
    after: cursor.after,
    files: expected.some(({ kind }) => kind === "files") ? options.files() : [],
    exportsOf: options.exportsOf,
  };
  const items = beforeWhatFollows(
    expected.flatMap((each) => itemsFor(each, context)),
    cursor,
  );
  return toCompletionItems(fittingItems(analysis, cursor.word, items), toRange(source, cursor.word), options.snippets);
}

/** Before an opening parenthesis is what can be called, before a colon a key: neither is put in twice. */
function beforeWhatFollows(items: readonly Item[], { after }: Cursor): readonly Item[] {
  const next = after[0]?.text;
  if (next !== "(" && next !== ":") return items;
  const ending = next === "(" ? "(" : ": ";
  return items.flatMap(({ snippet: _snippet, plain, ...item }) => {
    const isBare = plain === undefined && next === "(" && item.kind === CompletionItemKind.Function;
    return plain?.endsWith(ending) === true || isBare ? [{ ...item, label: item.label.replace(/:$/, "") }] : [];
  });
}

/** The name of the declaration around the cursor. */
function ownName({ top }: Cursor): string {
  return /^[A-Za-z_]/.test(top[1]?.text ?? "") ? (top[1]?.text ?? "") : "";
}
