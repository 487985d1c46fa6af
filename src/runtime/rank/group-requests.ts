import { candidateLimit } from "../../compiler/ranking/index.js";
import { oneOf, refuse, type Refusal } from "../../compiler/serving/index.js";
import { own, suggest } from "../../compiler/text/index.js";
import { cellText } from "../data/expressions/values.js";
import { BrokenLine } from "../data/files/json-rows.js";
import type { RawRow } from "../data/index.js";
import { createFailure } from "../failure.js";

/** One request of a file. */
export interface FileRequest {
  readonly kind: "request";
  readonly request: string;
  readonly rows: readonly RawRow[];
  /** Of a line that is a whole request: its members beside the candidates, as given there. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** A request that cannot be read; those after it can. */
export interface FileFault {
  readonly kind: "fault";
  readonly request: string;
  readonly refusal: Refusal | { readonly kind: "tooMany" } | { readonly kind: "broken"; readonly line: BrokenLine };
}

/** The name of the one request of a file without groups. */
export const wholeFile = "all";

/** Members of a line that is a whole request. */
export const lineMembers = ["request", "candidates", "values", "tail", "page", "shown"] as const;

/** Takes rows batch by batch, and gives the requests that they make. */
export interface Grouper {
  /** The requests that end with a row of the batch. */
  readonly push: (batch: readonly (RawRow | BrokenLine)[]) => Generator<FileRequest | FileFault, void, undefined>;
  /** The request under way: the next row begins another one. */
  readonly close: () => Generator<FileRequest | FileFault, void, undefined>;
  /** Names of the requests that groups of rows have made, in their order, with that under way. */
  readonly names: ReadonlySet<string>;
  /** Takes rows as read that somebody else has grouped. False when a request comes back, and then nothing is taken. */
  readonly skip: (rows: number, names: readonly string[]) => boolean;
}

/**
 * Rows as requests: neighbours of one value of the group's column, or all rows; a row with `candidates` is a whole request.
 * Only one request is held at a time, and what was read with its rows. Throws a Failure: MTL7515 for a request that comes back, MTL7516 where the column is
 * missing, MTL7518 for a line among rows that is not a row.
 */
export async function* groupRequests(
  batches: AsyncIterable<readonly (RawRow | BrokenLine)[]>,
  group: string | undefined,
): AsyncGenerator<FileRequest | FileFault, void, undefined> {
  const grouper = createGrouper(group);
  for await (const batch of batches) yield* grouper.push(batch);
  yield* grouper.close();
}

/** {@link groupRequests} for whoever has the batches. `isFirst`: whether its rows are the first of all, so that their numbers are known. */
export function createGrouper(group: string | undefined, isFirst = true): Grouper {
  const seen = new Set<string>();
  let request: string | undefined;
  let held: RawRow[] = [];
  let at = isFirst ? 0 : NaN;
  const close = function* (): Generator<FileRequest | FileFault> {
    if (request === undefined) return;
    // One row over the limit is held, to know that there was one.
    if (held.length > candidateLimit) yield { kind: "fault", request, refusal: { kind: "tooMany" } };
    else yield { kind: "request", request, rows: held };
  };
  let newest: unknown;
  const push = function* (batch: readonly (RawRow | BrokenLine)[]): Generator<FileRequest | FileFault> {
    for (const row of batch) {
      at++;
      if (row instanceof BrokenLine) {
        // Of which request it is a row, nobody knows; a line on its own is a request of its own.
        if (request !== undefined) throw row.failure;
        yield { kind: "fault", request: `line ${row.line}`, refusal: { kind: "broken", line: row } };
        continue;
      }
      const whole = wholeRequest(row, at);
      if (whole !== undefined) {
        yield* close();
        request = undefined;
        yield whole;
        continue;
      }
      const value = group === undefined ? wholeFile : ownValue(row, group);
      if (value === undefined)
        throw createFailure("MTL7516", { column: group ?? "", what: "which groups requests", known: Object.keys(row) });
      if (request === undefined || value !== newest) {
        newest = value;
        const name = requestName(value);
        if (name !== request) {
          yield* close();
          if (seen.has(name)) throw createFailure("MTL7515", { request: name, row: at, column: group ?? "" });
          seen.add(name);
          request = name;
          held = [];
        }
      }
      if (held.length <= candidateLimit) held.push(row);
    }
  };
  return {
    push,
    close: function* () {
      yield* close();
      request = undefined;
      held = [];
    },
    names: seen,
    skip: (rows, names) => {
      if (names.some((name) => seen.has(name))) return false;
      for (const name of names) seen.add(name);
      at += rows;
      return true;
    },
  };
}

/** What a request is called whose rows have a value in the group's column. */
export function requestName(value: unknown): string {
  return cellText(value) ?? "null";
}

/** Whether two rows are of different requests wherever they are; false where that is not known. */
export function areApart(one: RawRow | undefined, other: RawRow | undefined, group: string): boolean {
  if (one === undefined || other === undefined) return false;
  if (Object.hasOwn(one, "candidates") || Object.hasOwn(other, "candidates")) return true;
  const [a, b] = [ownValue(one, group), ownValue(other, group)];
  return a !== undefined && b !== undefined && a !== b && requestName(a) !== requestName(b);
}

/** The row as a whole request; undefined for the row of a candidate. */
function wholeRequest(row: RawRow, at: number): FileRequest | FileFault | undefined {
  // What is not even inherited is found out in a tenth of the time.
  if (!("candidates" in row) || !Object.hasOwn(row, "candidates")) {
    const misspelt = misspeltCandidates(row);
    if (misspelt === undefined) return undefined;
    return { kind: "fault", request: nameOf(row, at), refusal: refuse(misspelt, "unknown", "called `candidates`") };
  }
  const { candidates, request: given, ...members } = row;
  const request = nameOf(row, at);
  const fault = (refusal: FileFault["refusal"]): FileFault => ({ kind: "fault", request, refusal });
  if (given !== undefined && given !== null && !isName(given))
    return fault(refuse("request", "type", "a text or a number; values of the request are in `values`"));
  const unknown = Object.keys(members).find((key) => !lineMembers.some((known) => known === key));
  if (unknown !== undefined) {
    const suggestion = suggest(unknown, lineMembers);
    return fault({
      ...refuse(unknown, "unknown", oneOf(lineMembers, "member")),
      help:
        suggestion === undefined
          ? "values of the request are in `values`, those of a candidate on the candidate"
          : `did you mean \`${suggestion}\`?`,
    });
  }
  if (!isRecords(candidates)) return fault(refuse("candidates", "type", "a list of objects, one per candidate"));
  if (candidates.length > candidateLimit) return fault({ kind: "tooMany" });
  return { kind: "request", request, rows: candidates, members };
}

/** A name like `candidates` of what could be them. */
function misspeltCandidates(row: RawRow): string | undefined {
  for (const key in row) {
    const value = row[key];
    if (typeof value !== "object" || !Array.isArray(value)) continue;
    if (Object.hasOwn(row, key) && isRecords(value) && suggest(key, ["candidates"]) !== undefined) return key;
  }
  return undefined;
}

/** What `own` gives; records of files inherit functions and objects at most. */
function ownValue(row: RawRow, name: string): unknown {
  const value = row[name];
  return typeof value === "string" || typeof value === "number" ? value : own(row, name);
}

function isName(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

function nameOf({ request }: RawRow, at: number): string {
  if (isName(request)) return String(request);
  if (Number.isNaN(at)) throw new Error("a request is named by its row, whose number is not known");
  return String(at);
}

function isRecords(value: unknown): value is readonly RawRow[] {
  return (
    Array.isArray(value) &&
    value.every((item: unknown) => typeof item === "object" && item !== null && !Array.isArray(item))
  );
}
