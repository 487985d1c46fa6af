import { answerOf, applyLease, applySettlement, noLease, type CounterState, type LeaseState } from "../lease.js";
import {
  counterGrace,
  sessionLifetime,
  type CounterReading,
  type CounterTotal,
  type LeaseAnswer,
  type LeaseRequest,
  type Note,
  type PermitStore,
  type Session,
  type Settlement,
} from "./store.js";

interface Counter {
  total: CounterTotal;
  ends: number;
  readonly leases: Map<string, LeaseState>;
}

/** A store in this process's memory: for tests and for one server that may forget its counts. */
export function createMemoryStore({ clock = Date.now }: { readonly clock?: () => number } = {}): PermitStore {
  const counters = new Map<string, Counter>();
  const notes = new Map<string, Note>();
  const seen = new Map<string, number>();
  let pruned = clock();

  const prune = (now: number): void => {
    pruned = now;
    for (const [key, { ends }] of counters) if (ends < now - counterGrace) counters.delete(key);
    for (const [key, { ends }] of notes) if (ends < now - counterGrace) notes.delete(key);
  };

  const live = (session: Session): number => {
    const now = clock();
    seen.set(session, now);
    for (const [id, at] of seen) if (at < now - sessionLifetime) seen.delete(id);
    if (now - pruned > sessionLifetime) prune(now);
    return seen.size;
  };

  const change = (
    session: Session,
    call: LeaseRequest | Settlement,
    servers: number,
    apply: (state: CounterState) => CounterState,
  ): LeaseAnswer => {
    const counter: Counter = counters.get(call.key) ?? {
      total: { limit: call.limit, granted: 0, spent: 0 },
      ends: call.ends,
      leases: new Map(),
    };
    const state = apply({ total: counter.total, lease: counter.leases.get(session) ?? noLease });
    counter.total = state.total;
    counter.leases.set(session, state.lease);
    counters.set(call.key, counter);
    return answerOf(call, state, servers);
  };

  return {
    name: "memory store",
    warnings: [],
    lease: async (session, requests) => {
      const servers = live(session);
      return requests.map((each) => change(session, each, servers, (state) => applyLease(state, each, servers)));
    },
    settle: async (session, settlements) => {
      const servers = live(session);
      return settlements.map((each) => change(session, each, servers, (state) => applySettlement(state, each)));
    },
    read: async (keys) =>
      (keys ?? [...counters.keys()].sort()).flatMap((key): readonly CounterReading[] => {
        const counter = counters.get(key);
        if (counter === undefined) return [];
        const holders = [...counter.leases]
          .filter(([, lease]) => lease.granted > lease.spent)
          .map(([id, lease]) => ({ session: id, granted: lease.granted, spent: lease.spent }));
        return [{ key, ...counter.total, ends: counter.ends, holders }];
      }),
    readNote: async (key) => notes.get(key),
    writeNote: async (key, expected, note) => {
      if ((notes.get(key)?.version ?? 0) !== expected) return false;
      notes.set(key, { ...note, version: expected + 1 });
      return true;
    },
    close: async () => {},
  };
}
