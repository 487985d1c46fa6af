/** Things that read one another, in an order in which each comes after what it reads. */
export interface Ordering<T> {
  /** Every item; on a cycle, the order is that of the text. */
  readonly order: readonly T[];
  /** Each cycle once: the way from its first member back to it. Its last member reads its first. */
  readonly cycles: readonly (readonly T[])[];
}

/** Orders items by what they read, keeping the given order where that is free. Not recursive: chains may be long. */
export function orderByReads<T>(items: readonly T[], reads: (item: T) => readonly T[]): Ordering<T> {
  const order: T[] = [];
  const cycles: (readonly T[])[] = [];
  const done = new Set<T>();
  const onPath = new Set<T>();

  for (const root of items) {
    if (done.has(root)) continue;
    const path: { readonly item: T; readonly pending: T[] }[] = [];
    const enter = (item: T): void => {
      if (done.has(item)) return;
      if (onPath.has(item)) {
        const way = path.map((each) => each.item);
        cycles.push(way.slice(way.indexOf(item)));
        return;
      }
      onPath.add(item);
      path.push({ item, pending: [...reads(item)].reverse() });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.pending.pop();
      if (next !== undefined) enter(next);
      else {
        path.pop();
        onPath.delete(top.item);
        done.add(top.item);
        order.push(top.item);
      }
    }
  }
  return { order, cycles };
}
