/** Pages whose permits are reserved, in the worker that made them, until it is known what of them was exposed. */
import type { SpentPermits } from "../../../compiler/ranking/index.js";
import type { PermitStore, ReservedPermits } from "../../flow/index.js";
import { closePage, type ReportedPage } from "./page-notes.js";

export interface ReservedPage extends ReportedPage {
  readonly reserved: ReservedPermits;
  /** What each item of the page takes. */
  readonly spent: readonly (readonly SpentPermits[])[];
}

export interface ReservedPages {
  readonly add: (page: ReservedPage) => void;
  /** Spends what was exposed of the pages whose time is over, and frees the rest; the background does so. */
  readonly settle: () => Promise<void>;
  /** Whoever closes the flow control afterwards has what is reserved still count as shown. */
  readonly close: () => void;
}

/** Milliseconds that a page stays open beyond its time: clocks of servers differ. */
const slack = 1_000;

/** Pages that are closed at once. */
const atOnce = 64;

export function createReservedPages(store: Pick<PermitStore, "readNote" | "writeNote">): ReservedPages {
  /** In the order in which they were made, and so in that of their ends. */
  const pages = new Map<string, ReservedPage>();
  const settlePage = async (page: ReservedPage): Promise<void> => {
    const exposed = await closePage(store, page);
    page.reserved.settle(exposed.flatMap((item) => page.spent[item] ?? []));
    pages.delete(page.page);
  };
  const due = (): readonly ReservedPage[] => {
    const found: ReservedPage[] = [];
    for (const page of pages.values()) {
      if (page.until + slack > Date.now() || found.length === atOnce) break;
      found.push(page);
    }
    return found;
  };
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    for (let batch = due(); batch.length > 0; batch = due()) await Promise.all(batch.map(settlePage));
  };
  const settle = (): Promise<void> =>
    (working ??= work()
      // The store does not answer: what is reserved stays so until it does.
      .catch(() => undefined)
      .finally(() => (working = undefined)));
  const timer = setInterval(() => void settle(), 250).unref();
  return {
    add: (page) => void pages.set(page.page, page),
    settle,
    close: () => clearInterval(timer),
  };
}
