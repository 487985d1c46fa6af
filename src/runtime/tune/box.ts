/** The unit cube that searches live in, and the ranges of parameters that it stands for. */

/** A parameter's range; `low < high`, both finite. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A point of the unit cube as values in the ranges. */
export function toRanges(point: Float64Array, ranges: readonly Range[]): Float64Array {
  return Float64Array.from(ranges, ({ low, high }, i) => {
    const share = point[i] ?? 0;
    // Both ends are reached exactly, whatever the rounding of the product.
    return share <= 0 ? low : share >= 1 ? high : Math.min(high, low + share * (high - low));
  });
}

/** Values as a point of the unit cube; values outside of their range go to its nearer end. */
export function toUnit(values: Float64Array, ranges: readonly Range[]): Float64Array {
  return Float64Array.from(ranges, ({ low, high }, i) =>
    Math.min(1, Math.max(0, ((values[i] ?? low) - low) / (high - low))),
  );
}

/** How far from an end of [0, 1] {@link fold} begins to bend. */
const margin = 0.05;

/**
 * Maps the line onto [0, 1], smoothly and periodically: the identity in the middle, a parabola near each end, mirrored
 * beyond. A search without bounds can so walk anywhere, and nothing piles up on the border as it does by clamping. It is
 * the transformation that `cma` calls BoxConstraintsLinQuadTransformation, for the interval [0, 1].
 */
export function fold(x: number): number {
  const period = 2 * (1 + 2 * margin);
  let y = x;
  // One mirror image on each side is left to the reflections below.
  const start = -0.5 - 2 * margin;
  if (y < start || y > 1.5 + 2 * margin) y -= period * Math.floor((y - start) / period);
  if (y > 1 + margin) y = 2 * (1 + margin) - y;
  if (y < -margin) y = -2 * margin - y;
  if (y < margin) return (y + margin) ** 2 / (4 * margin);
  if (y > 1 - margin) return 1 - (y - 1 - margin) ** 2 / (4 * margin);
  return y;
}

/** The x nearest to the middle with `fold(x) = y`, for y in [0, 1]. */
export function unfold(y: number): number {
  if (y < margin) return 2 * Math.sqrt(margin * Math.max(0, y)) - margin;
  if (y > 1 - margin) return 1 + margin - 2 * Math.sqrt(margin * Math.max(0, 1 - y));
  return y;
}
