import type { CompletionItem } from "vscode-languageserver";
import type { SpecSymbol } from "../../compiler/semantics/index.js";
import { macrosOf, type Analysis } from "../analysis/analysis.js";
import { cursorAt, type Cursor } from "../analysis/cursor.js";
import { expectedAt } from "../completion/expected.js";
import { itemsFor, toCompletionItems } from "../completion/items.js";
import { toRange } from "../positions.js";

/** What the editor and the workspace bring to a completion. */
export interface CompletionOptions {
  /** Whether the editor fills places of inserted text. */
  readonly snippets: boolean;
  /** Paths of other specs as this one would write them. */
  readonly files: () => readonly string[];
  /** Names that a file declares, by its path as written here. */
  readonly exportsOf: (path: string) => readonly SpecSymbol[];
}

/** What may stand at an offset, and nothing else: likelier things first. */
export function completionAt(analysis: Analysis, offset: number, options: CompletionOptions): CompletionItem[] {
  const { source } = analysis;
  const cursor = cursorAt(source, offset);
  if (cursor === undefined) return [];
  const expected = expectedAt(cursor, macrosOf(analysis.tables));
  const context = {
    analysis,
    own: ownName(cursor),
    files: expected.some(({ kind }) => kind === "files") ? options.files() : [],
    exportsOf: options.exportsOf,
  };
  const items = expected.flatMap((each) => itemsFor(each, context));
  return toCompletionItems(items, toRange(source, cursor.word), options.snippets);
}

/** The name of the declaration around the cursor. */
function ownName({ top }: Cursor): string {
  return /^[A-Za-z_]/.test(top[1]?.text ?? "") ? (top[1]?.text ?? "") : "";
}
