/** Random formulas as text and random candidates inside the declared ranges, from one seed. */

/** A small generator of numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Everything that random formulas read; every number is bounded, so that an accepted formula has to stay finite. */
export const inputs = `signals {
  ctr:  P(click)
  cvr:  P(buy | click)
  stay: number(seconds) in [0, 600]
  odds: number in [-4, 4]
  rate: number in [0.01, 1]
}

attributes {
  price:    number in [0, 10_000]
  bonus:    number? in [0, 1]
  brand:    text
  campaign: text?
  fresh:    bool?
  listed:   time?
}

params {
  alpha: 0.05 in [0, 1]
  beta:  1.5  in [0.5, 3]
}
`;

const brands = ["a", "b", "a_b", "ä", "𝒳"] as const;

/** A formula of at most the depth; about one in three is out of some range, which the checker has to see. */
export function randomFormula(random: () => number, depth: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const literal = (): string =>
    pick(["0", "1", "2", "0.5", "3", "0.1", "1e-3", "7.25", "100", "0.3333333333333333", "1e6", "12345.678"]);
  const number = (d: number): string => {
    if (d <= 0 || random() < 0.12)
      return random() < 0.75
        ? pick(["ctr", "cvr", "stay / 1", "odds", "rate", "price", "coalesce(bonus, 0.5)", "alpha", "beta"])
        : literal();
    const x = (): string => number(d - 1);
    switch (Math.floor(random() * 22)) {
      case 0:
      case 1:
        return `(${x()} + ${x()})`;
      case 2:
        return `(${x()} - ${x()})`;
      case 3:
      case 4:
      case 5:
        return `(${x()} * ${x()})`;
      case 6:
        return `(${x()} / ${random() < 0.6 ? `max(${x()}, 1e-3)` : x()})`;
      case 7:
        return `${random() < 0.6 ? `max(${x()}, 0)` : `(${x()})`}^${pick(["2", "0.5", "3", "alpha", "beta", "-1", "0", "1", "2.5"])}`;
      case 8:
        return `exp(${random() < 0.7 ? `clamp(${x()}, -20, 20)` : x()})`;
      case 9:
        return `log(${random() < 0.7 ? `max(${x()}, 1e-6)` : x()})`;
      case 10:
        return `log1p(${random() < 0.7 ? `abs(${x()})` : x()})`;
      case 11:
        return `sqrt(${random() < 0.7 ? `abs(${x()})` : x()})`;
      case 12:
        return `sigmoid(${x()})`;
      case 13:
        return `safe_pow(${x()}, ${pick(["0.5", "alpha", "beta", "-0.25"])})`;
      case 14:
        return `min(${x()}, ${x()})`;
      case 15:
        return `max(${x()}, ${x()})`;
      case 16:
        return `clamp(${x()}, ${pick(["-1", "0"])}, ${pick(["1", "5"])})`;
      case 17:
        return `if(${condition(d - 1)}, ${x()}, ${x()})`;
      case 18:
        return `${pick(["rank", "percentile", "minmax", "zscore", "reciprocal_rank"])}(${x()})`;
      case 19:
        return `piecewise(${x()}, [-1, 0, 0.5, 20], [0.2, 1, ${literal()}, 4])`;
      case 20:
        return `${pick(["floor", "abs"])}(${x()})`;
      default:
        return `-(${x()})`;
    }
  };
  const condition = (d: number): string => {
    if (d <= 0 || random() < 0.5)
      return pick([
        () => `${number(0)} ${pick(["<", "<=", ">", ">=", "==", "!="])} ${number(Math.min(d, 1))}`,
        () => `campaign ${pick(["==", "!=", "<", ">="])} "${pick(brands)}"`,
        () => `brand in ["a", "${pick(brands)}"]`,
        () => `missing(campaign)`,
        () => `bonus > 0.5`,
        () => `age(listed) < ${pick(["7d", "1h", "300d"])}`,
        () => `fresh == true`,
        () => `lower(campaign) == "${pick(brands)}"`,
      ])();
    switch (Math.floor(random() * 3)) {
      case 0:
        return `(${condition(d - 1)} and ${condition(d - 1)})`;
      case 1:
        return `(${condition(d - 1)} or ${condition(d - 1)})`;
      default:
        return `not (${condition(d - 1)})`;
    }
  };
  return number(depth);
}

/** Candidates with values inside the ranges, their ends among them. */
export function randomCandidates(random: () => number, count: number): readonly Readonly<Record<string, unknown>>[] {
  const within = (low: number, high: number): number => {
    const draw = random();
    if (draw < 0.1) return low;
    if (draw < 0.2) return high;
    if (draw < 0.3) return low + (high - low) * 1e-9 * random();
    return low + (high - low) * random();
  };
  const maybe = <T>(value: T): T | null => (random() < 0.3 ? null : value);
  const brand = (): string => brands[Math.floor(random() * brands.length)] as string;
  return Array.from({ length: count }, (_, i) => ({
    id: `item${i}`,
    ctr: within(0, 1),
    cvr: within(0, 1),
    stay: within(0, 600),
    odds: within(-4, 4),
    rate: within(0.01, 1),
    price: within(0, 10_000),
    bonus: maybe(within(0, 1)),
    brand: brand(),
    campaign: maybe(brand()),
    fresh: maybe(random() < 0.5),
    listed: maybe(1_700_000_000 + Math.floor(random() * 40_000_000)),
  }));
}

/** The same for every run of a test. */
export const now = 1_730_000_000;
