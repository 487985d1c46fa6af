import type { CalendarUnit, CapRule } from "../../compiler/model/index.js";
import type { PermitValue } from "./stores/store.js";

/** A cap as the ledger keeps it. */
export interface CapPolicy {
  /** What rankings call it, as `home.exposure`; unique among the caps of a ledger. */
  readonly id: string;
  /** Whose counters they are; unique among the caps of a ledger. Ledgers with an equal scope share counters. */
  readonly scope: readonly string[];
  /** Exposures a value may have in a window; an integer ≥ 0. */
  readonly limit: number;
  readonly unit: CalendarUnit;
  readonly zone: string;
  /** `served`: strict, permits are held before an item is shown. `viewed`: counted from events afterwards, so approximate. */
  readonly count: CapRule["count"];
  /** While the store cannot be reached and what is held is spent. */
  readonly down: CapRule["down"];
}

/**
 * The policy of a rule. Its scope has the names of the key, so that a rule that comes to count something else begins
 * again; the limit is not in it, so that a changed limit applies to what is counted already.
 * @param namespace Whose counters: the model's name, or another that several models share.
 */
export function capPolicyOf(namespace: string, ruleSet: string, rule: CapRule): CapPolicy {
  return {
    id: `${ruleSet}.${rule.name}`,
    scope: [namespace, ruleSet, rule.name, ...rule.key.map(({ name }) => name)],
    limit: rule.most,
    unit: rule.per,
    zone: rule.zone,
    count: rule.count,
    down: rule.down,
  };
}

/** A value under a cap. */
export interface PermitKey {
  readonly cap: string;
  readonly value: PermitValue;
}

/** Permits of one value that a list takes: an integer ≥ 1. */
export interface Spend extends PermitKey {
  readonly count: number;
}

/** What a ranking may spend; plain data, so that a ranking can be replayed. */
export interface PermitSnapshot {
  /** The instant of the request, in milliseconds since 1970; it decides the windows. */
  readonly now: number;
  /** By cap, then by value. A value that was not asked for has none. */
  readonly permits: ReadonlyMap<string, ReadonlyMap<PermitValue, number>>;
  /** Caps whose counts lag behind, since they count what was viewed. */
  readonly approximate: readonly string[];
  /** Caps of which the store did not say in time what it grants: the ranking had what was at hand. */
  readonly late: readonly string[];
  /** Caps whose store cannot be reached, and what holds until it can. */
  readonly degraded: readonly { readonly cap: string; readonly down: CapRule["down"] }[];
}

/** Permits for a value: an integer ≥ 0. */
export function permitsFor(snapshot: Pick<PermitSnapshot, "permits">, cap: string, value: PermitValue): number {
  return snapshot.permits.get(cap)?.get(value) ?? 0;
}
