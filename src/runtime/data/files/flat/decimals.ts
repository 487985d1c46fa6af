/** Decimal numbers as the doubles next to them, without a text of them. */

/** Powers of ten that are doubles. */
const tens = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Digits of the first part of a number: as many make a whole number below 10¹⁵. */
export const firstDigits = 15;

/** Digits that may come after those. */
export const moreDigits = 4;

/** Splits a double in halves of 26 bits (Veltkamp). */
const splitter = 2 ** 27 + 1;

/** Far above all that the arithmetic of {@link decimal} may be wrong by, far below half of a double's last bit. */
const doubt = 2 ** -98;

/**
 * The double next to (first · 10^more + rest) / 10^scale, or NaN where this arithmetic does not tell it: of more than 22 digits after the point,
 * and of a number that lies next to the middle of two doubles.
 *
 * @param first the first digits of the number, at most {@link firstDigits}
 * @param more how many digits come after those, at most {@link moreDigits}: `rest`
 * @param scale digits after the point, not negative
 */
export function decimal(first: number, more: number, rest: number, scale: number): number {
  if (scale > 22) return NaN;
  const by = tens[scale]!;
  // Both are exact, so that one rounding is all that there is.
  if (more === 0) return first / by;
  // The digits as a double and what it leaves over (Dekker's product and sum).
  const power = tens[more]!;
  const product = first * power;
  const spread = splitter * first;
  const upper = spread - (spread - first);
  const over = upper * power - product + (first - upper) * power + rest;
  const digits = product + over;
  const left = over - (digits - product);
  // What the quotient leaves over is exact but for a rounding of its last bits; with it, the quotient rounds as the number does.
  const quotient = digits / by;
  const back = quotient * by;
  const [spreadOfQuotient, spreadOfBy] = [splitter * quotient, splitter * by];
  const upperQuotient = spreadOfQuotient - (spreadOfQuotient - quotient);
  const lowerQuotient = quotient - upperQuotient;
  const upperBy = spreadOfBy - (spreadOfBy - by);
  const lowerBy = by - upperBy;
  const lost =
    upperQuotient * upperBy - back + upperQuotient * lowerBy + lowerQuotient * upperBy + lowerQuotient * lowerBy;
  const correction = (digits - back - lost + left) / by;
  const margin = quotient * doubt;
  const found = quotient + (correction - margin);
  return found === quotient + (correction + margin) ? found : NaN;
}
