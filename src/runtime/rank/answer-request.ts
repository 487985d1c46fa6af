import type { RankModel, ServingInput, ServingModel } from "../../compiler/model/index.js";
import {
  type Ranker as ListRanker,
  readRequest,
  type RankedList,
  type RankRequest,
  type RankResult,
} from "../../compiler/serving/index.js";
import { emptyRecord, omitUndefined, own } from "../../compiler/text/index.js";
import type { RawRow } from "../data/index.js";
import type { FlowControl } from "../flow/index.js";
import type { RankAnswer, RankedAnswer, RankerOptions, RefusedAnswer, ServiceRequest } from "./answer.js";
import type { CandidateInputs, CandidateReader, ReadRow } from "./candidate-reader.js";
import { type Fault, faultOf } from "./fault.js";
import { keepFirst } from "./keep-first.js";

/** What all requests to a ranking share. */
export interface OpenRanking {
  readonly serving: ServingModel;
  /** What a request itself may provide. */
  readonly ofRequest: readonly ServingInput[];
  readonly rank: RankModel;
  readonly list: ListRanker;
  readonly candidates: CandidateReader;
  readonly flow: FlowControl | undefined;
  readonly readRow: ReadRow;
  readonly duplicates: RankerOptions["duplicates"];
  /** Inputs that rules read of items on the pages before. */
  readonly lookedBack: readonly string[];
}

/** Answers one request, of which nothing is known yet. What is wrong with it is part of the answer. */
export async function answerRequest(ranking: OpenRanking, given: ServiceRequest): Promise<RankAnswer> {
  const { serving, rank, candidates } = ranking;
  const { now = Date.now() / 1000, seed = 0 } = isRecord(given) ? given : {};
  const name = isRecord(given) && isName(given.request) ? String(given.request) : "";
  const answer = { request: name, ranking: rank.name, now, seed };
  const refused = ({ diagnostic, id, input }: Fault): RefusedAnswer => ({
    kind: "refused",
    ...answer,
    ...omitUndefined({ id, input }),
    diagnostic,
  });
  const values = isRecord(given) && isRecord(given.values) ? given.values : {};
  const sound = readRequest(serving, isRecord(given) ? withDefaults(ranking, given, now) : given);
  if (sound.kind === "refused") return refused(faultOf(sound, name));
  const { request, duplicates } =
    ranking.duplicates === "first" ? keepFirst(sound.request) : { request: sound.request, duplicates: [] };
  const read = await candidates.read(request, values);
  if ("diagnostic" in read) return refused(read);
  const { rows, columns } = read;
  const { result, flow } = await rankUnderFlow(ranking, { ...request, candidates: rows, columns }, now);
  if (result.kind !== "ranked") return refused(faultOf(result, name));
  return {
    kind: "ranked",
    ...answer,
    arms: sound.arms,
    candidateCount: sound.request.ids.length,
    duplicates,
    list: result,
    shownItems: () => shownItems(result, ranking.lookedBack, request.ids, read),
    ...omitUndefined({ flow }),
  };
}

/** A request whose candidates are columns. */
export interface ColumnRequest extends Pick<ServiceRequest, "arms"> {
  readonly request: string;
  readonly ids: readonly (string | number | bigint)[];
  /** A value for each candidate of every input that the ranking reads, as rows of JSON would have them. */
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
  readonly now: number;
  readonly seed: number;
}

const noValues: RawRow = emptyRecord();

/** Rows of which nothing is known; the same ones for the next request of as many candidates. */
let noRows: readonly RawRow[] = [];

function rowsWithoutValues(count: number): readonly RawRow[] {
  if (noRows.length !== count) noRows = Array.from({ length: count }, () => noValues);
  return noRows;
}

/**
 * What {@link answerRequest} says of the rows that the columns are of, for a ranking without sources, network, flow control and values of requests that refuses
 * duplicates. Nothing is known of what rows hold beside the columns, and there are no warnings about it.
 */
export function answerColumns(ranking: OpenRanking, given: ColumnRequest): RankAnswer {
  const { serving, rank, list, lookedBack } = ranking;
  const { request: name, ids, columns, ...asked } = given;
  const { now, seed } = asked;
  const answer = { request: name, ranking: rank.name, now, seed };
  const candidates = rowsWithoutValues(ids.length);
  const sound = readRequest(serving, { ...asked, request: name, candidates, ids, values: {} });
  const result = sound.kind === "refused" ? undefined : list.rank({ ...sound.request, columns });
  if (sound.kind === "refused" || result?.kind !== "ranked") {
    const { diagnostic, id, input } = faultOf(
      (sound.kind === "refused" ? sound : result) as Parameters<typeof faultOf>[0],
      name,
    );
    return { kind: "refused", ...answer, ...omitUndefined({ id, input }), diagnostic };
  }
  return {
    kind: "ranked",
    ...answer,
    arms: sound.arms,
    candidateCount: ids.length,
    duplicates: [],
    list: result,
    shownItems: () => shownItems(result, lookedBack, sound.request.ids, { rows: candidates, columns }),
  };
}

function shownItems(
  { items }: RankedList,
  names: readonly string[],
  ids: readonly string[],
  { rows, columns }: CandidateInputs,
): readonly (RawRow | string)[] {
  if (names.length === 0) return items.map(({ id }) => id);
  const places = new Map(ids.map((id, at) => [id, at]));
  return items.map(({ id }) => {
    const at = places.get(id) ?? -1;
    const row = rows[at] ?? {};
    const shown = emptyRecord();
    shown["id"] = id;
    let isKnown = false;
    for (const name of names) {
      const value = columns.has(name) ? columns.get(name)?.[at] : own(row, name);
      if (value === undefined || value === null) continue;
      shown[name] = value;
      isKnown = true;
    }
    return isKnown ? shown : id;
  });
}

/** The list under the permits at hand, which it spends, where there is flow control. */
async function rankUnderFlow(
  { list, flow }: OpenRanking,
  request: RankRequest,
  now: number,
): Promise<{ readonly result: RankResult } & Pick<RankedAnswer, "flow">> {
  if (flow === undefined) return { result: list.rank(request) };
  const { ranking, ...rest } = await flow.rank(now, (given) => {
    const made = list.rank({ ...request, permits: given });
    return { ranking: made, spent: made.kind === "ranked" ? made.spent : [] };
  });
  return { result: ranking, flow: rest };
}

/** The request with the clock, typed values, and the sources that its candidates name. */
function withDefaults({ ofRequest, rank, readRow }: OpenRanking, given: ServiceRequest, now: number): unknown {
  return {
    ...given,
    now,
    ...(isRecord(given.values) ? { values: readRow(given.values, ofRequest) } : {}),
    ...(rank.sources.length > 0 && given.sources === undefined && Array.isArray(given.candidates)
      ? { sources: given.candidates.map(sourcesOf) }
      : {}),
  };
}

function isRecord(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

/** The sources that provided a candidate: a list, or texts with a bar between them. */
function sourcesOf(row: unknown): readonly string[] {
  const source = isRecord(row) ? row["source"] : undefined;
  const values: readonly unknown[] = Array.isArray(source)
    ? source
    : typeof source === "string"
      ? source.split("|")
      : [];
  return values.map(String);
}
