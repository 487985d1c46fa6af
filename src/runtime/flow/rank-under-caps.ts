import type { PermitLedger, Reservation } from "./ledger.js";
import type { PermitSnapshot, Spend } from "./permits.js";
import type { PermitValue } from "./stores/store.js";

/** A list whose permits are spent, or reserved, with what it was ranked under. */
export interface CappedList<R> {
  readonly list: R;
  readonly spends: readonly Spend[];
  /** Its permits, where they were to be reserved and not spent. */
  readonly reservation?: Reservation;
  /** What the ranking read: with it the ranking can be replayed. */
  readonly snapshot: PermitSnapshot;
  /** How often the request was ranked. */
  readonly rounds: number;
}

/** Permits of a value, by the cap's id; the same number however often a ranking asks. */
export type ReadPermits = (cap: string, value: PermitValue) => number;

/**
 * Ranks under caps without asking the store for every candidate. The first ranking takes the best that the store may grant;
 * what its list still needs is leased, in one call, and if that was not all to be had the request is ranked again. The last
 * round ranks with what is at hand, so it ends, and no list goes out whose permits are not held; a store that does not
 * answer in time makes it the next one, and the snapshot names the caps.
 * @param rank A pure function of what it reads; it says what its list spends.
 */
export async function rankUnderCaps<R>(
  ledger: PermitLedger,
  {
    now,
    rank,
    rounds = 4,
    takes = "spend",
  }: {
    readonly now: number;
    readonly rank: (permits: ReadPermits) => { readonly list: R; readonly spends: readonly Spend[] };
    readonly rounds?: number;
    /** What becomes of the list's permits; they are spent. */
    readonly takes?: "spend" | "reserve";
  },
): Promise<CappedList<R>> {
  let unanswered: readonly string[] = [];
  for (let round = 1; ; round += 1) {
    const last = round >= rounds || unanswered.length > 0;
    const read = new Map<string, Map<PermitValue, number>>();
    const { list, spends } = rank((cap, value) => {
      const values = read.get(cap) ?? new Map<PermitValue, number>();
      read.set(cap, values);
      const known = values.get(value);
      if (known !== undefined) return known;
      const found = ledger.permits({ cap, value }, now, !last);
      values.set(value, found);
      return found;
    });
    const conditions = ledger.conditions([...read.keys()]);
    const isDown = (cap: string): boolean => conditions.degraded.some((each) => each.cap === cap);
    const snapshot = { now, permits: read, ...conditions, late: unanswered.filter((cap) => !isDown(cap)) };
    const ranked = { list, spends, snapshot, rounds: round };
    const result = takes === "spend" ? ledger.spend(spends, now) : ledger.reserve(spends, now);
    if (result.kind === "spent") return ranked;
    if (result.kind === "reserved") return { ...ranked, reservation: result.reservation };
    if (last) throw new Error("a list spends permits that its snapshot did not hold");
    const answered = await ledger.prepare(result.short, now);
    if (!answered) unanswered = [...new Set(result.short.map(({ cap }) => cap))];
  }
}
