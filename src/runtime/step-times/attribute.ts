/**
 * Whose the time of a call is. Threads work beside each other, so that the times of ops are more than the call's: each moment is shared
 * equally by the ops that run in it, and what all of them have is then the time that somebody waited for.
 */
import type { TraceSpan } from "../engine/engine.js";

/** What the time of an op is summed under: ops that are alike in both are one. */
export type Owner = Pick<TraceSpan, "op" | "label">;

export interface Attributed {
  /** Nanoseconds of each op, and how often it ran. */
  readonly ops: readonly (Owner & { readonly nanoseconds: number; readonly count: number })[];
  /** Nanoseconds in which no op ran: the runtime got ops to run, or threads woke up. */
  readonly between: number;
}

/** @param whole nanoseconds that the call took; the spans lie in them */
export function attribute(spans: readonly TraceSpan[], whole: number): Attributed {
  const ops = new Map<string, { readonly owner: Owner; nanoseconds: number; count: number }>();
  const entryOf = (owner: Owner): { nanoseconds: number; count: number } => {
    const key = JSON.stringify([owner.op, owner.label]);
    const entry = ops.get(key) ?? { owner: ownerOf(owner), nanoseconds: 0, count: 0 };
    ops.set(key, entry);
    return entry;
  };
  for (const span of spans) if (span.kind === "op") entryOf(span).count += 1;
  let busy = 0;
  for (const { running, nanoseconds } of moments(spans)) {
    busy += nanoseconds;
    for (const owner of running) entryOf(owner).nanoseconds += nanoseconds / running.length;
  }
  return {
    ops: [...ops.values()].map(({ owner, nanoseconds, count }) => ({ ...owner, nanoseconds, count })),
    between: Math.max(0, whole - busy),
  };
}

function ownerOf({ op, label }: Owner): Owner {
  return { ...(op === undefined ? {} : { op }), ...(label === undefined ? {} : { label }) };
}

/** The stretches of time in which the same ops run, those without any left out. */
function* moments(
  spans: readonly TraceSpan[],
): IterableIterator<{ readonly running: readonly Owner[]; readonly nanoseconds: number }> {
  const threads = [...new Set(spans.map(({ thread }) => thread))];
  const changes = threads
    .map((name) => spans.filter(({ thread }) => thread === name))
    .flatMap((each, thread) => segments(each).map((segment) => ({ ...segment, thread })))
    .flatMap(({ thread, owner, start, end }) => [
      { at: start, thread, owner },
      { at: end, thread, owner: undefined },
    ])
    // A thread's op ends before its next one begins.
    .sort((a, b) => a.at - b.at || Number(a.owner !== undefined) - Number(b.owner !== undefined));
  const running = new Map<number, Owner>();
  let last = 0;
  for (const { at, thread, owner } of changes) {
    if (at > last && running.size > 0) yield { running: [...running.values()], nanoseconds: at - last };
    last = at;
    if (owner === undefined) running.delete(thread);
    else running.set(thread, owner);
  }
}

interface Segment {
  readonly owner: Owner;
  readonly start: number;
  readonly end: number;
}

/** What one thread computes, in the order of time: of spans within one another the innermost counts. */
function segments(spans: readonly TraceSpan[]): readonly Segment[] {
  const found: Segment[] = [];
  const open: TraceSpan[] = [];
  let from = 0;
  const close = (until: number): void => {
    const inner = open.at(-1);
    if (inner?.kind === "op" && until > from) found.push({ owner: inner, start: from, end: until });
    from = Math.max(from, until);
  };
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    for (let inner = open.at(-1); inner !== undefined && inner.end <= span.start; inner = open.at(-1)) {
      close(inner.end);
      open.pop();
    }
    close(span.start);
    open.push(span);
  }
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    close(inner.end);
    open.pop();
  }
  return found;
}
