import type { PermitLedger } from "./ledger.js";
import type { PermitKey, PermitSnapshot, Spend } from "./permits.js";

/** A list whose permits are spent, with what it was ranked under. */
export interface CappedList<R> {
  readonly list: R;
  readonly spends: readonly Spend[];
  readonly snapshot: PermitSnapshot;
  /** How often the request was ranked. */
  readonly rounds: number;
}

/**
 * Ranks under caps without asking the store for every candidate. The first ranking takes the best that the store may grant;
 * what its list lacks is leased, in one call, and if that was not all to be had the request is ranked again. The last
 * round ranks with what is at hand, so it ends, and no list goes out whose permits are not held; a store that does not
 * answer in time makes it the next one.
 * @param rank A pure function of its snapshot; it says what its list spends.
 */
export async function rankUnderCaps<R>(
  ledger: PermitLedger,
  {
    keys,
    now,
    rank,
    rounds = 4,
  }: {
    readonly keys: readonly PermitKey[];
    readonly now: number;
    readonly rank: (snapshot: PermitSnapshot) => { readonly list: R; readonly spends: readonly Spend[] };
    readonly rounds?: number;
  },
): Promise<CappedList<R>> {
  let answered = true;
  for (let round = 1; ; round += 1) {
    const last = round >= rounds || !answered;
    const snapshot = ledger.snapshot(keys, now, { open: !last });
    const { list, spends } = rank(snapshot);
    const result = ledger.spend(spends, now);
    if (result.kind === "spent") return { list, spends, snapshot, rounds: round };
    if (last) throw new Error("a list spends permits that its snapshot did not hold");
    answered = await ledger.prepare(result.short, now);
  }
}
