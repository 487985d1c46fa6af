/** Requests of files as the library takes them. */
import { candidateLimit } from "../../../compiler/ranking/index.js";
import type { ServingInput } from "../../../compiler/model/index.js";
import { own } from "../../../compiler/text/index.js";
import type { RawRow } from "../../data/index.js";
import type { RankAnswer, Ranker, ServiceRequest } from "../../rank/answer.js";
import { candidateValues } from "../../rank/candidate-values.js";
import { diagnosticOf, type Fault, faultOf } from "../../rank/fault.js";
import type { FileFault, FileRequest } from "../../rank/group-requests.js";

/** What all requests of files are answered with. */
export interface AnswerOptions {
  /** Column of identifiers; absent: `id` or `item_id`, else the row's number in its request. */
  readonly id?: string | undefined;
  /** Seconds since 1970. */
  readonly now: number;
  readonly seed: number;
  /** Arm by experiment, in place of those of the requests' units. */
  readonly arms: Readonly<Record<string, string>>;
}

/** Answers requests of files, one after the other. */
export function createFileAnswers(
  ranker: Pick<Ranker, "model" | "name" | "rank">,
  options: AnswerOptions,
): (request: FileRequest | FileFault) => Promise<RankAnswer> {
  const { id, now, seed, arms } = options;
  const inputs = ranker.model.serving?.inputs ?? [];
  return async (request) => {
    const asked = request.kind === "fault" ? faultOfLine(request) : serviceRequest(request, inputs, id);
    return "diagnostic" in asked
      ? { kind: "refused", request: request.request, ranking: ranker.name, now, seed, ...asked }
      : ranker.rank({ ...asked, now, seed, arms });
  };
}

function faultOfLine({ request, refusal }: FileFault): Fault {
  switch (refusal.kind) {
    case "tooMany":
      return { diagnostic: diagnosticOf("MTL7514", { request, limit: candidateLimit }), input: "candidates" };
    case "broken": {
      const [diagnostic] = refusal.line.failure.diagnostics;
      if (diagnostic === undefined) throw refusal.line.failure;
      return { diagnostic };
    }
    case "refused":
      return faultOf(refusal, request);
  }
}

/** The request as the library takes it; members of a line go on as they are and are read there. */
function serviceRequest(
  { request, rows, members }: FileRequest,
  all: readonly ServingInput[],
  id: string | undefined,
): ServiceRequest | Fault {
  const column = id ?? idColumns.find((name) => rows.some((row) => Object.hasOwn(row, name)));
  if (id !== undefined && rows.length > 0 && !rows.some((row) => Object.hasOwn(row, id))) {
    const known = Object.keys(rows[0] ?? {});
    return { diagnostic: diagnosticOf("MTL7516", { column: id, what: "which holds identifiers", known }), input: id };
  }
  // What is not an identifier is said where requests are read.
  const ids = rows.map((row, i) => (column === undefined ? i + 1 : own(row, column))) as ServiceRequest["ids"] & object;
  if (members !== undefined) return { ...members, ...pagesOf(members, column, all), request, candidates: rows, ids };
  const inputs = all.filter(({ origin }) => origin === "request");
  const values = candidateValues(rows[0] ?? {}, inputs);
  const other = inputs.find(({ name }) => rows.some((row) => !isSame(own(row, name), own(rows[0] ?? {}, name))));
  if (other === undefined) return { request, candidates: rows, ids, values: present(values) };
  const { name: input } = other;
  const row = rows.findIndex((each) => !isSame(own(each, input), own(rows[0] ?? {}, input))) + 1;
  return { diagnostic: diagnosticOf("MTL7523", { input, request, row }), input };
}

/** Values that are there: a column that the file does not have is none of the request's. */
function present(values: RawRow): RawRow {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function isSame(one: unknown, other: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_name, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
  return one === other || text(one) === text(other);
}

/** Columns of identifiers, in the order in which they are looked for. */
export const idColumns = ["id", "item_id"] as const;

/** Items of the pages before as candidates are: their values typed, their identifiers in `id`. */
function pagesOf(
  { tail, shown }: Readonly<Record<string, unknown>>,
  idColumn: string | undefined,
  inputs: readonly ServingInput[],
): Pick<ServiceRequest, "tail" | "shown"> {
  const itemOf = (item: unknown): unknown => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    const row = item as RawRow;
    const column = idColumn ?? idColumns.find((name) => Object.hasOwn(row, name)) ?? "id";
    return { ...candidateValues(row, inputs), id: row[column] ?? row["id"] };
  };
  const itemsOf = (items: unknown): unknown => (Array.isArray(items) ? items.map(itemOf) : items);
  // What is not such an item is said where requests are read.
  return {
    ...(tail === undefined ? {} : { tail: itemsOf(tail) as readonly RawRow[] }),
    ...(shown === undefined ? {} : { shown: itemsOf(shown) as readonly RawRow[] }),
  };
}
