/** Opens a version of a model: its workers, and the batches that calls share on the way to them. */
import { omitUndefined } from "../../compiler/text/index.js";
import { Failure } from "../failure.js";
import type { HeadValues } from "../jobs/predict/predictor.js";
import { openPool } from "../pool/pool.js";
import { raisedError } from "../pool/service.js";
import { ServeFault } from "./fault.js";
import type {
  InferCall,
  ModelVersion,
  RankCall,
  VersionDescription,
  VersionOptions,
  VersionWatcher,
} from "./model-version.js";
import type { RankedReply } from "./ranking/rank-call.js";
import { type BatchCall, createBatcher } from "./scoring/batcher.js";
import { columnRows } from "./scoring/call-rows.js";
import { nearRows, openNear, type Workers } from "./scoring/near.js";
import type { ServingJob, ServingResult, ServingSetup } from "./scoring/service.js";

/** What a version is opened from, and how it is called. */
export interface VersionSource extends Pick<ServingSetup, "source" | "identity"> {
  readonly model: string;
  readonly version: string;
}

interface SizedCall extends BatchCall {
  readonly call: InferCall;
}

interface SizedRank extends BatchCall {
  readonly call: RankCall;
}

/**
 * A version that has answered: where it infers, it has scored a row of which every value is missing. Rejects with a {@link Failure}
 * where the artifact is damaged, or cannot predict.
 */
export async function openVersion(
  from: VersionSource,
  options: VersionOptions,
  watcher: VersionWatcher,
): Promise<ModelVersion> {
  const { source, identity, model, version } = from;
  const setup: ServingSetup = {
    source,
    model,
    ranking: options.ranking,
    ...omitUndefined({ identity, engine: options.engine, yields: options.yields }),
  };
  const workers = createWorkers(setup, options.workers);
  try {
    const described = await (await workers.now()).submit({ kind: "describe" });
    if (described.kind !== "described") throw new Error("a worker described nothing");
    const { description } = described;
    if (description.infers) await tryOut(await workers.now(), description);
    const near =
      description.infers && options.workers > 0 && options.yields !== true
        ? await openNear(
            setup,
            description.columns.map(({ name }) => name),
          ).catch(() => undefined)
        : undefined;
    return answering({ model, version, description }, { ...workers, near }, options, watcher);
  } catch (error) {
    await workers.close();
    throw error;
  }
}

function answering(
  named: Pick<ModelVersion, "model" | "version" | "description">,
  workers: ReplacedWorkers & { readonly near: Workers | undefined },
  options: VersionOptions,
  watcher: VersionWatcher,
): ModelVersion {
  const { onBatch, onQueued } = watcher;
  const { near } = workers;
  const scored = async (calls: readonly SizedCall[], rows: number): Promise<ServingResult> => {
    const here = options.workers === 0 ? await workers.now() : rows <= nearRows ? near : undefined;
    if (here !== undefined)
      return here.submit({ kind: "inferRows", calls: calls.map(({ call }) => call.rows.records()) });
    return (await workers.now()).submit({ kind: "infer", calls: calls.map(({ call }) => call.rows.packed()) });
  };
  const run = async (calls: readonly SizedCall[]): Promise<readonly (HeadValues | Error)[]> => {
    const size = calls.reduce((sum, { rows }) => sum + rows, 0);
    const result = await scored(calls, size);
    if (result.kind !== "inferred") throw new Error("a worker scored nothing");
    const answers = result.answers.map((each) =>
      each.kind === "values" ? each.values : (raisedError(each.error, undefined) as Failure),
    );
    const { encode, score, observed } = result;
    onBatch({ rows: size, encode, score, observed, answers });
    return answers;
  };
  const batcher = createBatcher<SizedCall, HeadValues>(run, {
    ...options,
    workers: Math.max(1, options.workers),
    onQueued,
  });
  const ranker = createBatcher<SizedRank, RankedReply>((calls) => rankAll(workers, calls, watcher), {
    ...options,
    workers: Math.max(1, options.workers),
    onQueued,
  });
  return {
    ...named,
    rank: (call) => {
      if (named.description.rankings.length === 0)
        return Promise.reject(new ServeFault(400, `model \`${named.model}\` has no ranking`));
      const { deadline, isWanted, work } = call;
      return ranker.submit({
        rows: Math.max(1, work.candidates.count),
        deadline,
        call,
        ...omitUndefined({ isWanted }),
      });
    },
    infer: (call) => {
      if (!named.description.infers)
        return Promise.reject(
          new ServeFault(400, `model \`${named.model}\` has no trained network, so that there is nothing to infer`),
        );
      const { deadline, isWanted } = call;
      return batcher.submit({ rows: call.rows.count, deadline, call, ...omitUndefined({ isWanted }) });
    },
    queued: () => batcher.queued() + ranker.queued(),
    close: async () => {
      await Promise.all([batcher.close(), ranker.close()]);
      await Promise.all([workers.close(), near?.close()]);
    },
  };
}

async function rankAll(
  workers: ReplacedWorkers,
  calls: readonly SizedRank[],
  { onRanked }: VersionWatcher,
): Promise<readonly (RankedReply | Error)[]> {
  const result = await (await workers.now()).submit({ kind: "rank", calls: calls.map(({ call }) => call.work) });
  if (result.kind !== "ranked") throw new Error("a worker ranked nothing");
  const { kind: _kind, ...report } = result;
  onRanked({ ...report, rows: calls.reduce((sum, { rows }) => sum + rows, 0) });
  return result.answers.map((answer) => {
    switch (answer.kind) {
      case "ranked":
        return answer;
      case "refused": {
        const { kind: _refused, error, ...details } = answer;
        return new ServeFault(400, error, details);
      }
      case "error":
        return raisedError(answer.error, undefined) as Error;
    }
  });
}

/** A row of which nothing is known: whoever answers it can answer others. */
async function tryOut(pool: Workers, { columns }: VersionDescription): Promise<void> {
  const row = new Map(columns.map(({ name }) => [name, [null]]));
  const tried = await pool.submit({ kind: "infer", calls: [columnRows(1, row).packed()] });
  const [answer] = tried.kind === "inferred" ? tried.answers : [];
  if (answer?.kind === "error") throw raisedError(answer.error, undefined);
}

interface ReplacedWorkers {
  /** The workers that there are; rejects where none can be opened any more. */
  readonly now: () => Promise<Workers>;
  readonly close: () => Promise<void>;
}

/** Workers, opened again after one of them has ended by itself, such as for want of memory. */
function createWorkers(setup: ServingSetup, count: number): ReplacedWorkers {
  let current: Promise<Workers> | undefined;
  const open = (): Promise<Workers> => {
    const opened = openPool<ServingSetup, ServingJob, ServingResult, never>({
      service: "serving",
      setup,
      workers: Math.max(1, count),
      apart: count > 0,
      onLost: () => {
        if (current !== opened) return;
        current = undefined;
        void opened.then((pool) => pool.close()).catch(() => undefined);
      },
    });
    opened.catch(() => {
      if (current === opened) current = undefined;
    });
    return opened;
  };
  return {
    now: () => (current ??= open()),
    close: async () => {
      const pool = await current?.catch(() => undefined);
      await pool?.close();
    },
  };
}
