import type { CounterTotal, LeaseAnswer, LeaseRequest, Settlement } from "./stores/store.js";

/**
 * The rules of granting, as pure functions over one counter and one session's part of it. The stores that compute here
 * run them inside one transaction; the Redis script says the same in Lua, and one test holds all of them to it.
 */
export interface LeaseState {
  readonly granted: number;
  readonly spent: number;
  /** Of the newest call that counted. */
  readonly sequence: number;
}

export interface CounterState {
  readonly total: CounterTotal;
  readonly lease: LeaseState;
}

export const noLease: LeaseState = { granted: 0, spent: 0, sequence: 0 };

/** clamp(remaining / (10 · servers), 1, 1000): small enough that a crash strands little, large enough to ask seldom. */
export function blockSize(remaining: number, servers: number): number {
  return Math.min(1000, Math.max(1, Math.floor(remaining / (10 * servers))));
}

export function applyLease(state: CounterState, request: LeaseRequest, servers: number): CounterState {
  if (request.sequence <= state.lease.sequence) return state;
  const { total, lease } = charge(state, request);
  const remaining = Math.max(0, total.limit - total.granted);
  const wanted = Math.max(blockSize(remaining, servers), request.need) - (lease.granted - lease.spent);
  const added = Math.min(Math.max(0, wanted), remaining);
  return {
    total: { ...total, granted: total.granted + added },
    lease: { ...lease, granted: lease.granted + added },
  };
}

export function applySettlement(state: CounterState, settlement: Settlement): CounterState {
  if (settlement.sequence <= state.lease.sequence) return state;
  const { total, lease } = charge(state, settlement);
  if (!settlement.release) return { total, lease };
  return {
    total: { ...total, granted: total.granted - (lease.granted - lease.spent) },
    lease: { ...lease, granted: lease.spent },
  };
}

/** Notes what was spent. What a session spent without being granted it is granted after the fact. */
function charge({ total, lease }: CounterState, call: LeaseRequest | Settlement): CounterState {
  const spent = Math.max(lease.spent, call.spent);
  const granted = Math.max(lease.granted, spent);
  return {
    total: {
      limit: call.limit,
      granted: total.granted + granted - lease.granted,
      spent: total.spent + spent - lease.spent,
    },
    lease: { granted, spent, sequence: call.sequence },
  };
}

/** What a call is answered; its limit is the one it gave, also where a newer call gave another. */
export function answerOf(
  { key, limit }: LeaseRequest | Settlement,
  { total, lease }: CounterState,
  servers: number,
): LeaseAnswer {
  return { key, granted: lease.granted, spent: lease.spent, total: { ...total, limit }, servers };
}
