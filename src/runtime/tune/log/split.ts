/** Which requests of a log are searched on, and which are held out to judge what the search finds. */
import { createFailure } from "../../failure.js";
import { fewestUnits } from "../../statistics/bootstrap.js";
import { createDraws } from "../../statistics/draws.js";
import { orderOfTimes } from "./times.js";

/** The latest requests, from a time as the log writes it; or some of all users. */
export type HeldOut =
  { readonly by: "time"; readonly from: string } | { readonly by: "user"; readonly totalUsers: number };

export interface LogSplit {
  /** Rows of the log, those of one request side by side. */
  readonly train: Int32Array;
  readonly held: Int32Array;
  readonly how: HeldOut;
}

interface Share {
  /** In (0, 1). */
  readonly holdout: number;
}

/** The latest requests, about the share asked for: all requests of one time stay together. */
export function splitByTime(
  {
    order,
    requests,
    times,
  }: {
    readonly order: Int32Array;
    readonly requests: Int32Array;
    readonly times: readonly (string | null)[];
  },
  { holdout, time = "" }: Share & { readonly time?: string },
): LogSplit {
  const key = orderOfTimes(times);
  // A request is as late as its first row.
  const first = firstOfRequests(order, requests, (row) => times[row] ?? null);
  const sorted = [...first.values()].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  let at = Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - holdout)));
  const same = (i: number): boolean => key(sorted[i] ?? null) === key(sorted[at] ?? null);
  // To the border between two times that is nearest.
  let [left, right] = [at, at];
  while (left > 0 && same(left - 1)) left--;
  while (right < sorted.length && same(right)) right++;
  at = left > 0 && (right >= sorted.length || at - left <= right - at) ? left : right;
  if (at <= 0 || at >= sorted.length) throw createFailure("MTL7556", { column: time });
  const from = sorted[at] ?? null;
  const isLater = (row: number): boolean => key(first.get(requests[row]!) ?? null) >= key(from);
  return {
    train: order.filter((row) => !isLater(row)),
    held: order.filter(isLater),
    how: { by: "time", from: from ?? "" },
  };
}

/**
 * Users drawn at random, the share asked for; undefined where that leaves a side with too few of them for an interval. A
 * request belongs to the user of its first row.
 */
export function splitByUser(
  { order, requests, users }: { readonly order: Int32Array; readonly requests: Int32Array; readonly users: Int32Array },
  { holdout, seed }: Share & { readonly seed: number },
): LogSplit | undefined {
  const owner = firstOfRequests(order, requests, (row) => users[row]!);
  const all = [...new Set(owner.values())];
  const count = Math.round(all.length * holdout);
  if (Math.min(count, all.length - count) < fewestUnits) return undefined;
  const { uniform } = createDraws(seed, 0x0e1d);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (all.length - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  const drawn = new Set(all.slice(0, count));
  const isHeld = (row: number): boolean => drawn.has(owner.get(requests[row]!) ?? -1);
  return {
    train: order.filter((row) => !isHeld(row)),
    held: order.filter(isHeld),
    how: { by: "user", totalUsers: all.length },
  };
}

function firstOfRequests<T>(order: Int32Array, requests: Int32Array, valueOf: (row: number) => T): Map<number, T> {
  const first = new Map<number, T>();
  for (const row of order) {
    const request = requests[row]!;
    if (!first.has(request)) first.set(request, valueOf(row));
  }
  return first;
}
