import type { PaceRule } from "../../compiler/model/index.js";
import { stepController, type PaceSettings, type PaceState } from "./controller.js";
import type { CapPolicy } from "./permits.js";
import { counterKey, type PermitStore, type PermitValue } from "./stores/store.js";
import { createWindowFinder } from "./window.js";

/** A pace as the pacer keeps it. */
export interface PacePolicy extends PaceSettings {
  /** What rankings call it, as `home.even`; unique among the paces of a pacer. */
  readonly id: string;
  /** What counts its exposures: a cap of what was viewed, which the ledger is given beside the others. */
  readonly counter: CapPolicy;
}

/**
 * The policy of a rule. Its exposures are counted by `policy.counter`: give that to the ledger, and each list's values to
 * {@link PermitLedger.viewed} under its id.
 * @param namespace Whose counters: the model's name, or another that several models share.
 */
export function pacePolicyOf(namespace: string, ruleSet: string, rule: PaceRule): PacePolicy {
  const { name, budget, curve, bounds, gains } = rule;
  return {
    id: `${ruleSet}.${name}`,
    budget,
    curve,
    bounds,
    gains,
    counter: {
      id: `${ruleSet}.${name}`,
      scope: [namespace, ruleSet, name, ...rule.key.map((part) => part.name)],
      limit: budget,
      unit: rule.per,
      zone: rule.zone,
      count: "viewed",
      down: { kind: "closed" },
    },
  };
}

export interface PacerOptions {
  readonly paces: readonly PacePolicy[];
  /** Milliseconds between the steps of a controller; 30 000. */
  readonly every?: number;
  /** Whether steps are made in the background; `false` leaves them to {@link Pacer.tick}. */
  readonly background?: boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** A multiplier as explanations show it. */
export interface PaceReading {
  /** Within the pace's bounds; 1 before the first step. */
  readonly multiplier: number;
  /** How far delivery was behind its curve at the last step, in horizons; see `errorOf`. */
  readonly error: number;
  /** When that was, in milliseconds since 1970; 0 before the first step. */
  readonly at: number;
  /** The last step is longer ago than two: the store does not answer, and the multiplier stays where it was. */
  readonly stale: boolean;
}

/**
 * The controllers of all values that rankings ask about. Their state is in the store, so that a restart goes on where
 * the last run was, and of several servers one makes each step while the others take it over.
 */
export interface Pacer {
  /** The multiplier of a value, from memory. A value that is new is at 1 until the next tick. */
  reading(pace: string, value: PermitValue): PaceReading;
  /** Makes the steps that are due and adopts those that others made. */
  tick(): Promise<void>;
  close(): void;
}

interface Paced {
  readonly policy: PacePolicy;
  readonly value: PermitValue;
  readonly noteKey: string;
  state: PaceState | undefined;
  askedAt: number;
}

/** A value that no ranking asked about for as long is forgotten; its state stays in the store. */
const forgottenAfter = 3_600_000;

/** How long a state outlives its window: a pace by the week finds it after a weekend's pause. */
const noteLifetime = 40 * 86_400_000;

export function createPacer(store: PermitStore, options: PacerOptions): Pacer {
  const { paces, every = 30_000, clock = Date.now } = options;
  const policies = new Map(paces.map((pace) => [pace.id, pace]));
  const found = new Map<PacePolicy, Map<PermitValue, Paced>>();
  const findWindow = createWindowFinder();

  const locate = (pace: string, value: PermitValue): Paced => {
    const policy = policies.get(pace);
    if (policy === undefined) throw new Error(`no pace ${pace} in this pacer`);
    const values = found.get(policy) ?? new Map<PermitValue, Paced>();
    found.set(policy, values);
    const known = values.get(value);
    if (known !== undefined) return known;
    const { scope, unit, zone } = policy.counter;
    const noteKey = JSON.stringify(["pace", scope, value, unit, zone]);
    const made: Paced = { policy, value, noteKey, state: undefined, askedAt: clock() };
    values.set(value, made);
    return made;
  };

  const step = async (paced: Paced): Promise<void> => {
    const { policy, value, noteKey } = paced;
    const note = await store.readNote(noteKey);
    const now = clock();
    const known = note === undefined ? undefined : parseState(note.text);
    if (known !== undefined) paced.state = known;
    // Servers tick at times of their own: whoever finds the last step old enough makes the next.
    if (known !== undefined && now - known.at < 0.9 * every) return;
    const { scope, unit, zone } = policy.counter;
    const window = findWindow(now, unit, zone);
    const [reading] = await store.read([counterKey(scope, value, window.key)]);
    const { state } = stepController(policy, known, { now, count: reading?.spent ?? 0, window });
    const isWritten = await store.writeNote(noteKey, note?.version ?? 0, {
      text: JSON.stringify(state),
      ends: now + noteLifetime,
    });
    if (isWritten) paced.state = state;
    else paced.state = parseState((await store.readNote(noteKey))?.text ?? "") ?? paced.state;
  };

  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    const oldest = clock() - forgottenAfter;
    for (const values of found.values())
      for (const [value, paced] of values) {
        if (paced.askedAt < oldest) values.delete(value);
        else await step(paced);
      }
  };
  const tick = (): Promise<void> => {
    working ??= work()
      // The multiplier stays; its reading says that it is old.
      .catch(() => undefined)
      .finally(() => {
        working = undefined;
      });
    return working;
  };
  const timer = options.background === false ? undefined : setInterval(() => void tick(), every / 3).unref();

  return {
    reading: (pace, value) => {
      const paced = locate(pace, value);
      const now = clock();
      paced.askedAt = now;
      const { state } = paced;
      if (state === undefined) return { multiplier: 1, error: 0, at: 0, stale: false };
      const { low, high } = paced.policy.bounds;
      // The state may be of a spec with wider bounds.
      const multiplier = Math.min(high, Math.max(low, state.multiplier));
      return { multiplier, error: state.error, at: state.at, stale: now - state.at > 2 * every };
    },
    tick,
    close: () => clearInterval(timer),
  };
}

/** A note that is not a state, by another version's hand say, begins the controller again. */
function parseState(text: string): PaceState | undefined {
  try {
    const { at, windowStart, error, integral, slope, multiplier } = JSON.parse(text) as Readonly<
      Record<string, unknown>
    >;
    const parts = [at, windowStart, error, integral, slope, multiplier];
    if (!parts.every((part): part is number => typeof part === "number" && Number.isFinite(part))) return undefined;
    return { at, windowStart, error, integral, slope, multiplier } as PaceState;
  } catch {
    return undefined;
  }
}
