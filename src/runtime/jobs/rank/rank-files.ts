import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import { type Model, readingOf, type ServingInput } from "../../../compiler/model/index.js";
import { BrokenLine, columnsOf, type RawRow, type RawRowOptions, streamRawRowBatches } from "../../data/index.js";
import { createFailure } from "../../failure.js";
import type { RankAnswer, RankerOptions } from "../../rank/answer.js";
import { typedRow } from "../../rank/candidate-values.js";
import { diagnosticOf } from "../../rank/fault.js";
import { groupRequests, lineMembers } from "../../rank/group-requests.js";
import { openRanker, type OpenRanker } from "../../rank/ranker.js";
import { type AnswerOptions, createFileAnswers, idColumns } from "./file-requests.js";

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
  const ranking = await openFileRanking(options);
  try {
    yield* rankRows(ranking, options.files);
    ranking.tellUnseen();
  } finally {
    await ranking.ranker.close();
  }
}

/** What the requests of files share. */
export interface FileRanking {
  readonly ranker: OpenRanker;
  readonly answers: AnswerOptions;
  readonly reading: RawRowOptions;
  /** The column that groups rows, by the first of them. Throws MTL7516 where one was asked for that is not there. */
  readonly groupOf: (first: RawRow) => string | undefined;
  /** Warns of values that the network has not seen in training, of all requests so far. */
  readonly tellUnseen: () => void;
}

/** Opens a ranking for files; whoever does closes its ranker. */
export async function openFileRanking(options: RankOptions): Promise<FileRanking> {
  const { id, now, seed, arms = [], signal, onWarning } = options;
  const ranker = await openRanker(options.source, options, typedRow);
  try {
    const { model } = ranker;
    const features = model.features.flatMap(({ source }) => columnsOf(source));
    return {
      ranker,
      answers: { id, now, seed, arms: forcedArms(model, arms) },
      reading: {
        reading: readingOf(model.data),
        columns: features,
        numbers: numberColumns(model, features, id),
        signal,
      },
      groupOf: (first) => groupColumn(options, model, first),
      tellUnseen: () => {
        const { rows: count, unseen } = ranker.report() ?? { rows: 0, unseen: new Map<string, number>() };
        if (unseen.size > 0) onWarning?.(unseenWarning(count, unseen));
      },
    };
  } catch (error) {
    await ranker.close();
    throw error;
  }
}

/** The answers of the requests of files, in this thread. */
export async function* rankRows(
  { ranker, answers, reading, groupOf }: FileRanking,
  files: readonly string[],
): AsyncGenerator<RankAnswer, void, undefined> {
  const answer = createFileAnswers(ranker, answers);
  const rows = peekable(streamRawRowBatches(files, reading));
  const first = await rows.first();
  for await (const request of groupRequests(rows.all(), first === undefined ? undefined : groupOf(first)))
    yield await answer(request);
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

function groupColumn({ group }: RankOptions, { data }: Model, first: RawRow): string | undefined {
  if (group !== undefined) {
    if (group in first || "candidates" in first) return group;
    throw createFailure("MTL7516", { column: group, what: "which groups requests", known: Object.keys(first) });
  }
  return [data.group, "request"].find((name) => name !== undefined && name in first);
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
