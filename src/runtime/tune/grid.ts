/** All combinations of evenly spaced values. */

/** Steps a side such that the whole grid has at most `budget` points; at least 2. */
export function gridSide(dimension: number, budget: number): number {
  let side = Math.max(2, Math.floor(budget ** (1 / dimension)));
  // The root of a power may round below it.
  if ((side + 1) ** dimension <= budget) side += 1;
  return side;
}

/** The points of the unit cube with `side` values a coordinate, ends included; the last coordinate varies fastest. */
export function* gridPoints(dimension: number, side: number): Generator<Float64Array> {
  const digits = new Int32Array(dimension);
  for (;;) {
    yield Float64Array.from(digits, (i) => i / (side - 1));
    let k = dimension - 1;
    while (k >= 0 && digits[k] === side - 1) digits[k--] = 0;
    if (k < 0) return;
    digits[k]!++;
  }
}
