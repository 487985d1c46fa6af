import { candidateLimit } from "../../compiler/ranking/index.js";
import type { RawRow } from "../data/index.js";
import { createFailure } from "../failure.js";

/** One request of a file. */
export interface FileRequest {
  readonly request: string;
  readonly rows: readonly RawRow[];
  /** Values of the request itself; absent: those of its first row. */
  readonly values?: RawRow;
  /** The end of the page before. */
  readonly tail?: readonly RawRow[];
  /** What the pages before showed: rows, or ids. */
  readonly shown?: readonly (RawRow | string | number)[];
  /** Which page is asked for, from 1. */
  readonly page?: number;
}

/** The name of the one request of a file without groups. */
export const wholeFile = "all";

/**
 * Rows as requests: neighbours of one value of the group's column, or all rows; a row with a list of `candidates` is a
 * whole request. Only one request is held at a time. Throws a Failure: MTL7514 for a request over the limit, MTL7515 for
 * one that comes back, MTL7516 where the column is missing.
 */
export async function* groupRequests(
  rows: AsyncIterable<RawRow>,
  group: string | undefined,
): AsyncGenerator<FileRequest, void, undefined> {
  const seen = new Set<string>();
  let request: string | undefined;
  let held: RawRow[] = [];
  let at = 0;
  for await (const row of rows) {
    at++;
    if (Array.isArray(row["candidates"])) {
      if (request !== undefined) yield { request, rows: held };
      request = undefined;
      yield wholeRequest(row, at);
      continue;
    }
    const value = group === undefined ? wholeFile : row[group];
    if (value === undefined)
      throw createFailure("MTL7516", { column: group ?? "", what: "which groups requests", known: Object.keys(row) });
    const name = String(value);
    if (name !== request) {
      if (request !== undefined) yield { request, rows: held };
      if (seen.has(name)) throw createFailure("MTL7515", { request: name, row: at, column: group ?? "" });
      seen.add(name);
      request = name;
      held = [];
    }
    held.push(row);
    if (held.length > candidateLimit) throw createFailure("MTL7514", { request: name, limit: candidateLimit });
  }
  if (request !== undefined) yield { request, rows: held };
}

function wholeRequest(row: RawRow, at: number): FileRequest {
  const { request, candidates, values, tail, shown, page } = row;
  const name = request === undefined ? String(at) : String(request);
  const rows = records(candidates);
  if (rows.length > candidateLimit) throw createFailure("MTL7514", { request: name, limit: candidateLimit });
  const [own] = records([values]);
  return {
    request: name,
    rows,
    ...(own === undefined ? {} : { values: own }),
    ...(tail === undefined ? {} : { tail: records(tail) }),
    ...(shown === undefined ? {} : { shown: shownItems(shown) }),
    // What is not a page is said where requests are read.
    ...(page === undefined ? {} : { page: page as number }),
  };
}

function records(value: unknown): readonly RawRow[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item): item is RawRow => typeof item === "object" && item !== null && !Array.isArray(item));
}

function shownItems(value: unknown): readonly (RawRow | string | number)[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item): readonly (RawRow | string | number)[] =>
    typeof item === "string" || typeof item === "number" ? [item] : records([item]),
  );
}
