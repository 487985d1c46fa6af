/** Ids of values that are ids already. */

/** The row of a value among `count` ids: one more than the whole number that its digits spell, 0 where it is none of them. */
export function idOfText(text: string, count: number): number {
  if (!/^[0-9]+$/.test(text)) return 0;
  const value = Number(text);
  return value < count ? value + 1 : 0;
}
