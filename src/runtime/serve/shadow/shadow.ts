/**
 * A version that answers a share of the calls once they are answered, for comparison: nobody waits for it, and it is left out where it
 * would take time from those who do.
 */
import { createFailure } from "../../failure.js";
import { ServeFault } from "../fault.js";
import type { ModelVersion } from "../model-version.js";
import type { RankedReply, RankWork } from "../ranking/rank-call.js";
import type { CallRows } from "../scoring/call-rows.js";
import type { HeadValues } from "../../jobs/predict/predictor.js";
import type { Lease, Repository } from "../repository/repository.js";
import { isNamed, parseVersionShare, type VersionShare } from "../repository/version-share.js";
import { type ListDifference, listDifference, scoreDifferences } from "./compare.js";

/** Told of what becomes of calls that a shadow was to answer. */
export interface ShadowWatcher {
  readonly onShadow: (model: string, version: string, result: "compared" | "dropped" | "failed") => void;
  readonly onScores: (model: string, version: string, differences: ReadonlyMap<string, readonly number[]>) => void;
  readonly onList: (model: string, version: string, ranking: string, difference: ListDifference) => void;
}

export interface Shadows {
  /** Whether a call that this version is to answer goes to a shadow as well; undefined: it does not. */
  readonly choose: (answering: ModelVersion) => ShadowedCall | undefined;
}

/** What a call was answered; the shadow answers after that. */
export interface ShadowedCall {
  readonly inferred: (rows: CallRows, values: HeadValues) => void;
  /** @param reply with what the list was ranked under: its work has `records` */
  readonly ranked: (work: RankWork, reply: RankedReply) => void;
}

export interface ShadowOptions {
  readonly rules: readonly VersionShare[];
  readonly repository: Pick<Repository, "acquire">;
  readonly watcher: ShadowWatcher;
  /** Told why a shadow has not answered. */
  readonly onError: (model: string, version: string, error: unknown) => void;
}

/** Throws a {@link Failure} (MTL7615). */
export function parseShadow(text: string): VersionShare {
  return parseVersionShare(text, (problem) => createFailure("MTL7615", { text, problem }));
}

/** Rows that a shadow may have to answer at once; a call that finds none is always taken. */
export const shadowRows = 1024;

/** Milliseconds after which a shadow's answer is not waited for. */
const patience = 10_000;

interface Course {
  readonly rule: VersionShare;
  /** Of the calls that were not chosen yet: one is due at 1. */
  due: number;
  rows: number;
}

export function createShadows({ rules, repository, watcher, onError }: ShadowOptions): Shadows {
  const courses = rules.map((rule): Course => ({ rule, due: 0, rows: 0 }));
  const leaseOf = (model: string, version: string): Lease | undefined => {
    try {
      return repository.acquire(model, version);
    } catch (error) {
      if (error instanceof ServeFault) return undefined;
      throw error;
    }
  };

  const compare = async (
    course: Course,
    answering: ModelVersion,
    rows: number,
    work: (shadow: ModelVersion) => Promise<void>,
  ): Promise<void> => {
    const { model } = answering;
    const { version } = course.rule;
    const lease = leaseOf(model, version);
    // It is not there yet, or was refused; the log has said so.
    if (lease === undefined) return;
    const isBusy = answering.queued() > 0 || (course.rows > 0 && course.rows + rows > shadowRows);
    course.rows += rows;
    try {
      if (isBusy) return watcher.onShadow(model, version, "dropped");
      await work(lease.version);
      watcher.onShadow(model, version, "compared");
    } catch (error) {
      const isLate = error instanceof ServeFault && (error.status === 429 || error.status === 504);
      watcher.onShadow(model, version, isLate ? "dropped" : "failed");
      if (!isLate) onError(model, version, error);
    } finally {
      course.rows -= rows;
      lease.release();
    }
  };

  return {
    choose: (answering) => {
      const { model } = answering;
      const course = courses.find(({ rule: { model: named } }) => named === undefined || named === model);
      if (course === undefined || isNamed(course.rule, model, answering.version)) return undefined;
      course.due += course.rule.share;
      if (course.due < 1) return undefined;
      course.due -= 1;
      // The answer is written first.
      const later = (rows: number, work: (shadow: ModelVersion) => Promise<void>): void =>
        void setImmediate(() => void compare(course, answering, rows, work));
      return {
        inferred: (rows, values) =>
          later(rows.count, async (shadow) => {
            const other = await shadow.infer({ rows, deadline: performance.now() + patience });
            watcher.onScores(model, shadow.version, scoreDifferences(values, other));
          }),
        ranked: (work, reply) => {
          const { recorded } = reply;
          if (recorded === undefined) return;
          later(work.candidates.count, async (shadow) => {
            const { explain: _explain, records: _records, ...rest } = work;
            const other = await shadow.rank({
              work: { ...rest, replay: recorded.replay },
              deadline: performance.now() + patience,
            });
            if (other.recorded === undefined) return;
            const list = { items: reply.items, scores: recorded.scores };
            const others = { items: other.items, scores: other.recorded.scores };
            watcher.onList(model, shadow.version, reply.ranking, listDifference(list, others));
          });
        },
      };
    },
  };
}
