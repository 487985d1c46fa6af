/** How NSGA-II makes new points of the unit cube from old ones. */

/** The draws that one variable needs, each uniform in [0, 1). */
export interface CrossoverDraws {
  /** Below 0.5: the variable is crossed. */
  readonly apply: number;
  readonly spread: number;
  /** Below 0.5: the children swap it. */
  readonly swap: number;
}

export interface MutationDraws {
  /** Below the rate: the variable mutates. */
  readonly apply: number;
  readonly step: number;
}

/** Parents nearer than this are one point. */
const closest = 1e-14;

/**
 * Simulated binary crossover with bounds [0, 1] (Deb and Agrawal, "Simulated Binary Crossover for Continuous Search
 * Space", 1995): children lie near their parents, the nearer the larger `eta`.
 */
export function simulatedBinaryCrossover(
  a: Float64Array,
  b: Float64Array,
  eta: number,
  draw: (variable: number) => CrossoverDraws,
): readonly [Float64Array, Float64Array] {
  const [first, second] = [a.slice(), b.slice()];
  for (let i = 0; i < a.length; i++) {
    const { apply, spread, swap } = draw(i);
    const [low, high] = [Math.min(a[i]!, b[i]!), Math.max(a[i]!, b[i]!)];
    const gap = high - low;
    if (apply >= 0.5 || gap <= closest) continue;
    const lower = 0.5 * (low + high - spreadFactor(1 + (2 * low) / gap, spread, eta) * gap);
    const upper = 0.5 * (low + high + spreadFactor(1 + (2 * (1 - high)) / gap, spread, eta) * gap);
    first[i] = clamp(swap < 0.5 ? upper : lower);
    second[i] = clamp(swap < 0.5 ? lower : upper);
  }
  return [first, second];
}

/** The spread of children over that of their parents; `room` is the largest that the nearer bound allows. */
function spreadFactor(room: number, draw: number, eta: number): number {
  const alpha = 2 - room ** -(eta + 1);
  const power = 1 / (eta + 1);
  return draw <= 1 / alpha ? (draw * alpha) ** power : (1 / (2 - draw * alpha)) ** power;
}

/** Polynomial mutation with bounds [0, 1] (Deb and Goyal, 1996; the form of Deb's NSGA-II code). */
export function polynomialMutation(
  point: Float64Array,
  eta: number,
  rate: number,
  draw: (variable: number) => MutationDraws,
): Float64Array {
  return point.map((x, i) => {
    const { apply, step } = draw(i);
    if (apply >= rate) return x;
    const room = step <= 0.5 ? 1 - x : x;
    const side = step <= 0.5 ? 2 * step : 2 * (1 - step);
    const reach = (side + (1 - side) * room ** (eta + 1)) ** (1 / (eta + 1)) - 1;
    return clamp(step <= 0.5 ? x + reach : x - reach);
  });
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
