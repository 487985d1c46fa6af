import { omitUndefined } from "../../compiler/text/index.js";
import type { SelectionRange } from "vscode-languageserver";
import { pathAt } from "../../compiler/syntax/index.js";
import type { Analysis } from "../analysis/analysis.js";
import { toRange } from "../positions.js";

/** The nodes around an offset, from the innermost out. */
export function selectionAt({ spec, source }: Analysis, offset: number): SelectionRange {
  let selection: SelectionRange | undefined;
  for (const { span } of pathAt(spec, offset)) {
    const range = toRange(source, span);
    selection = { range, ...omitUndefined({ parent: selection }) };
  }
  return selection ?? { range: toRange(source, { start: offset, end: offset }) };
}
