import { own } from "../../compiler/text/index.js";
import { candidateLimit } from "../../compiler/ranking/index.js";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { type Model, readingOf, type ServingInput } from "../../compiler/model/index.js";
import { BrokenLine, columnsOf, type RawRow, streamRawRowBatches } from "../data/index.js";
import { createFailure } from "../failure.js";
import type { RankAnswer, RankerOptions, ServiceRequest } from "../rank/answer.js";
import { candidateValues, typedRow } from "../rank/candidate-values.js";
import { diagnosticOf, type Fault, faultOf } from "../rank/fault.js";
import { type FileFault, type FileRequest, groupRequests, lineMembers } from "../rank/group-requests.js";
import { openRanker } from "../rank/ranker.js";

export interface RankOptions extends RankerOptions {
  /** A spec, or the directory of an artifact, whose network then scores the rows. */
  readonly source: string;
  /** Candidates: .jsonl, .csv, .tsv, each also with .gz, or .parquet. */
  readonly files: readonly string[];
  /** Column that groups rows into requests; absent: that of the spec's data where the file has it, else `request`. */
  readonly group?: string;
  /** Column of identifiers; absent: `id` or `item_id`, else the row's number in its request. */
  readonly id?: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** `experiment=arm`: arms that replace those of the requests' units. */
  readonly arms?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Answers the requests of files, one after the other; the memory that this takes is that of one request. A request that
 * is wrong is answered by what is wrong with it, and those after it are answered too. Throws a Failure for what concerns
 * the files as a whole.
 */
export async function* rankFiles(options: RankOptions): AsyncGenerator<RankAnswer, void, undefined> {
  const { now, seed } = options;
  const ranker = await openRanker(options.source, options, typedRow);
  try {
    const { model, name: ranking } = ranker;
    const arms = forcedArms(model, options.arms ?? []);
    const inputs = model.serving?.inputs ?? [];
    const features = model.features.flatMap(({ source }) => columnsOf(source));
    const rows = peekable(
      streamRawRowBatches(options.files, {
        reading: readingOf(model.data),
        columns: features,
        numbers: numberColumns(model, features, options.id),
        signal: options.signal,
      }),
    );
    const first = await rows.first();
    const group = first === undefined ? undefined : groupColumn(options, model, first);
    for await (const request of groupRequests(rows.all(), group)) {
      const asked = request.kind === "fault" ? faultOfLine(request) : serviceRequest(request, inputs, options);
      if ("diagnostic" in asked) yield { kind: "refused", request: request.request, ranking, now, seed, ...asked };
      else yield await ranker.rank({ ...asked, now, seed, arms });
    }
    const { rows: count, unseen } = ranker.report() ?? { rows: 0, unseen: new Map<string, number>() };
    if (unseen.size > 0) options.onWarning?.(unseenWarning(count, unseen));
  } finally {
    await ranker.close();
  }
}

/** Columns of which only formulas and rules read, and only as numbers. */
function numberColumns(
  { serving, data }: Model,
  features: readonly string[],
  id: string | undefined,
): ReadonlySet<string> {
  const others = new Set([...features, ...idColumns, ...lineMembers, "source", data.group, data.weight, id]);
  const isNumber = ({ name, type, origin }: ServingInput): boolean =>
    type === "number" && (origin === "signal" || origin === "attribute") && !others.has(name);
  return new Set(serving?.inputs.filter(isNumber).map(({ name }) => name));
}

function unseenWarning(rows: number, unseen: ReadonlyMap<string, number>): Diagnostic {
  const counts = [...unseen].map(([feature, count]) => ({ feature, count }));
  return diagnosticOf("MTL7522", { rows, unseen: counts.toSorted((a, b) => b.count - a.count) });
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
  { id }: RankOptions,
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

function groupColumn({ group }: RankOptions, { data }: Model, first: RawRow): string | undefined {
  if (group !== undefined) {
    if (group in first || "candidates" in first) return group;
    throw createFailure("MTL7516", { column: group, what: "which groups requests", known: Object.keys(first) });
  }
  return [data.group, "request"].find((name) => name !== undefined && name in first);
}

/** Columns of identifiers, in the order in which they are looked for. */
const idColumns = ["id", "item_id"] as const;

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

function forcedArms({ serving }: Model, given: readonly string[]): Readonly<Record<string, string>> {
  const experiments = serving?.experiments ?? [];
  const known = experiments.flatMap(({ name, arms }) => arms.map((arm) => `${name}=${arm.name}`));
  return Object.fromEntries(
    given.map((each) => {
      if (!known.includes(each)) throw createFailure("MTL7519", { given: each, known });
      const at = each.indexOf("=");
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

type Batch = readonly (RawRow | BrokenLine)[];

/** A stream whose first row can be looked at before it is read. */
function peekable(batches: AsyncGenerator<Batch, void, undefined>): {
  readonly first: () => Promise<RawRow | undefined>;
  readonly all: () => AsyncGenerator<Batch, void, undefined>;
} {
  const held: Batch[] = [];
  return {
    first: async () => {
      for (;;) {
        const next = await batches.next();
        if (next.done === true) return undefined;
        held.push(next.value);
        const row = next.value.find((each) => !(each instanceof BrokenLine));
        if (row !== undefined) return row as RawRow;
      }
    },
    all: async function* () {
      yield* held.splice(0);
      yield* batches;
    },
  };
}
