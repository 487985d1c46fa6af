import { omitUndefined } from "../../../compiler/text/index.js";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import { secondsOfText } from "../../../compiler/formulas/index.js";
import type { EngineName } from "../../../runtime/engine/index.js";
import { createFailure } from "../../../runtime/failure.js";
import type { AnswerLine } from "../../../runtime/jobs/rank/blocks-service.js";
import { rankFileLines } from "../../../runtime/jobs/rank/rank-lines.js";
import { explainList, rankFiles, type RankedRequest, type RankOptions } from "../../../runtime/rank/index.js";

export interface RankCall {
  readonly source: string;
  readonly files: readonly string[];
  readonly ranking?: string;
  readonly group?: string;
  readonly id?: string;
  /** A date, or a date and time; UTC where it names no zone. */
  readonly at?: string;
  readonly seed?: number;
  readonly experiment?: readonly string[];
  readonly engine?: EngineName;
  readonly explain: boolean;
  /** Where permits of caps and paces are kept. */
  readonly store?: string;
  readonly duplicates?: "refuse" | "first";
  readonly onWarning?: (warning: Diagnostic) => void;
  readonly signal?: AbortSignal;
}

/** Nobody waits at a page: a store that is slow is not a reason to show less. In milliseconds. */
const patience = { wait: 10_000, timeout: 10_000 };

/** Ranks each request of the files as it is read. `clock` is the time where the call names none. */
export async function* runRank(call: RankCall, clock: number): AsyncGenerator<RankedRequest, void, undefined> {
  for await (const answer of rankFiles(optionsOf(call, clock))) {
    if (!call.explain || answer.kind === "refused") yield answer;
    else yield { ...answer, explained: explainList(answer.list) };
  }
}

/** The same as JSON, without explanations; several threads rank large files. */
export function runRankLines(call: RankCall, clock: number): AsyncGenerator<AnswerLine, void, undefined> {
  return rankFileLines(optionsOf(call, clock));
}

function optionsOf(call: RankCall, clock: number): RankOptions {
  const { explain: _explain, at, seed = 0, experiment, store, ...rest } = call;
  const now = at === undefined ? clock : timeOf(at);
  return {
    ...rest,
    now,
    seed,
    ...omitUndefined({ arms: experiment }),
    ...(store === undefined ? {} : { flow: { store, server: "mtlc rank", ...patience } }),
  };
}

function timeOf(text: string): number {
  const time = secondsOfText(text);
  if (time !== undefined) return time;
  throw createFailure("MTL8004", {
    option: "--at",
    value: text,
    expected: "a date or a time such as `2026-11-05T12:00:00Z`",
  });
}
