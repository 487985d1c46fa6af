/** Requests of blocks of cells, answered without a row being made: where all that matters is plain columns of numbers and texts. */
import { candidateLimit } from "../../../compiler/ranking/index.js";
import type { ServingInput } from "../../../compiler/model/index.js";
import { suggest } from "../../../compiler/text/index.js";
import { type BlockColumn, firstFrom, integersOf, type OtherCells, textOfEntry } from "../../data/files/block-rows.js";
import type { FlatColumn } from "../../data/files/flat/flat-lines.js";
import { createShortTexts } from "../../data/files/row-cells.js";
import { entryWords } from "../../data/encode/texts/short-texts.js";
import { shortestDecimal } from "../../data/expressions/shortest.js";
import { answerColumns, type OpenRanking } from "../../rank/answer-request.js";
import type { RankAnswer } from "../../rank/answer.js";
import { requestName } from "../../rank/group-requests.js";
import { type AnswerOptions, idColumns } from "./file-requests.js";

/** A request of a block. */
export interface BlockRequest {
  readonly request: string;
  readonly answer: () => RankAnswer;
}

/**
 * Finds the requests of a block; undefined where its rows have to be looked at. The answers are those of the rows, without warnings of their names.
 */
export type BlockRequests = (block: BlockOfColumns, group: string) => readonly BlockRequest[] | undefined;

/** Rows as columns: cells of a table, or values of lines of JSON. */
export interface BlockOfColumns {
  readonly rows: number;
  readonly columns: readonly (BlockColumn | FlatColumn)[];
}

const none: OtherCells = { rows: [], cells: [] };

/** Names whose texts {@link createBlockRequests} reads, beside the column that groups rows. */
export function textsRead({ serving, list }: OpenRanking, { id }: AnswerOptions): ReadonlySet<string> {
  const inputs = serving.inputs.filter(({ name, type }) => list.inputs.has(name) && type === "text");
  return new Set([...idColumns, ...(id === undefined ? [] : [id]), ...inputs.map(({ name }) => name)]);
}

/** {@link BlockRequests} of a ranking; undefined for one that reads more of requests than numbers and texts of rows. */
export function createBlockRequests(open: OpenRanking, options: AnswerOptions): BlockRequests | undefined {
  const { serving, rank, list, ofRequest, duplicates } = open;
  const inputs = serving.inputs.filter(({ name, origin }) => list.inputs.has(name) && origin !== "id");
  const isPlain = ({ type, origin }: ServingInput): boolean =>
    (type === "number" || type === "text") && (origin === "signal" || origin === "attribute");
  if (ofRequest.length > 0 || rank.sources.length > 0 || duplicates === "first" || !inputs.every(isPlain))
    return undefined;
  const { now, seed, arms } = options;
  const texts = new Map<string, ReturnType<typeof createShortTexts>>();
  const textsOf = (name: string): ReturnType<typeof createShortTexts> => {
    const known = texts.get(name) ?? createShortTexts();
    texts.set(name, known);
    return known;
  };
  return ({ rows, columns }, group) => {
    const byName = new Map(columns.map((column) => [column.name, column]));
    if (columns.some(mayBeCandidates)) return undefined;
    const idColumn = options.id ?? idColumns.find((name) => byName.has(name));
    const id = idColumn === undefined ? undefined : byName.get(idColumn);
    const names = byName.get(group);
    if (id === undefined || names === undefined) return undefined;
    const idsAt = keysOf(id, rows, textsOf);
    const groupAt = keysOf(names, rows, textsOf);
    const read = inputs.map((input) => {
      const column = byName.get(input.name);
      const values = column === undefined ? undefined : valuesOf(column, input, textsOf);
      return values === undefined ? undefined : ([input.name, values] as const);
    });
    if (idsAt === undefined || groupAt === undefined || !read.every((each) => each !== undefined)) return undefined;
    const found = requestsOf(rows, groupAt);
    if (found.some(({ from, to }) => to - from > candidateLimit)) return undefined;
    return found.map(({ request, from, to }) => ({
      request,
      answer: () => {
        const ids = Array.from({ length: to - from }, (_, row) => idsAt(from + row));
        const given = new Map(read.map(([name, values]) => [name, values(from, to)]));
        return answerColumns(open, { request, ids, columns: given, now, seed, arms });
      },
    }));
  };
}

/** Whether a column may make its rows whole requests, or what is told to be meant as such. */
function mayBeCandidates({ name, values }: BlockColumn | FlatColumn): boolean {
  return name === "candidates" || (values === undefined && suggest(name, ["candidates"]) !== undefined);
}

/** Neighbours of one name. */
function requestsOf(
  rows: number,
  groupAt: (row: number) => unknown,
): readonly { readonly request: string; readonly from: number; readonly to: number }[] {
  const found: { request: string; from: number; to: number }[] = [];
  let newest: unknown;
  for (let row = 0; row < rows; row++) {
    const value = groupAt(row);
    const last = found.at(-1);
    if (last !== undefined && value === newest) last.to = row + 1;
    else {
      newest = value;
      const request = requestName(value);
      if (last?.request === request) last.to = row + 1;
      else found.push({ request, from: row, to: row + 1 });
    }
  }
  return found;
}

/** Whether they are the texts of lines. */
function isTexts(values: (BlockColumn | FlatColumn)["values"]): values is readonly (string | null)[] {
  return Array.isArray(values);
}

/** The values of a column that names candidates or requests, all of them there; undefined for another column. */
function keysOf(
  column: BlockColumn | FlatColumn,
  rows: number,
  textsOf: (name: string) => ReturnType<typeof createShortTexts>,
): ((row: number) => string | number | bigint) | undefined {
  const { name, values } = column;
  if (isTexts(values)) return values.includes(null) ? undefined : (row) => values[row] as string;
  if (!("others" in column))
    return values instanceof Float64Array && values.every(Number.isSafeInteger) ? (row) => values[row]! : undefined;
  const { others } = column;
  // Long texts are among the others, as are nulls of whole numbers.
  if (values instanceof BigInt64Array) return others.rows.length === 0 ? integersOf(values) : undefined;
  if (!(values instanceof Int32Array) || others.rows.length > 0) return undefined;
  for (let row = 0; row < rows; row++) if (values[row * entryWords]! < 0) return undefined;
  const textAt = textsOf(name);
  const make = (row: number): string => textOfEntry(values, row);
  return (row) => textAt(values, row, make) as string;
}

/** The values of a column from one row to another, as rows of JSON would have them; undefined for a column of another kind than the input. */
function valuesOf(
  column: BlockColumn | FlatColumn,
  { type }: ServingInput,
  textsOf: (name: string) => ReturnType<typeof createShortTexts>,
): ((from: number, to: number) => ArrayLike<unknown>) | undefined {
  const { name, values } = column;
  const others = "others" in column ? column.others : none;
  if (type === "text") {
    if (isTexts(values)) return (from, to) => values.slice(from, to);
    if (!(values instanceof Int32Array)) return undefined;
    const textAt = textsOf(name);
    const make = (row: number): string => textOfEntry(values, row);
    return (from, to) => {
      const made = Array.from({ length: to - from }, (): unknown => null);
      for (let row = from; row < to; row++)
        if (values[row * entryWords]! >= 0) made[row - from] = textAt(values, row, make);
      for (let i = firstFrom(others.rows, from); i < others.rows.length && others.rows[i]! < to; i++)
        made[others.rows[i]! - from] = others.cells[i];
      return made;
    };
  }
  // A text among the numbers may be one that cannot be read.
  if (others.rows.length > 0) return undefined;
  if (values instanceof Float64Array)
    return (from, to) => {
      const own = values.subarray(from, to);
      return own.every(Number.isFinite) ? own : Array.from(own, (value) => (Number.isFinite(value) ? value : null));
    };
  if (values instanceof Float32Array)
    return (from, to) =>
      Array.from(values.subarray(from, to), (value) => (Number.isFinite(value) ? shortestDecimal(value) : null));
  return undefined;
}
