/** Kernels on typed arrays for the ops that tfjs's backends lack, or lack for integers. */

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

/** The distinct ids in order of first appearance, and for each id its place among them. */
export function uniqueIds(ids: Int32Array): { readonly values: Int32Array; readonly index: Int32Array } {
  const places = new Map<number, number>();
  const index = Int32Array.from(ids, (id) => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, places.size);
    return places.size - 1;
  });
  return { values: Int32Array.from(places.keys()), index };
}

/** Replaces the rows `ids` of `table`, in place. */
export function scatterRows<T extends Float32Array | Int32Array>(
  table: T,
  ids: Int32Array,
  rows: T,
  width: number,
): void {
  for (let row = 0; row < ids.length; row += 1) {
    table.set(rows.subarray(row * width, (row + 1) * width), (ids[row] ?? 0) * width);
  }
}
