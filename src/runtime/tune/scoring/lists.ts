/**
 * What each request of the log would have been shown: the ranking's stages and rules over the logged candidates. Caps have
 * permits without end and paces are at rest, since a log says nothing of a store's counts.
 */
import type { FormulaExpression, RankModel, ServingModel } from "../../../compiler/model/index.js";
import {
  bestOfStage,
  candidateLimit,
  createKeyTable,
  noneShown,
  type KeyTable,
  type KeyValue,
  planRank,
  rankCandidates,
  type RankInput,
} from "../../../compiler/ranking/index.js";
import { createFailure } from "../../failure.js";
import type { LogPart } from "../log/part.js";
import type { Lists } from "../measure/ranking.js";
import { createFormulaColumn, type ParamValues } from "./scores.js";

/** Lists for one set of parameters after the other. */
export type Lister = (params: ParamValues) => Lists;

export function createLister(
  serving: ServingModel,
  rank: RankModel,
  part: LogPart,
  moving: ReadonlySet<string>,
  seed: number,
): Lister {
  const plan = planRank(serving, rank);
  const columns = plan.formulas.map((formula: FormulaExpression) =>
    createFormulaColumn(formula, part, serving, moving),
  );
  const { starts } = part.rows;
  for (const [g, { count }] of part.requests.entries())
    if (count > candidateLimit)
      throw createFailure("MTL7566", { request: String(g + 1), candidates: count, most: candidateLimit });
  const wholeRows = part.requests.map((_, g) => span(starts[g]!, starts[g + 1]!));
  const wholeTables = part.requests.map((): Map<string, KeyTable> => new Map());
  return (params) => {
    const computed: (Float64Array | undefined)[] = [];
    const column = (formula: number): Float64Array => {
      const make = columns[formula];
      if (make === undefined) throw new Error(`the plan has no formula ${formula}`);
      return (computed[formula] ??= make(params));
    };
    const inputOf = (g: number, rows: Int32Array, tables: Map<string, KeyTable>): RankInput => ({
      request: String(g),
      now: part.requests[g]?.now ?? 0,
      seed,
      ids: Array.from(rows, (row) => part.ids[row] as string),
      number: (formula) => gather(column(formula), rows),
      passing: (formula) => gather(column(formula), rows),
      key: (name) => {
        const known = tables.get(name) ?? createKeyTable(Array.from(rows, (row) => keyValue(part, name, row)));
        tables.set(name, known);
        return known;
      },
      tuples: new Map(),
      vectors: (name) => gatherVectors(part, name, rows),
      offset: 0,
      tail: noneShown,
      shown: noneShown,
      permits: { held: () => Number.MAX_SAFE_INTEGER, pace: () => 1 },
    });
    const lists = part.requests.map((_, g) => {
      let rows = wholeRows[g] as Int32Array;
      let input = inputOf(g, rows, wholeTables[g] as Map<string, KeyTable>);
      for (const { by, top } of plan.stages) {
        rows = gatherRows(rows, bestOfStage(plan, input, by, top));
        input = inputOf(g, rows, new Map());
      }
      return gatherRows(rows, rankCandidates(plan, input).list);
    });
    return joinLists(lists);
  };
}

function span(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

function gather(column: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}

function gatherRows(rows: Int32Array, indices: Int32Array): Int32Array {
  return indices.map((index) => rows[index]!);
}

function keyValue({ whole, ids }: LogPart, name: string, row: number): KeyValue | readonly KeyValue[] | undefined {
  const text = whole.texts.get(name);
  if (text !== undefined) return text[row];
  const list = whole.lists.get(name);
  if (list !== undefined) return list[row];
  const number = whole.numbers.get(name)?.[row];
  if (number !== undefined) return Number.isNaN(number) ? undefined : number;
  return ids[row];
}

function gatherVectors({ whole }: LogPart, name: string, rows: Int32Array): ReturnType<RankInput["vectors"]> {
  const vectors = whole.vectors.get(name);
  const dimension = vectors?.find((vector) => vector !== undefined)?.length ?? 0;
  return { rows: Array.from(rows, (row) => vectors?.[row]), dimension };
}

function joinLists(lists: readonly Int32Array[]): Lists {
  const starts = new Int32Array(lists.length + 1);
  for (const [g, list] of lists.entries()) starts[g + 1] = starts[g]! + list.length;
  const rows = new Int32Array(starts.at(-1) ?? 0);
  for (const [g, list] of lists.entries()) rows.set(list, starts[g]);
  return { rows, starts };
}
