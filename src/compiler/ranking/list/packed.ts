/**
 * What `map` makes of the items, in an array of which the engine knows that it has no holes. That of `map` it knows once the caller is
 * compiled to the end only as one that may have some: code that has seen the others is then thrown away, in the middle of a request.
 */
export function mapPacked<T, U>(items: readonly T[], make: (item: T, index: number) => U): U[] {
  const made: U[] = [];
  for (let i = 0; i < items.length; i++) made.push(make(items[i]!, i));
  return made;
}
