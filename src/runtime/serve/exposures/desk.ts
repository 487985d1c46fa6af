/** Where exposures are reported: each item of a page counts once, for caps of what was viewed, and for paces where exposures count. */
import { createFlowControl, type FlowControl, type PermitStore } from "../../flow/index.js";
import { ServeFault } from "../fault.js";
import type { VersionDescription } from "../model-version.js";
import { type PageToken, readPageToken, type TokenKey } from "../ranking/page-token.js";
import { type Claim, claimItems } from "./page-notes.js";

export interface ExposureDesk {
  /** What a page's token says. Throws a {@link ServeFault} (400). */
  readonly read: (token: string) => PageToken;
  /** Counts items of a page, by their positions. Rejects with a {@link ServeFault} (503) where the store does not answer. */
  readonly report: (token: PageToken, items: readonly number[], counts: CountedRules) => Promise<Claim>;
  /** Reports what was counted, and ends. */
  readonly close: () => Promise<void>;
}

/** Whose counters they are, and the rules that count. */
export type CountedRules = Pick<VersionDescription, "spec" | "hash" | "counted">;

export interface DeskOptions {
  readonly store: PermitStore;
  /** The server's name, for people who read the store. */
  readonly server: string;
  readonly count: "lists" | "exposures";
  readonly key: TokenKey;
}

/** Milliseconds between reports to the store: rankings hear of views in that time and their own. */
const report = 500;

export function createExposureDesk({ store, server, count, key }: DeskOptions): ExposureDesk {
  /** By model, that of its newest rules. */
  const flows = new Map<string, { readonly hash: string; readonly flow: FlowControl }>();
  const flowOf = (model: string, { spec: namespace, hash, counted: ruleSets }: CountedRules): FlowControl => {
    const known = flows.get(model);
    if (known?.hash === hash) return known.flow;
    void known?.flow.close().catch(() => undefined);
    const flow = createFlowControl(store, { namespace, ruleSets, server, count, report });
    flows.set(model, { hash, flow });
    return flow;
  };
  return {
    read: (token) => readPageToken(token, key),
    report: async ({ page, until, model, now, viewed = [] }, items, rules) => {
      const claim = await claimItems(store, { page, until }, items).catch(() => {
        throw new ServeFault(503, "the store of permits does not answer; report the exposures again", {
          retryAfter: 1,
        });
      });
      const spent = claim.counted.flatMap((item) => pairsOf(viewed[item] ?? []));
      if (spent.length > 0 && rules.counted.length > 0) flowOf(model, rules).viewed(spent, now);
      return claim;
    },
    close: async () => {
      await Promise.all([...flows.values()].map(({ flow }) => flow.close()));
    },
  };
}

/** Names of rules and texts of keys in turns. */
function pairsOf(turns: readonly string[]): { readonly rule: string; readonly key: string; readonly count: number }[] {
  return Array.from({ length: turns.length / 2 }, (_, i) => ({
    rule: turns[2 * i]!,
    key: turns[2 * i + 1]!,
    count: 1,
  }));
}
