import { createEntry, type LedgerEntry } from "./ledger-entry.js";
import type { CapPolicy, PermitKey } from "./permits.js";
import { counterKey, type PermitValue } from "./stores/store.js";
import { createWindowFinder, type CalendarWindow } from "./window.js";

/** A cap in one window. */
export interface LedgerPage {
  readonly policy: CapPolicy;
  readonly window: CalendarWindow;
  readonly entries: Map<PermitValue, LedgerEntry>;
}

/** The entries of a ledger by cap, window and value. */
export interface LedgerBook {
  /** The page of a cap for the window that `now` lies in; none once the window is long over, or the book closed. */
  page(cap: string, now: number): LedgerPage | undefined;
  /** The entry of a value, made where there is none. */
  entry(key: PermitKey, now: number): LedgerEntry | undefined;
  entries(): readonly LedgerEntry[];
  drop(isOver: (entry: LedgerEntry) => boolean): void;
  /** No page is found from here on; the entries stay. */
  close(): void;
  isClosed(): boolean;
  clear(): void;
}

/** Requests that were on their way when a window ended still count in it; later ones do not reopen it. */
const lateness = 3_600_000;

export function createLedgerBook(caps: readonly CapPolicy[], clock: () => number): LedgerBook {
  const policies = new Map(caps.map((cap) => [cap.id, cap]));
  const scopes = new Set(caps.map(({ scope }) => JSON.stringify(scope)));
  // A session's two entries of one counter would each report its own part as the whole.
  if (policies.size < caps.length || scopes.size < caps.length) throw new Error("caps share an id or a scope");
  const pages = new Map<CapPolicy, Map<number, LedgerPage>>();
  const findWindow = createWindowFinder();
  let closed = false;

  const pageOf = (cap: string, now: number): LedgerPage | undefined => {
    const policy = policies.get(cap);
    if (policy === undefined) throw new Error(`no cap ${cap} in this ledger`);
    const window = findWindow(now, policy.unit, policy.zone);
    if (closed || window.end < clock() - lateness) return undefined;
    const known = pages.get(policy)?.get(window.start);
    if (known !== undefined) return known;
    const made: LedgerPage = { policy, window, entries: new Map() };
    pages.set(policy, (pages.get(policy) ?? new Map<number, LedgerPage>()).set(window.start, made));
    return made;
  };

  return {
    page: pageOf,
    entry: ({ cap, value }, now) => {
      const page = pageOf(cap, now);
      if (page === undefined) return undefined;
      const known = page.entries.get(value);
      if (known !== undefined) return known;
      const { policy, window } = page;
      const made = createEntry(policy, counterKey(policy.scope, value, window.key), window.end, clock());
      page.entries.set(value, made);
      return made;
    },
    entries: () =>
      [...pages.values()].flatMap((windows) => [...windows.values()].flatMap(({ entries }) => [...entries.values()])),
    drop: (isOver) => {
      for (const windows of pages.values())
        for (const [start, { entries }] of windows) {
          for (const [value, entry] of entries) if (isOver(entry)) entries.delete(value);
          if (entries.size === 0) windows.delete(start);
        }
    },
    close: () => {
      closed = true;
    },
    isClosed: () => closed,
    clear: () => pages.clear(),
  };
}
