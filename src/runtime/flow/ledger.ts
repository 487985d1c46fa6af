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
  /** Milliseconds that {@link PermitLedger.prepare} waits for the store; 50. For its first grant it waits as long as a call may take. */
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

export type ReserveResult =
  { readonly kind: "reserved"; readonly reservation: Reservation } | Exclude<SpendResult, { readonly kind: "spent" }>;

/** Permits that are held for a list until it is known what of it was shown. Nobody else spends them meanwhile. */
export interface Reservation {
  /** How many permits are held; an integer ≥ 0. */
  readonly permits: number;
  /** Spends what was shown, and has the rest at hand again. A second call does nothing, nor one after the ledger was closed. */
  settle(shown: readonly Spend[]): void;
}

export interface LedgerStatus {
  readonly session: Session;
  readonly store: LinkState;
  readonly counters: number;
  /** Permits held and not spent: what a crash now would strand. Those that are reserved are among them. */
  readonly held: number;
  readonly reserved: number;
  /** Exposures on a stated share while the store was out of reach, not yet charged to it. */
  readonly uncharged: number;
}

/**
 * One server's permits. `permits` and `spend` touch memory only; between the two of one request nothing may wait, or
 * another request may spend what this one read (`spend` then says so).
 */
export interface PermitLedger {
  /** Ends once the store has answered, or is known not to: whoever ranks then does not wait for it to be opened. */
  ready(): Promise<void>;
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
  /** Holds all or nothing, as {@link spend} spends it. */
  reserve(spends: readonly Spend[], now: number): ReserveResult;
  /** Counts exposures that were seen, for caps of what was viewed; others take no notice. */
  viewed(spends: readonly Spend[], now: number): void;
  /** Reports, gives back and asks again, as far as each is due; the background does so. */
  tick(): Promise<void>;
  status(): LedgerStatus;
  /**
   * Gives everything back; what is reserved still is spent, since it may be shown yet. Says how many permits stay granted to nobody
   * because the store did not answer.
   */
  close(): Promise<{ readonly stranded: number }>;
}

/** The most counters in one call. */
const batchSize = 1000;

/** Permits of the caps given, leased from a store that the caller closes. */
export function createPermitLedger(store: PermitStore, options: LedgerOptions): PermitLedger {
  return new Ledger(store, options);
}

class Ledger implements PermitLedger {
  private readonly caps: readonly CapPolicy[];
  private readonly servers: number;
  private readonly wait: number;
  private readonly timeout: number;
  private readonly report: number;
  private readonly idle: number;
  private readonly clock: () => number;
  private readonly session: Session;
  private readonly book: ReturnType<typeof createLedgerBook>;
  private readonly link: ReturnType<typeof createStoreLink>;
  private readonly timer: NodeJS.Timeout | undefined;
  private sequence = 0;
  private hasAnswered = false;
  private hasGranted = false;
  private reportedAt: number;
  /** The call that waits for the one under way. */
  private forming: { readonly needs: Map<LedgerEntry, number>; readonly sent: Promise<void> } | undefined;
  private working: Promise<void> | undefined;

  constructor(
    private readonly store: PermitStore,
    { caps, server, wait = 50, timeout = 1000, report = 5000, idle = 60_000, clock = Date.now, ...more }: LedgerOptions,
  ) {
    this.caps = caps;
    this.servers = more.servers ?? 1;
    this.wait = wait;
    this.timeout = timeout;
    this.report = report;
    this.idle = idle;
    this.clock = clock;
    this.session = `${server}#${randomUUID()}`;
    this.book = createLedgerBook(caps, clock);
    this.reportedAt = clock();
    this.link = createStoreLink({
      timeout,
      clock,
      onChange: (state) => {
        for (const entry of this.book.entries())
          if (state.kind === "up") entry.allowance = 0;
          else if (this.hasAnswered) takeAllowance(entry);
          else takeBlindAllowance(entry, this.servers);
        more.onStore?.(state);
      },
    });
    this.timer =
      more.background === false ? undefined : setInterval(() => void this.tick(), Math.min(250, report)).unref();
  }

  private isDown(): boolean {
    return this.link.state().kind === "down";
  }

  private isBlind(): boolean {
    return this.isDown() && !this.hasAnswered;
  }

  /** The entry of a value, made where there is none. */
  private readonly entryOf = (key: PermitKey, now: number): LedgerEntry | undefined => {
    const entry = this.book.entry(key, now);
    if (entry !== undefined && entry.allowance === 0 && this.isBlind()) takeBlindAllowance(entry, this.servers);
    return entry;
  };

  /** Takes in each answer to what is still its entry's newest call, however late it comes. */
  private readonly exchange = (
    called: readonly LedgerEntry[],
    number: number,
    answers: Promise<readonly LeaseAnswer[]>,
  ): Promise<void> =>
    answers.then((all) => {
      this.hasAnswered = true;
      called.forEach((entry, i) => {
        const answer = all[i];
        if (answer !== undefined && entry.sequence === number) takeAnswer(entry, answer, this.clock());
      });
    });

  private readonly callOf = (entry: LedgerEntry, number: number) => {
    entry.sequence = number;
    entry.asked = false;
    return { key: entry.key, limit: entry.policy.limit, ends: entry.ends, spent: reportOf(entry), sequence: number };
  };

  private readonly nextNumber = (): number => (this.sequence += 1);

  private readonly lease = (needs: readonly (readonly [LedgerEntry, number])[]): Promise<void> => {
    const number = this.nextNumber();
    const requests = needs.map(([entry, need]) => ({ ...this.callOf(entry, number), need: needOf(entry, need) }));
    return this.exchange(
      needs.map(([entry]) => entry),
      number,
      this.store.lease(this.session, requests),
    ).then(() => {
      this.hasGranted = true;
    });
  };

  /** Permits of entries that are given back cannot be spent from here on, whether the call succeeds or not. */
  private readonly settle = (called: readonly LedgerEntry[], gives: (entry: LedgerEntry) => boolean): Promise<void> => {
    const number = this.nextNumber();
    const settlements = called.map((entry) => {
      const release = gives(entry);
      if (release) entry.granted = Math.min(entry.granted, entry.spent);
      return { ...this.callOf(entry, number), release };
    });
    return this.exchange(called, number, this.store.settle(this.session, settlements));
  };

  private readonly send = async (needs: ReadonlyMap<LedgerEntry, number>): Promise<void> => {
    if (this.book.isClosed()) return;
    const strict = [...needs].filter(([{ policy }]) => policy.count === "served");
    const viewed = [...needs.keys()].filter(({ policy }) => policy.count === "viewed");
    for (const part of inParts(strict)) await this.link.call(() => this.lease(part));
    for (const part of inParts(viewed)) await this.link.call(() => this.settle(part, () => false));
  };

  /** What is wanted while a call is under way goes together into the next one, with permits for all who wait. */
  private readonly want = (entry: LedgerEntry, need: number): Promise<void> => {
    if (!this.link.isOpen()) return Promise.resolve();
    if (this.forming === undefined) {
      const needs = new Map<LedgerEntry, number>();
      const sent = this.link
        .idle()
        .then(() => {
          this.forming = undefined;
          return this.send(needs);
        })
        .catch(() => undefined);
      this.forming = { needs, sent };
    }
    this.forming.needs.set(entry, need + (this.forming.needs.get(entry) ?? 0));
    return this.forming.sent;
  };

  private readonly isExhausted = (entry: LedgerEntry): boolean =>
    entry.answer !== undefined && remainingOf(entry) === 0 && this.clock() - entry.answeredAt < this.report;

  private readonly refill = (entry: LedgerEntry): void => {
    if (2 * atHand(entry, this.isDown()) < blockOf(entry) && !this.isExhausted(entry)) void this.want(entry, 0);
  };

  private readonly isDue = (entry: LedgerEntry): boolean => {
    if (entry.reserved > 0) return false;
    const now = this.clock();
    const touchedAt = isViewed(entry) ? entry.usedAt : Math.max(entry.usedAt, entry.answeredAt);
    return entry.ends <= now - 1000 || now - touchedAt >= this.idle;
  };

  private readonly work = async (): Promise<void> => {
    const now = this.clock();
    const all = this.book.entries();
    const due = new Set(all.filter(this.isDue));
    const reports = this.isDown() || now - this.reportedAt >= this.report;
    const lagging = all.filter((entry) => !due.has(entry) && (isViewed(entry) || entry.spent !== entry.confirmed));
    if (reports) this.reportedAt = now;
    const numbers = new Map<LedgerEntry, number>();
    // With nothing to report the call is a sign of life, and the try that finds a lost store again.
    for (const part of inParts([...due, ...(reports ? lagging : [])], reports))
      await this.link.call(() => {
        const answered = this.settle(part, (entry) => due.has(entry));
        for (const entry of part) numbers.set(entry, entry.sequence);
        return answered;
      });
    this.book.drop(
      (entry) =>
        isSettled(entry) && entry.sequence === numbers.get(entry) && due.has(entry) && !this.forming?.needs.has(entry),
    );
    const asked = all.filter((entry) => entry.asked && !this.isExhausted(entry) && atHand(entry, this.isDown()) === 0);
    await Promise.all(asked.map((entry) => this.want(entry, 1)));
  };

  readonly tick = (): Promise<void> => {
    if (this.book.isClosed() || !this.link.isOpen()) return Promise.resolve();
    this.working ??= this.work()
      // The link knows that the store is out of reach, and says so.
      .catch(() => undefined)
      .finally(() => {
        this.working = undefined;
      });
    return this.working;
  };

  readonly ready = (): Promise<void> => this.link.call(() => this.settle([], () => false)).catch(() => undefined);

  readonly permits = ({ cap, value }: PermitKey, now: number, open: boolean): number => {
    const page = this.book.page(cap, now);
    const down = this.isDown();
    const known = page?.entries.get(value);
    const entry = known ?? (this.isBlind() ? this.entryOf({ cap, value }, now) : undefined);
    if (entry === undefined) return open && !down ? (page?.policy.limit ?? 0) : 0;
    const count = open && !down ? atBest(entry) : atHand(entry, down);
    if (count === 0) entry.asked = true;
    if (isViewed(entry)) entry.usedAt = this.clock();
    return count;
  };

  readonly conditions = (ids: readonly string[]): Pick<PermitSnapshot, "approximate" | "degraded"> => {
    const inUse = this.caps.filter(({ id }) => ids.includes(id));
    return {
      approximate: inUse.filter(({ count }) => count === "viewed").map(({ id }) => id),
      degraded: this.isDown() ? inUse.map(({ id, down }) => ({ cap: id, down })) : [],
    };
  };

  readonly prepare: PermitLedger["prepare"] = async (needs, now) => {
    const calls: Promise<void>[] = [];
    for (const { need, entry } of totals(needs, (key) => this.entryOf(key, now)))
      if (atHand(entry, this.isDown()) < need && !this.isExhausted(entry)) calls.push(this.want(entry, need));
    if (calls.length === 0) return true;
    // A store that was just opened writes its files, and connects: a list without any permit would be the first answer.
    return within(Promise.all(calls), this.hasGranted ? this.wait : Math.max(this.wait, this.timeout)).then(
      () => !this.isDown(),
      () => false,
    );
  };

  readonly snapshot: PermitLedger["snapshot"] = (keys, now, { open = false } = {}) => {
    const found = new Map<string, Map<PermitValue, number>>();
    for (const { cap, value } of keys)
      found.set(
        cap,
        (found.get(cap) ?? new Map<PermitValue, number>()).set(value, this.permits({ cap, value }, now, open)),
      );
    return { now, permits: found, late: [], ...this.conditions([...found.keys()]) };
  };

  readonly spend: PermitLedger["spend"] = (spends, now) => {
    const taken = this.take(spends, now, "spent");
    return "short" in taken ? { kind: "short", ...taken } : { kind: "spent" };
  };

  readonly reserve: PermitLedger["reserve"] = (spends, now) => {
    const taken = this.take(spends, now, "reserved");
    return "short" in taken
      ? { kind: "short", ...taken }
      : { kind: "reserved", reservation: this.reservationOf(taken.taken) };
  };

  /** Takes all that is wanted of what was not viewed, or nothing. */
  private readonly take = (
    spends: readonly Spend[],
    now: number,
    as: "spent" | "reserved",
  ): { readonly taken: readonly Readonly<Total>[] } | { readonly short: readonly Spend[] } => {
    const down = this.isDown();
    const wanted = totals(spends, (key) => this.entryOf(key, now));
    const found = wanted.reduce((sum, { keys }) => sum + keys, 0);
    const short = wanted
      .filter(({ need, entry }) => atHand(entry, down) < need)
      .map(({ key, need }): Spend => ({ ...key, count: need }));
    if (found < spends.length) short.push(...spends.filter(({ cap }) => this.book.page(cap, now) === undefined));
    if (short.length > 0) return { short };
    const taken = wanted.filter(({ entry }) => !isViewed(entry));
    for (const { need, entry } of taken) {
      entry[as] += need;
      entry.usedAt = this.clock();
      this.refill(entry);
    }
    return { taken };
  };

  private readonly reservationOf = (held: readonly Readonly<Total>[]): Reservation => {
    let isOpen = true;
    return {
      permits: held.reduce((sum, { need }) => sum + need, 0),
      settle: (shown) => {
        if (!isOpen || this.book.isClosed()) return;
        isOpen = false;
        for (const { key, need, entry } of held) {
          const count = shown.reduce((sum, each) => sum + (isSameKey(each, key) ? each.count : 0), 0);
          entry.reserved -= need;
          entry.spent += Math.min(need, count);
          entry.usedAt = this.clock();
        }
      },
    };
  };

  readonly viewed: PermitLedger["viewed"] = (spends, now) => {
    for (const { need, entry } of totals(spends, (key) => this.entryOf(key, now)))
      if (isViewed(entry)) {
        entry.spent += need;
        entry.usedAt = this.clock();
        if (entry.answer === undefined) void this.want(entry, 0);
      }
  };

  readonly status: PermitLedger["status"] = () => {
    let held = 0;
    let reserved = 0;
    let uncharged = 0;
    const all = this.book.entries();
    for (const entry of all)
      if (!isViewed(entry)) {
        held += Math.max(0, entry.granted - entry.spent);
        reserved += entry.reserved;
        uncharged += Math.max(0, entry.spent - entry.granted);
      }
    return { session: this.session, store: this.link.state(), counters: all.length, held, reserved, uncharged };
  };

  readonly close: PermitLedger["close"] = async () => {
    clearInterval(this.timer);
    this.book.close();
    await Promise.all([this.forming?.sent, this.working]);
    await this.link.idle();
    for (const entry of this.book.entries()) {
      entry.spent += entry.reserved;
      entry.reserved = 0;
    }
    const held = (entry: LedgerEntry): number => Math.max(0, entry.granted - entry.spent);
    const stranded = new Map(this.book.entries().map((entry) => [entry, held(entry)]));
    // Twice: the first call about a counter of what was viewed reports nothing, see `takeAnswer`.
    for (const _ of [1, 2]) {
      const open = this.book.entries().filter((entry) => (entry.sequence > 0 || entry.spent > 0) && !isSettled(entry));
      for (const part of inParts(open))
        try {
          await this.link.call(() => this.settle(part, () => true));
          for (const entry of part) stranded.delete(entry);
        } catch {
          // What the store did not take back stays granted: counted below.
        }
    }
    this.book.clear();
    return { stranded: [...stranded.values()].reduce((sum, each) => sum + each, 0) };
  };
}

/** The store knows what was spent, and nothing is held. */
function isSettled({ answer, granted, spent, confirmed }: LedgerEntry): boolean {
  return answer !== undefined && spent === confirmed && granted <= spent;
}

function isViewed({ policy }: LedgerEntry): boolean {
  return policy.count === "viewed";
}

function isSameKey(one: PermitKey, other: PermitKey): boolean {
  return one.cap === other.cap && one.value === other.value;
}

/** The store takes what is reserved for permits at hand: a lease asks for as many more. */
function needOf(entry: LedgerEntry, need: number): number {
  return entry.reserved === 0 ? need : Math.max(need, blockOf(entry)) + entry.reserved;
}

/** What is wanted of one counter. */
interface Total {
  readonly key: PermitKey;
  readonly entry: LedgerEntry;
  need: number;
  /** How many wants it is the sum of. */
  keys: number;
}

/** Needs of one counter as one; values whose window is over are left out. */
function totals(
  spends: readonly Spend[],
  find: (key: PermitKey) => LedgerEntry | undefined,
): readonly Readonly<Total>[] {
  const found = new Map<LedgerEntry, Total>();
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
