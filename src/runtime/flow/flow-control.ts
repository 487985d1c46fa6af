import { isSeconds } from "../../compiler/formulas/index.js";
import type { RuleSetModel } from "../../compiler/model/index.js";
import type { PermitSnapshot as RankingPermits, SpentPermits } from "../../compiler/ranking/index.js";
import { createFailure } from "../failure.js";
import { exposedRules } from "./counted-rules.js";
import { createPermitLedger, type LedgerOptions, type LedgerStatus } from "./ledger.js";
import { createPacer, pacePolicyOf, type PaceReading, type PacerOptions } from "./pacer.js";
import { capPolicyOf, type PermitSnapshot } from "./permits.js";
import { rankUnderCaps } from "./rank-under-caps.js";
import type { PermitStore } from "./stores/store.js";

export interface FlowOptions extends Omit<LedgerOptions, "caps">, Omit<PacerOptions, "paces"> {
  /** Whose counters: the model's name, or another that several models share. */
  readonly namespace: string;
  readonly ruleSets: readonly RuleSetModel[];
  /**
   * What counts for caps of what was served, and for paces: `lists` that are made (the default), or `exposures` of their items: permits are then
   * reserved until {@link ReservedPermits.settle} says what was shown, and paces count what {@link FlowControl.viewed} is told.
   */
  readonly count?: "lists" | "exposures";
}

/** Permits of a list of which it is not known yet what was shown. */
export interface ReservedPermits {
  /** How many there are; an integer ≥ 0. */
  readonly permits: number;
  /** Spends what was shown and frees the rest; once. */
  settle(shown: readonly SpentPermits[]): void;
}

/** A ranking that was made under caps and paces. */
export interface FlowedRanking<R> {
  readonly ranking: R;
  readonly permits: Omit<PermitSnapshot, "now">;
  /** The multipliers that it read, by `set.rule` and then by key. */
  readonly paces: ReadonlyMap<string, ReadonlyMap<string, PaceReading>>;
  /** Where exposures count. */
  readonly reserved?: ReservedPermits;
}

/** Caps and paces of one server's rankings. */
export interface FlowControl {
  /** Ends once the store has answered, or is known not to. */
  ready(): Promise<void>;
  /**
   * Makes a ranking, a pure function of its permits, and spends or reserves what its list takes; `make` may be called several times.
   * `now` is the instant of the request, in seconds since 1970 as in the request itself; rejects with a Failure (MTL7524)
   * for what is none, such as a count of milliseconds.
   */
  rank<R>(
    now: number,
    make: (permits: RankingPermits) => { readonly ranking: R; readonly spent: readonly SpentPermits[] },
  ): Promise<FlowedRanking<R>>;
  /**
   * Counts exposures that were seen, for caps with `count: viewed`, and for paces where exposures count; others take no notice. `now` as for
   * {@link rank}.
   */
  viewed(spent: readonly SpentPermits[], now: number): void;
  /** Reports to the store and steps the controllers, as far as each is due; the background does so. */
  tick(): Promise<void>;
  status(): LedgerStatus;
  /** Gives every permit back; the caller closes the store afterwards. */
  close(): Promise<{ readonly stranded: number }>;
}

/** Flow control for the rules of some sets, on a store that the caller opened. */
export function createFlowControl(store: PermitStore, options: FlowOptions): FlowControl {
  const { namespace, ruleSets, count = "lists" } = options;
  const rules = ruleSets.flatMap(({ name, rules: all }) => all.map((rule) => ({ set: name, rule })));
  const caps = rules.flatMap(({ set, rule }) => (rule.verb === "cap" ? [capPolicyOf(namespace, set, rule)] : []));
  const paces = rules.flatMap(({ set, rule }) => (rule.verb === "pace" ? [pacePolicyOf(namespace, set, rule)] : []));
  const paced = new Set(paces.map(({ id }) => id));
  const viewed = exposedRules(ruleSets, count);
  const ledger = createPermitLedger(store, { ...options, caps: [...caps, ...paces.map(({ counter }) => counter)] });
  const pacer = createPacer(store, { ...options, paces });
  const spendsOf = (spent: readonly SpentPermits[]) =>
    spent.map(({ rule, key, count }) => ({ cap: rule, value: key, count }));

  return {
    ready: () => ledger.ready(),
    rank: async (now, make) => {
      let read = new Map<string, Map<string, PaceReading>>();
      const { list, snapshot, reservation } = await rankUnderCaps(ledger, {
        now: millisecondsOf(now),
        takes: count === "lists" ? "spend" : "reserve",
        rank: (permits) => {
          read = new Map();
          const made = make({
            held: permits,
            pace: (rule, key) => {
              const keys = read.get(rule) ?? new Map<string, PaceReading>();
              const reading = keys.get(key) ?? pacer.reading(rule, key);
              read.set(rule, keys.set(key, reading));
              return reading.multiplier;
            },
          });
          return { list: made, spends: spendsOf(made.spent.filter(({ rule }) => !paced.has(rule))) };
        },
      });
      const made = { ranking: list.ranking, permits: snapshot, paces: read };
      if (reservation !== undefined) {
        const settle = (shown: readonly SpentPermits[]): void => reservation.settle(spendsOf(shown));
        return { ...made, reserved: { permits: reservation.permits, settle } };
      }
      ledger.viewed(spendsOf(list.spent.filter(({ rule }) => paced.has(rule))), millisecondsOf(now));
      return made;
    },
    viewed: (spent, now) => ledger.viewed(spendsOf(spent.filter(({ rule }) => viewed.has(rule))), millisecondsOf(now)),
    tick: async () => {
      await Promise.all([ledger.tick(), pacer.tick()]);
    },
    status: () => ledger.status(),
    close: () => {
      pacer.close();
      return ledger.close();
    },
  };
}

/** The ledger's clock, as that of its machine, counts milliseconds. */
function millisecondsOf(now: number): number {
  if (isSeconds(now)) return Math.round(now * 1000);
  throw createFailure("MTL7524", { found: String(now) });
}
