import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { listBatching, listColumn, type Model } from "../../../compiler/model/index.js";
import { countLongLists } from "../../data/batches/lists.js";
import type { Dataset } from "../../data/index.js";

/** MTL7333 and MTL7334: lists that batches cannot keep whole, or that have nothing to compare. `train` was opened with lists. */
export function warnOfLists({ loss, train: { batch } }: Model, train: Dataset): readonly Diagnostic[] {
  const term = loss.terms.find(({ by }) => by?.kind === "column");
  const column = listColumn(loss);
  const lists = train.lists();
  if (term === undefined || column === undefined || lists === undefined) return [];
  if (lists.longest < 2) return [createDiagnostic("MTL7334", { column }, term.span)];
  const long = listBatching(loss) === "whole" ? countLongLists(lists, batch) : 0;
  if (long === 0) return [];
  const { count, longest } = lists;
  return [createDiagnostic("MTL7333", { column, long, lists: count, longest, batch }, term.span)];
}
