/** Numbers of 32 bits as the shortest decimals that mean them: 0.1, and not 0.10000000149011612. */

/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Decimals of 6 digits and fewer are told apart by 32 bits, those of more than 9 are not needed to tell 32 bits apart. */
const fewestDigits = 6;
const mostDigits = 9;
/** Between them a decimal is a whole number of at most 9 digits times or by an exact power of ten. */
const smallest = 1e-12;
const largest = 1e28;
/** A number of 32 bits below it may be whole or not; all are from here on. */
const firstWhole = 2 ** 24;

/**
 * The double that the shortest decimal of a float32 spells, the nearest of several: what DuckDB's text of it is read as. Where two are equally near it is the
 * number as it is, as for NaN, infinities and whole numbers below 2^24.
 */
export function shortestDecimal(float: number): number {
  const size = Math.abs(float);
  if (!(size >= smallest && size < largest)) return size === 0 || !Number.isFinite(float) ? float : spelled(float);
  if (size < firstWhole && Number.isInteger(float)) return float;
  if (size < evenlySpaced) {
    const decimal = nearDecimal(size);
    if (decimal !== undefined) return float < 0 ? -decimal : decimal;
  }
  // A decimal of n digits has `places`, and one more for each digit more.
  let places = fewestDigits - 1 - exponentOf(size);
  for (let digits = fewestDigits; digits <= mostDigits; digits++, places++) {
    const power = powers[Math.abs(places)]!;
    const scaled = places < 0 ? size / power : size * power;
    const below = Math.floor(scaled);
    const rest = scaled - below;
    if (rest === 0.5) return float;
    const whole = rest < 0.5 ? below : below + 1;
    const decimal = places < 0 ? whole * power : whole / power;
    // What is as near to the next float32 says nothing; only of large ones is the middle such a decimal.
    const apart = size < firstWhole ? decimal : decimal + (decimal - size) * 2 ** -20;
    if (Math.fround(apart) === size) return float < 0 ? -decimal : decimal;
  }
  return spelled(float);
}

/** Below it the decimals that are tried are whole numbers by a power of ten, and not times one. */
const evenlySpaced = 1e6;
/** How near, as a share of half the distance of two neighbours of 32 bits, a decimal may be to the middle of them before arithmetic of 64 bits does not tell its side. */
const unclear = 1e-7;

/** The same by distances, with one division in the place of one a decimal; undefined where it is not as clear. */
function nearDecimal(size: number): number | undefined {
  let places = fewestDigits - 1 - exponentOf(size);
  const word = bits[0]!;
  // The neighbour below a power of two is nearer than the one above.
  if ((word & 0x7fffff) === 0) return undefined;
  const half = halfSteps[word >>> 23]!;
  for (let digits = fewestDigits; digits <= mostDigits; digits++, places++) {
    const power = powers[places]!;
    const scaled = size * power;
    const whole = Math.floor(scaled + 0.5);
    const distance = Math.abs(whole - scaled);
    const room = half * power;
    if (distance === 0.5) return undefined;
    if (distance > room * (1 + unclear)) continue;
    return distance > room * (1 - unclear) ? undefined : whole / power;
  }
  return undefined;
}

/** Half of the distance of two neighbours of 32 bits, by their exponent to base 2. */
const halfSteps = Float64Array.from({ length: 256 }, (_, exponent) => 2 ** (exponent - 127 - 24));

/** The place of the first digit of a positive number, from its exponent to base 2. */
function exponentOf(size: number): number {
  floats[0] = size;
  const exponent = firstPlaces[bits[0]! >>> 23]!;
  return size < tens[exponent + 1 + tensFrom]! ? exponent : exponent + 1;
}

const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);
/** Of the smallest number with an exponent to base 2. */
const firstPlaces = Int8Array.from({ length: 256 }, (_, exponent) => Math.floor(Math.log10(2 ** (exponent - 127))));
const tensFrom = 46;
const tens = Float64Array.from({ length: 96 }, (_, i) => Number(`1e${i - tensFrom}`));

/** {@link shortestDecimal} by the digits themselves. */
function spelled(float: number): number {
  for (let digits = 1; digits < mostDigits; digits++) {
    const decimal = Number(float.toPrecision(digits));
    if (Math.fround(decimal) === float) return decimal;
  }
  return Number(float.toPrecision(mostDigits));
}
