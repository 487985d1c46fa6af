/** Which columns of a weight belong to the inputs that they were for, wherever those are now. */

/** Something that a part reads, and how many columns of a weight are its. */
export interface Column {
  readonly name: string;
  readonly size: number;
}

/** Consecutive columns of the new tensor along an axis. */
export type ColumnRun = { readonly size: number } & (
  | { readonly kind: "kept"; /** First of the old tensor's columns. */ readonly from: number }
  /** Of an input that was not read before: weights of zero leave every value what it was. */
  | { readonly kind: "zero" }
  /** Of an input that has another width, or an expert that was not there: as training would start. */
  | { readonly kind: "initialized" }
);

/** What becomes of the columns along one axis of a tensor. */
export interface AxisPlan {
  readonly axis: number;
  readonly runs: readonly ColumnRun[];
}

/**
 * The columns of after by those of before: by name, the second one of a name by the second one. A single column under another
 * name is the same one renamed. Nothing when no column is kept.
 */
export function planColumns(
  before: readonly Column[],
  after: readonly Column[],
  added: "zero" | "initialized",
): readonly ColumnRun[] | undefined {
  const [old, own] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && old !== undefined && own !== undefined)
    return old.size === own.size ? [{ kind: "kept", size: own.size, from: 0 }] : undefined;
  const places = placesOf(before);
  const seen = new Map<string, number>();
  const runs = after.map(({ name, size }): ColumnRun => {
    const turn = seen.get(name) ?? 0;
    seen.set(name, turn + 1);
    const known = places.get(name)?.[turn];
    if (known === undefined) return { kind: added, size };
    return known.size === size ? { kind: "kept", size, from: known.from } : { kind: "initialized", size };
  });
  return runs.some(({ kind }) => kind === "kept") ? runs : undefined;
}

function placesOf(
  columns: readonly Column[],
): ReadonlyMap<string, readonly { readonly from: number; readonly size: number }[]> {
  const places = new Map<string, readonly { readonly from: number; readonly size: number }[]>();
  let from = 0;
  for (const { name, size } of columns) {
    places.set(name, [...(places.get(name) ?? []), { from, size }]);
    from += size;
  }
  return places;
}

/** Whether every column is where it was. */
export function isIdentity(runs: readonly ColumnRun[], width: number): boolean {
  let at = 0;
  for (const run of runs) {
    if (run.kind !== "kept" || run.from !== at) return false;
    at += run.size;
  }
  return at === width;
}

export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((total, { size }) => total + size, 0);
}
