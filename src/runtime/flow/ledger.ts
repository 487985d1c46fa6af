import { randomUUID } from "node:crypto";
import {
  atBest,
  atHand,
  blockOf,
  remainingOf,
  reportOf,
  takeAllowance,
  takeAnswer,
  takeBlindAllowance,
  type LedgerEntry,
} from "./ledger-entry.js";
import { createLedgerBook } from "./ledger-book.js";
import type { CapPolicy, PermitKey, PermitSnapshot, Spend } from "./permits.js";
import { createStoreLink, within, type LinkState } from "./stores/store-link.js";
import { type LeaseAnswer, type PermitStore, type PermitValue, type Session } from "./stores/store.js";

export interface LedgerOptions {
  readonly caps: readonly CapPolicy[];
  /** The server's name, for people who read the store. It need not be unique. */
  readonly server: string;
  /** Milliseconds that {@link PermitLedger.prepare} waits for the store; 50. */
  readonly wait?: number;
  /** Milliseconds after which a call to the store has failed; 1000. */
  readonly timeout?: number;
  /** Milliseconds between reports of what was spent; 5000. A value of which none are left is asked for again as often. */
  readonly report?: number;
  /** Milliseconds after which permits that nobody spends go back to the store; 60 000. */
  readonly idle?: number;
  /** Whether reports are sent in the background; `false` leaves them to {@link PermitLedger.tick}. */
  readonly background?: boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** How many servers share the store, for one that starts while the store does not answer; 1. */
  readonly servers?: number;
  /** Told once when the store stops answering, and once when it answers again. */
  readonly onStore?: (state: LinkState) => void;
}

export type SpendResult =
  | { readonly kind: "spent" }
  /** Nothing was spent; these values need permits, and this many would do. */
  | { readonly kind: "short"; readonly short: readonly Spend[] };

export interface LedgerStatus {
  readonly session: Session;
  readonly store: LinkState;
  readonly counters: number;
  /** Permits held and not spent: what a crash now would strand. */
  readonly held: number;
  /** Exposures on a stated share while the store was out of reach, not yet charged to it. */
  readonly uncharged: number;
}

/**
 * One server's permits. `permits` and `spend` touch memory only; between the two of one request nothing may wait, or
 * another request may spend what this one read (`spend` then says so).
 */
export interface PermitLedger {
  /**
   * Asks the store for permits of these values where fewer are at hand; waits for `wait` milliseconds at most. Says whether
   * the store had the time to answer.
   */
  prepare(needs: readonly Spend[], now: number): Promise<boolean>;
  /**
   * Permits at hand of a value, for the window that `now` lies in. With `open`, values of which the store may still grant have what
   * it may at best grant: for a first ranking, which is repeated if what it wants to spend cannot be had.
   */
  permits(key: PermitKey, now: number, open: boolean): number;
  /** What is to be said of these caps now. */
  conditions(caps: readonly string[]): Pick<PermitSnapshot, "approximate" | "degraded">;
  /** {@link permits} of many values, with their conditions. */
  snapshot(keys: readonly PermitKey[], now: number, options?: { readonly open?: boolean }): PermitSnapshot;
  /** Spends all or nothing. `now` is the instant that the snapshot was taken for. Caps of what was viewed take nothing. */
  spend(spends: readonly Spend[], now: number): SpendResult;
  /** Counts exposures that were seen, for caps of what was viewed; others take no notice. */
  viewed(spends: readonly Spend[], now: number): void;
  /** Reports, gives back and asks again, as far as each is due; the background does so. */
  tick(): Promise<void>;
  status(): LedgerStatus;
  /** Gives everything back. Says how many permits stay granted to nobody because the store did not answer. */
  close(): Promise<{ readonly stranded: number }>;
}

/** The most counters in one call. */
const batchSize = 1000;

/** Permits of the caps given, leased from a store that the caller closes. */
export function createPermitLedger(store: PermitStore, options: LedgerOptions): PermitLedger {
  const { caps, server, wait = 50, timeout = 1000, report = 5000, idle = 60_000, clock = Date.now } = options;
  const { servers = 1 } = options;
  const session: Session = `${server}#${randomUUID()}`;
  const book = createLedgerBook(caps, clock);
  let sequence = 0;
  let hasAnswered = false;
  let reportedAt = clock();
  let forming: { readonly needs: Map<LedgerEntry, number>; readonly sent: Promise<void> } | undefined;

  const link = createStoreLink({
    timeout,
    clock,
    onChange: (state) => {
      for (const entry of book.entries())
        if (state.kind === "up") entry.allowance = 0;
        else if (hasAnswered) takeAllowance(entry);
        else takeBlindAllowance(entry, servers);
      options.onStore?.(state);
    },
  });
  const isDown = (): boolean => link.state().kind === "down";
  const isBlind = (): boolean => isDown() && !hasAnswered;

  /** The entry of a value, made where there is none. */
  const entryOf = (key: PermitKey, now: number): LedgerEntry | undefined => {
    const entry = book.entry(key, now);
    if (entry !== undefined && entry.allowance === 0 && isBlind()) takeBlindAllowance(entry, servers);
    return entry;
  };

  /** Takes in each answer to what is still its entry's newest call, however late it comes. */
  const exchange = (
    called: readonly LedgerEntry[],
    number: number,
    answers: Promise<readonly LeaseAnswer[]>,
  ): Promise<void> =>
    answers.then((all) => {
      hasAnswered = true;
      called.forEach((entry, i) => {
        const answer = all[i];
        if (answer !== undefined && entry.sequence === number) takeAnswer(entry, answer, clock());
      });
    });

  const callOf = (entry: LedgerEntry, number: number) => {
    entry.sequence = number;
    entry.asked = false;
    return { key: entry.key, limit: entry.policy.limit, ends: entry.ends, spent: reportOf(entry), sequence: number };
  };
  const nextNumber = (): number => (sequence += 1);

  const lease = (needs: readonly (readonly [LedgerEntry, number])[]): Promise<void> => {
    const number = nextNumber();
    const requests = needs.map(([entry, need]) => ({ ...callOf(entry, number), need }));
    return exchange(
      needs.map(([entry]) => entry),
      number,
      store.lease(session, requests),
    );
  };

  /** Permits of entries that are given back cannot be spent from here on, whether the call succeeds or not. */
  const settle = (called: readonly LedgerEntry[], gives: (entry: LedgerEntry) => boolean): Promise<void> => {
    const number = nextNumber();
    const settlements = called.map((entry) => {
      const release = gives(entry);
      if (release) entry.granted = Math.min(entry.granted, entry.spent);
      return { ...callOf(entry, number), release };
    });
    return exchange(called, number, store.settle(session, settlements));
  };

  const send = async (needs: ReadonlyMap<LedgerEntry, number>): Promise<void> => {
    if (book.isClosed()) return;
    const strict = [...needs].filter(([{ policy }]) => policy.count === "served");
    const viewed = [...needs.keys()].filter(({ policy }) => policy.count === "viewed");
    for (const part of inParts(strict)) await link.call(() => lease(part));
    for (const part of inParts(viewed)) await link.call(() => settle(part, () => false));
  };

  /** What is wanted while a call is under way goes together into the next one, with permits for all who wait. */
  const want = (entry: LedgerEntry, need: number): Promise<void> => {
    if (!link.isOpen()) return Promise.resolve();
    if (forming === undefined) {
      const needs = new Map<LedgerEntry, number>();
      const sent = link
        .idle()
        .then(() => {
          forming = undefined;
          return send(needs);
        })
        .catch(() => undefined);
      forming = { needs, sent };
    }
    forming.needs.set(entry, need + (forming.needs.get(entry) ?? 0));
    return forming.sent;
  };

  const isExhausted = (entry: LedgerEntry): boolean =>
    entry.answer !== undefined && remainingOf(entry) === 0 && clock() - entry.answeredAt < report;

  const refill = (entry: LedgerEntry): void => {
    if (2 * atHand(entry, isDown()) < blockOf(entry) && !isExhausted(entry)) void want(entry, 0);
  };

  const isDue = (entry: LedgerEntry): boolean => {
    const now = clock();
    const touchedAt = isViewed(entry) ? entry.usedAt : Math.max(entry.usedAt, entry.answeredAt);
    return entry.ends <= now - 1000 || now - touchedAt >= idle;
  };

  const work = async (): Promise<void> => {
    const now = clock();
    const all = book.entries();
    const due = new Set(all.filter(isDue));
    const reports = isDown() || now - reportedAt >= report;
    const lagging = all.filter((entry) => !due.has(entry) && (isViewed(entry) || entry.spent !== entry.confirmed));
    if (reports) reportedAt = now;
    const numbers = new Map<LedgerEntry, number>();
    // With nothing to report the call is a sign of life, and the try that finds a lost store again.
    for (const part of inParts([...due, ...(reports ? lagging : [])], reports))
      await link.call(() => {
        const answered = settle(part, (entry) => due.has(entry));
        for (const entry of part) numbers.set(entry, entry.sequence);
        return answered;
      });
    book.drop(
      (entry) =>
        isSettled(entry) && entry.sequence === numbers.get(entry) && due.has(entry) && !forming?.needs.has(entry),
    );
    const asked = all.filter((entry) => entry.asked && !isExhausted(entry) && atHand(entry, isDown()) === 0);
    await Promise.all(asked.map((entry) => want(entry, 1)));
  };

  let working: Promise<void> | undefined;
  const tick = (): Promise<void> => {
    if (book.isClosed() || !link.isOpen()) return Promise.resolve();
    working ??= work()
      // The link knows that the store is out of reach, and says so.
      .catch(() => undefined)
      .finally(() => {
        working = undefined;
      });
    return working;
  };

  const permits = ({ cap, value }: PermitKey, now: number, open: boolean): number => {
    const page = book.page(cap, now);
    const down = isDown();
    const known = page?.entries.get(value);
    const entry = known ?? (isBlind() ? entryOf({ cap, value }, now) : undefined);
    if (entry === undefined) return open && !down ? (page?.policy.limit ?? 0) : 0;
    const count = open && !down ? atBest(entry) : atHand(entry, down);
    if (count === 0) entry.asked = true;
    if (isViewed(entry)) entry.usedAt = clock();
    return count;
  };
  const conditions = (ids: readonly string[]): Pick<PermitSnapshot, "approximate" | "degraded"> => {
    const inUse = caps.filter(({ id }) => ids.includes(id));
    return {
      approximate: inUse.filter(({ count }) => count === "viewed").map(({ id }) => id),
      degraded: isDown() ? inUse.map(({ id, down }) => ({ cap: id, down })) : [],
    };
  };

  const timer =
    options.background === false ? undefined : setInterval(() => void tick(), Math.min(250, report)).unref();

  return {
    prepare: async (needs, now) => {
      const calls: Promise<void>[] = [];
      for (const { need, entry } of totals(needs, (key) => entryOf(key, now)))
        if (atHand(entry, isDown()) < need && !isExhausted(entry)) calls.push(want(entry, need));
      if (calls.length === 0) return true;
      return within(Promise.all(calls), wait).then(
        () => !isDown(),
        () => false,
      );
    },
    permits,
    conditions,
    snapshot: (keys, now, { open = false } = {}) => {
      const found = new Map<string, Map<PermitValue, number>>();
      for (const { cap, value } of keys)
        found.set(
          cap,
          (found.get(cap) ?? new Map<PermitValue, number>()).set(value, permits({ cap, value }, now, open)),
        );
      return { now, permits: found, ...conditions([...found.keys()]) };
    },
    spend: (spends, now) => {
      const down = isDown();
      const wanted = totals(spends, (key) => entryOf(key, now));
      const found = wanted.reduce((sum, { keys }) => sum + keys, 0);
      const short = wanted
        .filter(({ need, entry }) => atHand(entry, down) < need)
        .map(({ key, need }): Spend => ({ ...key, count: need }));
      if (found < spends.length) short.push(...spends.filter(({ cap }) => book.page(cap, now) === undefined));
      if (short.length > 0) return { kind: "short", short };
      for (const { need, entry } of wanted) {
        if (isViewed(entry)) continue;
        entry.spent += need;
        entry.usedAt = clock();
        refill(entry);
      }
      return { kind: "spent" };
    },
    viewed: (spends, now) => {
      for (const { need, entry } of totals(spends, (key) => entryOf(key, now)))
        if (isViewed(entry)) {
          entry.spent += need;
          entry.usedAt = clock();
          if (entry.answer === undefined) void want(entry, 0);
        }
    },
    tick,
    status: () => {
      let held = 0;
      let uncharged = 0;
      const all = book.entries();
      for (const entry of all)
        if (!isViewed(entry)) {
          held += Math.max(0, entry.granted - entry.spent);
          uncharged += Math.max(0, entry.spent - entry.granted);
        }
      return { session, store: link.state(), counters: all.length, held, uncharged };
    },
    close: async () => {
      clearInterval(timer);
      book.close();
      await Promise.all([forming?.sent, working]);
      await link.idle();
      const held = (entry: LedgerEntry): number => Math.max(0, entry.granted - entry.spent);
      const stranded = new Map(book.entries().map((entry) => [entry, held(entry)]));
      // Twice: the first call about a counter of what was viewed reports nothing, see `takeAnswer`.
      for (const _ of [1, 2]) {
        const open = book.entries().filter((entry) => (entry.sequence > 0 || entry.spent > 0) && !isSettled(entry));
        for (const part of inParts(open))
          try {
            await link.call(() => settle(part, () => true));
            for (const entry of part) stranded.delete(entry);
          } catch {
            // What the store did not take back stays granted: counted below.
          }
      }
      book.clear();
      return { stranded: [...stranded.values()].reduce((sum, each) => sum + each, 0) };
    },
  };
}

/** The store knows what was spent, and nothing is held. */
function isSettled({ answer, granted, spent, confirmed }: LedgerEntry): boolean {
  return answer !== undefined && spent === confirmed && granted <= spent;
}

function isViewed({ policy }: LedgerEntry): boolean {
  return policy.count === "viewed";
}

/** Needs of one counter as one; values whose window is over are left out. */
function totals(
  spends: readonly Spend[],
  find: (key: PermitKey) => LedgerEntry | undefined,
): readonly { key: PermitKey; entry: LedgerEntry; need: number; keys: number }[] {
  const found = new Map<LedgerEntry, { key: PermitKey; entry: LedgerEntry; need: number; keys: number }>();
  for (const { cap, value, count } of spends) {
    const entry = find({ cap, value });
    if (entry === undefined) continue;
    const sum = found.get(entry);
    if (sum === undefined) found.set(entry, { key: { cap, value }, entry, need: count, keys: 1 });
    else {
      sum.need += count;
      sum.keys += 1;
    }
  }
  return [...found.values()];
}

function inParts<T>(all: readonly T[], atLeastOne = false): readonly (readonly T[])[] {
  const parts = Array.from({ length: Math.ceil(all.length / batchSize) }, (_, i) =>
    all.slice(i * batchSize, (i + 1) * batchSize),
  );
  return parts.length === 0 && atLeastOne ? [[]] : parts;
}
