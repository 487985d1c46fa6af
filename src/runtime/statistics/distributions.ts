/** Distribution functions and quantiles of the normal distribution and of Student's t. */
export { normalQuantile } from "../../compiler/graph/initialize.js";

/** Standard normal distribution function; absolute error below 2e-16 by its series and continued fraction. */
export function normalCdf(x: number): number {
  if (x === Infinity) return 1;
  if (x === -Infinity) return 0;
  const z = Math.abs(x);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; term > sum * 1e-17 && k < 200; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return x >= 0 ? 0.5 + density * sum : 0.5 - density * sum;
  }
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / (z + fraction);
  const tail = density / (z + fraction);
  return x >= 0 ? 1 - tail : tail;
}

/**
 * Distribution function of Student's t, to about 1e-13 relative in the lower tail.
 *
 * @param freedom degrees of freedom in (0, 1e8]; need not be whole
 */
export function studentCdf(t: number, freedom: number): number {
  if (Number.isNaN(t)) return NaN;
  const tail = studentTail(Math.abs(t), freedom);
  return t <= 0 ? tail : 1 - tail;
}

/**
 * The value of Student's t that a share of the distribution lies below, to about 1e-13 relative: 2.776 for 0.975 and four degrees of freedom.
 *
 * @param share in (0, 1)
 * @param freedom degrees of freedom in (0, 1e8]
 */
export function studentQuantile(share: number, freedom: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`a share is in (0, 1), not ${share}`);
  if (share === 0.5) return 0;
  if (share > 0.5) return -studentQuantile(1 - share, freedom);
  let near = 0;
  let far = 1;
  while (studentTail(far, freedom) > share) [near, far] = [far, 2 * far];
  // The middle of the bracket until no double lies between its ends.
  for (;;) {
    const middle = near + (far - near) / 2;
    if (middle <= near || middle >= far) return -middle;
    if (studentTail(middle, freedom) > share) near = middle;
    else far = middle;
  }
}

/** The share above t ≥ 0. */
function studentTail(t: number, freedom: number): number {
  if (!(freedom > 0)) throw new RangeError(`degrees of freedom are above 0, not ${freedom}`);
  if (t === Infinity) return 0;
  const square = t * t;
  // Near the middle from there, so that nothing is subtracted in a thin tail.
  return square < 1
    ? 0.5 - 0.5 * incompleteBeta(square / (freedom + square), 0.5, freedom / 2)
    : 0.5 * incompleteBeta(freedom / (freedom + square), freedom / 2, 0.5);
}

/** The regularized incomplete beta function I_x(a, b), by its continued fraction (Abramowitz, Stegun, 26.5.8) in Lentz's form. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= c * d;
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return front * fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** log B(a, b); the large terms of a and a + b are subtracted before they are added up. */
function logBeta(a: number, b: number): number {
  return logGamma(Math.min(a, b)) - logGammaDifference(Math.max(a, b), Math.min(a, b));
}

/** log Γ(a + b) − log Γ(a) for a ≥ b > 0. */
function logGammaDifference(a: number, b: number): number {
  let start = a;
  let shift = 0;
  for (; start < 12; start += 1) shift += Math.log1p(b / start);
  // Stirling's series of both, with log(start + b) − log(start) taken at once.
  return (
    (start + b - 0.5) * Math.log1p(b / start) + b * Math.log(start) - b + stirling(start + b) - stirling(start) - shift
  );
}

/** log Γ(x) for x > 0. */
function logGamma(x: number): number {
  let start = x;
  let shift = 0;
  for (; start < 12; start += 1) shift += Math.log(start);
  return (start - 0.5) * Math.log(start) - start + 0.5 * Math.log(2 * Math.PI) + stirling(start) - shift;
}

/** What Stirling's formula leaves of log Γ(x), x ≥ 12 (Abramowitz, Stegun, 6.1.41). */
function stirling(x: number): number {
  const square = x * x;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / x;
}
