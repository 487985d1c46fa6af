import type { Diagnostic } from "../../../compiler/diagnostics/index.js";

/**
 * What a store of exposure permits does. A *counter* is a cap's key in one calendar window. A *session* is one run of one
 * server; a server that starts again is another session and inherits nothing, since nobody knows what the dead one had
 * spent of what it was granted.
 *
 * A session says with each call how much it has spent of a counter *in all*, and is told what it is granted in all. Calls
 * are therefore safe to repeat: an answer that was lost is compensated by the next one. Each call has a number, greater
 * than those before; a call that a network delivers late, behind a newer one, changes nothing.
 */
export interface PermitStore {
  /** How messages call it: `SQLite file permits.db`. Holds no password. */
  readonly name: string;
  /** What about the store's own settings puts counts at risk. */
  readonly warnings: readonly Diagnostic[];
  /** Grants permits; one answer a request, in their order. All requests of a call are of one session. */
  lease(session: Session, requests: readonly LeaseRequest[]): Promise<readonly LeaseAnswer[]>;
  /** Takes note of what was spent, and of permits that are given back. With no settlement: a sign of life. */
  settle(session: Session, settlements: readonly Settlement[]): Promise<readonly LeaseAnswer[]>;
  /** The counters of these keys that exist, or all. */
  read(keys?: readonly string[]): Promise<readonly CounterReading[]>;
  /** The note of a key, such as a controller's state. */
  readNote(key: string): Promise<Note | undefined>;
  /** Replaces a note if it still has the version that was read (0: there is none). Says whether it did. */
  writeNote(key: string, expected: number, note: Omit<Note, "version">): Promise<boolean>;
  close(): Promise<void>;
}

/** Names one run of one server: unique, and it begins with the server's name, for people who read the store. */
export type Session = string;

interface CounterCall {
  /** A counter's key: see `counterKey`. */
  readonly key: string;
  /** Permits of the whole window; an integer ≥ 0. A changed limit holds from the next call on. */
  readonly limit: number;
  /** When the window ends, in milliseconds since 1970; a day later the store may forget the counter. */
  readonly ends: number;
  /** What this session has spent of the counter in all; more than it was granted is charged as it is, over the limit too. */
  readonly spent: number;
  /** Greater than in all calls of the session before. */
  readonly sequence: number;
}

export interface LeaseRequest extends CounterCall {
  /** Permits to hold at least, where the block is smaller; an integer ≥ 0. */
  readonly need: number;
}

export interface Settlement extends CounterCall {
  /** Gives back what is granted and not spent. */
  readonly release: boolean;
}

export interface LeaseAnswer {
  readonly key: string;
  /** What the session is granted in all, spent permits included. */
  readonly granted: number;
  /** What the session has spent in all, as far as the store knows. */
  readonly spent: number;
  readonly total: CounterTotal;
  /** Sessions alive, this one included. */
  readonly servers: number;
}

/** spent ≤ granted; granted ≤ limit unless a session spent what it was not granted, or the limit was lowered. */
export interface CounterTotal {
  readonly limit: number;
  /** Granted to all sessions and not given back. */
  readonly granted: number;
  /** What sessions have reported. */
  readonly spent: number;
}

export interface CounterReading extends CounterTotal {
  readonly key: string;
  readonly ends: number;
  /** Sessions that hold permits. */
  readonly holders: readonly { readonly session: string; readonly granted: number; readonly spent: number }[];
}

export interface Note {
  /** Rises by 1 with each write. */
  readonly version: number;
  readonly text: string;
  /** When it may be forgotten, in milliseconds since 1970. */
  readonly ends: number;
}

/** Servers are counted by their sessions' signs of life in this time. */
export const sessionLifetime = 60_000;

/** How long a counter outlives its window: a server whose clock is behind still finds it. */
export const counterGrace = 86_400_000;

/** The value of a cap's key; several names in one key are one JSON text. Finite. */
export type PermitValue = string | number | boolean;

/**
 * A counter's key: JSON `[scope, value, window]`, so that no two scopes, values or windows run into each other as texts
 * that are joined do. `"1"` and `1` are two values.
 */
export function counterKey(scope: readonly string[], value: PermitValue, window: string): string {
  return JSON.stringify([scope, value, window]);
}

/** What a counter's key says. */
export interface CounterName {
  readonly scope: readonly string[];
  readonly value: PermitValue;
  readonly unit: string;
  readonly zone: string;
  /** Start of the window on the zone's clocks: `2026-11-05T00:00:00+08:00`. */
  readonly start: string;
}

/** The parts of a {@link counterKey}; undefined for anything else. */
export function readCounterKey(key: string): CounterName | undefined {
  try {
    const [scope, value, window] = JSON.parse(key) as [readonly string[], PermitValue, string];
    const [unit, zone, start] = JSON.parse(window) as readonly string[];
    if (unit === undefined || zone === undefined || start === undefined || !Array.isArray(scope)) return undefined;
    return { scope, value, unit, zone, start };
  } catch {
    return undefined;
  }
}
