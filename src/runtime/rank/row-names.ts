import type { RawRow } from "../data/index.js";

/** In how many of the rows each name is, in the order in which names first appear. Rows mostly have the same names in the same order. */
export function countNames(rows: readonly RawRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let names: readonly string[] = [];
  let alike = 0;
  const note = (): void => names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + alike));
  for (const row of rows) {
    const own = isLike(row, names) ? names : Object.keys(row);
    if (own !== names && !areSame(own, names)) {
      note();
      names = own;
      alike = 0;
    }
    alike++;
  }
  note();
  return counts;
}

/** Whether a row has the names, and inherits none that would show among them. */
function isLike(row: RawRow, names: readonly string[]): boolean {
  let at = 0;
  for (const name in row) if (name !== names[at++]) return false;
  return at === names.length;
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
