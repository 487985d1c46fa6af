/** Which lists the losses of a model compare rows in. */
import type { Arguments, LossModel } from "./model.js";

/** How batches treat lists: `whole`: all rows of one or none; `split`: a list is the rows that a batch has of it. */
export type ListBatching = "whole" | "split";

/** How the batches of a model treat its lists: one loss that wants them whole decides. Absent without lists of a column. */
export function listBatching(loss: Pick<LossModel, "terms">): ListBatching | undefined {
  const keys = loss.terms.flatMap(({ by }) => (by?.kind === "column" ? [by] : []));
  if (keys.length === 0) return undefined;
  return keys.every(({ whole }) => whole === false) ? "split" : "whole";
}

/** The column whose values make lists; absent when no loss asks for any. */
export function listColumn(loss: Pick<LossModel, "terms">): string | undefined {
  for (const { by } of loss.terms) if (by?.kind === "column") return by.column;
  return undefined;
}

/** The labels that a loss over lists goes by: those of its `order` or `gain`; none where it goes by its head's own truth. */
export function labelsOrderedBy({ order, gain }: Arguments): readonly string[] {
  // The checker made them: chains of labels, numbers by label.
  if (Array.isArray(order)) return [...new Set((order as readonly (readonly string[])[]).flat())];
  return typeof gain === "object" && gain !== null ? Object.keys(gain) : [];
}

/** A preference of labels as pairs: the first of each goes before the second, by what is stated or follows from it. */
export interface LabelOrder {
  /** Each once, in the order in which they are named. */
  readonly labels: readonly string[];
  /** Whether `first` goes before `second`. */
  readonly isAbove: (first: string, second: string) => boolean;
  /** Whether each two labels have an order. */
  readonly isTotal: boolean;
  /** Labels that go before themselves, in the order of the cycle; absent when there is none. */
  readonly cycle?: readonly string[];
}

/** `[["buy", "click"], ["share", "click"]]`: each a chain, from best to least. */
export function labelOrder(chains: readonly (readonly string[])[]): LabelOrder {
  const labels = [...new Set(chains.flat())];
  const below = new Map(labels.map((label) => [label, new Set<string>()]));
  for (const chain of chains)
    for (const [at, label] of chain.entries()) {
      const next = chain[at + 1];
      if (next !== undefined) below.get(label)?.add(next);
    }
  const path = (from: string, to: string): readonly string[] | undefined => {
    const seen = new Set([from]);
    const open: (readonly string[])[] = [[from]];
    for (let way = open.shift(); way !== undefined; way = open.shift())
      for (const next of below.get(way.at(-1) ?? "") ?? []) {
        if (next === to) return [...way, next];
        if (seen.has(next)) continue;
        seen.add(next);
        open.push([...way, next]);
      }
    return undefined;
  };
  const isAbove = (first: string, second: string): boolean => path(first, second) !== undefined;
  const cycle = labels.map((label) => path(label, label)).find((way) => way !== undefined);
  const isTotal = labels.every((one, at) =>
    labels.slice(at + 1).every((other) => isAbove(one, other) || isAbove(other, one)),
  );
  return { labels, isAbove, isTotal, ...(cycle === undefined ? {} : { cycle }) };
}
