/** The error function in float64. */

/** 2 / √π. */
export const erfSlope = 2 / Math.sqrt(Math.PI);

/**
 * erf(x) = 2/√π · ∫₀ˣ e^(−t²) dt, to about 1e-14: by its power series near 0 and by the continued fraction of the complement
 * further out (Abramowitz, Stegun: Handbook of Mathematical Functions, 7.1.5 and 7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (size < 2.5 ? nearZero(size) : 1 - complement(size));
}

function nearZero(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * sum; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return erfSlope * sum;
}

/** 1 − erf(x) for x ≥ 2.5, from the innermost fraction outwards. */
function complement(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
