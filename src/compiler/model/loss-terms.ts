/** Several losses on one head: what each of them is called, and which belong together. */
import type { LossTerm } from "./model.js";

type Named = Pick<LossTerm, "head" | "loss">;

/**
 * A name for each term: that of its head, where it is the head's only loss, else with the name of the loss, `click.bce`; where
 * one head has a loss twice the later ones are numbered, `click.bce_2`.
 */
export function termNames(terms: readonly Named[]): readonly string[] {
  return terms.map(({ head, loss }, at) => {
    if (terms.filter((other) => other.head === head).length === 1) return head;
    const before = terms.slice(0, at).filter((other) => other.head === head && other.loss === loss).length;
    return `${head}.${loss}${before === 0 ? "" : `_${before + 1}`}`;
  });
}

/** The terms of each head that has any, heads and terms in the order of the terms. */
export function termsByHead<T extends Pick<LossTerm, "head">>(terms: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const byHead = new Map<string, T[]>();
  for (const term of terms) {
    const same = byHead.get(term.head);
    if (same === undefined) byHead.set(term.head, [term]);
    else same.push(term);
  }
  return byHead;
}
