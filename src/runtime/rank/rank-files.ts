import { existsSync, statSync } from "node:fs";
import type { Model, RankModel, ServingInput, ServingModel } from "../../compiler/model/index.js";
import { assignArm, createRanker, type EarlierPages, type RankedList } from "../../compiler/serving/index.js";
import { loadArtifact } from "../artifact/index.js";
import { type RawRow, streamRawRows } from "../data/index.js";
import type { EngineName } from "../engine/index.js";
import { createFailure } from "../failure.js";
import { createPredictor, type Predictor } from "../predict.js";
import { loadSpec } from "../spec.js";
import { candidateValues } from "./candidate-values.js";
import { groupRequests, type FileRequest } from "./group-requests.js";

export interface RankOptions {
  /** A spec, or the directory of a trained artifact, whose network then scores the rows. */
  readonly source: string;
  /** Candidates: .jsonl, .csv, .tsv, each also with .gz, or .parquet. */
  readonly files: readonly string[];
  /** Name of the ranking; absent: the first of the spec. */
  readonly rank?: string;
  /** Column that groups rows into requests; absent: that of the spec's data where the file has it, else `request`. */
  readonly group?: string;
  /** Column of identifiers; absent: `id` or `item_id`, else the row's number in its request. */
  readonly id?: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** `experiment=arm`: arms that stand in place of those of the requests' units. */
  readonly arms?: readonly string[];
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
}

/** The answer to one request of the files. */
export interface FileRanking {
  readonly request: string;
  readonly rank: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly seed: number;
  /** Arm by experiment. */
  readonly arms: Readonly<Record<string, string>>;
  readonly candidates: number;
  readonly list: RankedList;
}

/**
 * Ranks the requests of files, one after the other; the memory that this takes is that of one request. Throws a Failure
 * for a request that cannot be ranked, with what to mend.
 */
export async function* rankFiles(options: RankOptions): AsyncGenerator<FileRanking, void, undefined> {
  const { model, predictor } = await openModel(options);
  try {
    const { serving, rank } = rankingOf(model, options);
    const ranker = createRanker(serving, rank);
    const inputs = serving.inputs.filter(({ name }) => ranker.inputs.has(name));
    const unitInputs = serving.inputs.filter(({ name }) => serving.experiments.some(({ key }) => key === name));
    const forced = forcedArms(serving, options.arms ?? []);
    const rows = peekable(streamRawRows(options.files, options.signal));
    const first = await rows.first();
    if (first === undefined) return;
    const group = groupColumn(options, model, first);
    for await (const request of groupRequests(rows.all(), group)) {
      const { params, arms } = assignArms(serving, forced, requestValues(request, unitInputs));
      const ids = idsOf(request, options.id);
      const values = candidatesOf(request, { inputs, rank: rank.name, predictor });
      const result = ranker.rank({
        request: request.request,
        ids,
        candidates: values,
        values: requestValues(request, inputs),
        ...pagesOf(request, options.id, inputs),
        ...(rank.sources.length === 0 ? {} : { sources: request.rows.map(sourcesOf) }),
        now: options.now,
        seed: options.seed,
        params,
      });
      if (result.kind === "duplicate") throw createFailure("MTL7513", { request: request.request, id: result.id });
      if (result.kind === "refused")
        throw createFailure("MTL7512", {
          request: request.request,
          candidate: result.id,
          input: result.input,
          reason:
            result.reason === "missing"
              ? "missing"
              : result.reason === "type"
                ? "of another type"
                : "outside its range",
          expected: result.expected,
        });
      const { now, seed } = options;
      yield { request: request.request, rank: rank.name, now, seed, arms, candidates: ids.length, list: result };
    }
  } finally {
    predictor?.close();
  }
}

async function openModel({
  source,
  engine,
}: RankOptions): Promise<{ readonly model: Model; readonly predictor?: Predictor }> {
  if (!existsSync(source) || !statSync(source).isDirectory()) return { model: loadSpec(source).model };
  const artifact = await loadArtifact(source);
  return { model: artifact.model, predictor: await createPredictor(artifact, engine === undefined ? {} : { engine }) };
}

function rankingOf(
  { serving }: Model,
  { source, rank }: RankOptions,
): { readonly serving: ServingModel; readonly rank: RankModel } {
  const [first] = serving?.ranks ?? [];
  if (serving === undefined || first === undefined) throw createFailure("MTL7511", { spec: source });
  const found = rank === undefined ? first : serving.ranks.find(({ name }) => name === rank);
  if (found !== undefined) return { serving, rank: found };
  throw createFailure("MTL7510", { rank: rank ?? "", known: serving.ranks.map(({ name }) => name) });
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

function idColumn(first: RawRow | undefined, id: string | undefined): string | undefined {
  return id ?? idColumns.find((name) => first !== undefined && name in first);
}

function idsOf({ rows }: FileRequest, id: string | undefined): readonly string[] {
  const [first] = rows;
  if (id !== undefined && first !== undefined && !(id in first))
    throw createFailure("MTL7516", { column: id, what: "which holds identifiers", known: Object.keys(first) });
  const column = idColumn(first, id);
  return rows.map((row, i) => {
    const value = column === undefined ? undefined : row[column];
    return value === undefined || value === null ? String(i + 1) : String(value);
  });
}

/** What the request says of the pages before; ids of their items stand where the candidates' do. */
function pagesOf(
  { rows, page, tail, shown }: FileRequest,
  id: string | undefined,
  inputs: readonly ServingInput[],
): EarlierPages {
  const rowOf = (item: RawRow): RawRow => {
    const column = idColumn(rows[0] ?? item, id);
    return { ...candidateValues(item, inputs), id: (column === undefined ? undefined : item[column]) ?? item["id"] };
  };
  return {
    ...(page === undefined ? {} : { page }),
    ...(tail === undefined ? {} : { tail: tail.map(rowOf) }),
    ...(shown === undefined ? {} : { shown: shown.map((item) => (typeof item === "object" ? rowOf(item) : item)) }),
  };
}

interface Preparing {
  readonly inputs: readonly ServingInput[];
  readonly rank: string;
  readonly predictor: Predictor | undefined;
}

/** Each row's values of the inputs that the ranking reads, the network's predictions among them. */
function candidatesOf({ rows }: FileRequest, { inputs, rank, predictor }: Preparing): readonly RawRow[] {
  const [first] = rows;
  const predicted = new Set(predictor?.heads);
  const own = inputs.filter(({ name, origin }) => origin !== "id" && !predicted.has(name));
  const lacking = own.find(
    ({ name, origin, missing }) =>
      origin !== "request" &&
      first !== undefined &&
      missing.kind !== "keep" &&
      missing.kind !== "default" &&
      !rows.some((row) => name in row),
  );
  if (lacking !== undefined)
    throw createFailure("MTL7517", {
      input: lacking.name,
      rank,
      isHead: lacking.origin === "head",
      known: Object.keys(first ?? {}),
    });
  const heads = inputs.some(({ name }) => predicted.has(name)) ? predictor?.predict(rows) : undefined;
  return rows.map((row, i) => {
    const values: Record<string, unknown> = { ...candidateValues(row, own) };
    for (const [head, column] of Object.entries(heads ?? {})) values[head] = column[i];
    return values;
  });
}

function requestValues({ rows, values }: FileRequest, inputs: readonly ServingInput[]): RawRow {
  return candidateValues(
    values ?? rows[0] ?? {},
    inputs.filter(({ origin }) => origin === "request"),
  );
}

/** The sources that brought a candidate: a list, or texts with a bar between them. */
function sourcesOf(row: RawRow): readonly string[] {
  const { source } = row;
  const values: readonly unknown[] = Array.isArray(source)
    ? source
    : typeof source === "string"
      ? source.split("|")
      : [];
  return values.map(String);
}

function forcedArms(serving: ServingModel, given: readonly string[]): ReadonlyMap<string, string> {
  const known = serving.experiments.flatMap(({ name, arms }) => arms.map((arm) => `${name}=${arm.name}`));
  return new Map(
    given.map((each) => {
      if (!known.includes(each)) throw createFailure("MTL7519", { given: each, known });
      const at = each.indexOf("=");
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

/** A request whose unit is not known takes part in no experiment. */
function assignArms(
  serving: ServingModel,
  forced: ReadonlyMap<string, string>,
  values: RawRow,
): { readonly params: ReadonlyMap<string, number>; readonly arms: Readonly<Record<string, string>> } {
  const params = new Map<string, number>();
  const arms: Record<string, string> = {};
  for (const experiment of serving.experiments) {
    const unit = values[experiment.key];
    const name = forced.get(experiment.name);
    const arm =
      name !== undefined
        ? experiment.arms.find((each) => each.name === name)
        : unit === undefined || unit === null
          ? undefined
          : assignArm(experiment, String(unit));
    if (arm === undefined) continue;
    arms[experiment.name] = arm.name;
    for (const [param, value] of Object.entries(arm.params)) params.set(param, value);
  }
  return { params, arms };
}

/** A stream whose first row can be looked at before it is read. */
function peekable<T>(rows: AsyncGenerator<T, void, undefined>): {
  readonly first: () => Promise<T | undefined>;
  readonly all: () => AsyncGenerator<T, void, undefined>;
} {
  let held: T | undefined;
  return {
    first: async () => {
      const next = await rows.next();
      held = next.done === true ? undefined : next.value;
      return held;
    },
    all: async function* () {
      try {
        if (held !== undefined) yield held;
        yield* rows;
      } finally {
        await rows.return();
      }
    },
  };
}
