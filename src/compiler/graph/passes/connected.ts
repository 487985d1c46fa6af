/** What neighbours lead to. */

/** All of `first`, and whatever is a neighbour of them by way of one another. */
export function connectedTo<T>(first: readonly T[], neighboursOf: (each: T) => Iterable<T>): ReadonlySet<T> {
  const open = [...first];
  const connected = new Set(open);
  for (let each = open.pop(); each !== undefined; each = open.pop())
    for (const next of neighboursOf(each)) {
      if (connected.has(next)) continue;
      connected.add(next);
      open.push(next);
    }
  return connected;
}
