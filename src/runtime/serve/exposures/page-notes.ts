/**
 * What was exposed of each page, as a note in the store of permits: reports from anywhere and at any time, also after a restart,
 * count each item of a page once, and none once the page is closed.
 */
import { counterGrace, type PermitStore } from "../../flow/index.js";

/** What became of items that were reported, by their positions in the page. */
export interface Claim {
  /** Reported for the first time. */
  readonly counted: readonly number[];
  readonly repeated: readonly number[];
  /** Reported for the first time, and after the page was closed. */
  readonly late: readonly number[];
}

/** A page, and until when its exposures count, in milliseconds since 1970. */
export interface ReportedPage {
  readonly page: string;
  readonly until: number;
}

interface PageState {
  readonly exposed: readonly number[];
  readonly isClosed: boolean;
}

type Notes = Pick<PermitStore, "readNote" | "writeNote">;

/** How long what is known of a page outlives it: whoever sends a report again is told that it was counted. */
const lateness = 600_000;

/** Counts items that were not counted before. Rejects where the store does not answer: the report may be sent again. */
export async function claimItems(store: Notes, page: ReportedPage, items: readonly number[]): Promise<Claim> {
  let claim: Claim = { counted: [], repeated: items, late: [] };
  await change(store, page, ({ exposed, isClosed }) => {
    const fresh = items.filter((item) => !exposed.includes(item));
    const repeated = items.filter((item) => exposed.includes(item));
    const isLate = isClosed || Date.now() > page.until;
    claim = { counted: isLate ? [] : fresh, repeated, late: isLate ? fresh : [] };
    return isLate || fresh.length === 0 ? undefined : { exposed: [...exposed, ...fresh], isClosed };
  });
  return claim;
}

/** Closes a page: nothing of it counts any more. The items that were exposed. */
export async function closePage(store: Notes, page: ReportedPage): Promise<readonly number[]> {
  let found: readonly number[] = [];
  await change(store, page, ({ exposed, isClosed }) => {
    found = exposed;
    return isClosed ? undefined : { exposed, isClosed: true };
  });
  return found;
}

/** Makes of a page's state another, unless it is undefined, and again where somebody else was faster. */
async function change(
  store: Notes,
  { page, until }: ReportedPage,
  make: (state: PageState) => PageState | undefined,
): Promise<void> {
  const key = JSON.stringify(["page", page]);
  for (;;) {
    const note = await store.readNote(key);
    const next = make(note === undefined ? { exposed: [], isClosed: false } : readState(note.text));
    if (next === undefined) return;
    const text = JSON.stringify([next.isClosed ? 1 : 0, ...next.exposed]);
    // Stores keep notes for a day beyond their end; what is known of a page need not be kept for as long.
    const ends = until + lateness - counterGrace;
    if (await store.writeNote(key, note?.version ?? 0, { text, ends })) return;
  }
}

function readState(text: string): PageState {
  const [isClosed = 0, ...exposed] = JSON.parse(text) as readonly number[];
  return { isClosed: isClosed === 1, exposed };
}
