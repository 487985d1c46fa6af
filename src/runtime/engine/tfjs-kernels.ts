/** Kernels on typed arrays for the ops missing from tfjs's backends, or computed many times slower than plain JavaScript. */

/** The rows `ids` of `table` ([any, width]). Throws when an id is out of range. */
export function gatherRows<T extends Float32Array | Int32Array>(table: T, ids: Int32Array, width: number): T {
  const size = ids.length * width;
  const rows = (table instanceof Float32Array ? new Float32Array(size) : new Int32Array(size)) as T;
  const last = width === 0 ? 0 : table.length / width - 1;
  let target = 0;
  for (const id of ids) {
    if (id < 0 || id > last) throw new Error(`the row ${id} is out of range: the table has ${last + 1} rows`);
    let source = id * width;
    for (const end = target + width; target < end; target += 1, source += 1) rows[target] = table[source] ?? 0;
  }
  return rows;
}

/** Σ values, added up in double precision. */
export function sumAll(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}

/** The sum of the rows of `values` ([any, width]), in their order. */
export function sumRows(values: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < values.length;) {
    for (let column = 0; column < width; column += 1, at += 1) sums[column] = (sums[column] ?? 0) + (values[at] ?? 0);
  }
  return Float32Array.from(sums);
}

/** Sums the rows of `values` ([segments.length, width]) that share a segment into [count, width]. */
export function segmentSum(
  values: Float32Array | Int32Array,
  segments: Int32Array,
  count: number,
  width: number,
): Float32Array | Int32Array {
  const sums = values instanceof Float32Array ? new Float32Array(count * width) : new Int32Array(count * width);
  for (let row = 0; row < segments.length; row += 1) {
    const target = (segments[row] ?? 0) * width;
    const source = row * width;
    for (let column = 0; column < width; column += 1) {
      sums[target + column] = (sums[target + column] ?? 0) + (values[source + column] ?? 0);
    }
  }
  return sums;
}

export interface UniqueIds {
  /** The distinct ids in order of first appearance. */
  readonly values: Int32Array;
  /** For each id its index in `values`. */
  readonly index: Int32Array;
}

export function uniqueIds(ids: Int32Array): UniqueIds {
  const found = new Map<number, number>();
  const index = Int32Array.from(ids, (id) => {
    const known = found.get(id);
    if (known !== undefined) return known;
    found.set(id, found.size);
    return found.size - 1;
  });
  return { values: Int32Array.from(found.keys()), index };
}

/** Replaces the rows `ids` of `table`, in place. */
export function scatterRows<T extends Float32Array | Int32Array>(
  table: T,
  ids: Int32Array,
  rows: T,
  width: number,
): void {
  let source = 0;
  for (const id of ids) {
    let target = id * width;
    for (const end = source + width; source < end; source += 1, target += 1) table[target] = rows[source] ?? 0;
  }
}
