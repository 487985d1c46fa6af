/** Random formulas as text and random candidates inside the declared ranges, from one seed. */
import { formulaFunctions } from "../../src/compiler/functions/index.js";

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

/** What random formulas read, and what candidates provide for it. */
export interface FormulaInputs {
  readonly declarations: string;
  /** Numbers that a formula may read. */
  readonly numbers: readonly string[];
  readonly literals: readonly string[];
  /** Knots of a line. */
  readonly knots: readonly string[];
  /** Names with the bounds of the values that candidates provide, both of them allowed. */
  readonly values: Readonly<Record<string, readonly [number, number]>>;
  /** Every number has two ends, so that an accepted formula has to stay finite. */
  readonly bounded: boolean;
}

const attributes = `  bonus:    number? in [0, 1]
  brand:    text
  campaign: text?
  fresh:    bool?
  listed:   time?
`;

export const shopInputs: FormulaInputs = {
  declarations: `signals {
  ctr:  P(click)
  cvr:  P(buy | click)
  stay: number(seconds) in [0, 600]
  odds: number in [-4, 4]
  rate: number in [0.01, 1]
}

attributes {
  price:    number in [0, 10_000]
${attributes}}

params {
  alpha: 0.05 in [0, 1]
  beta:  1.5  in [0.5, 3]
}
`,
  numbers: ["ctr", "cvr", "stay / 1", "odds", "rate", "price", "coalesce(bonus, 0.5)", "alpha", "beta"],
  literals: ["0", "1", "2", "0.5", "3", "0.1", "1e-3", "7.25", "100", "0.3333333333333333", "1e6", "12345.678"],
  knots: ["-1", "0", "0.5", "20"],
  values: { ctr: [0, 1], cvr: [0, 1], stay: [0, 600], odds: [-4, 4], rate: [0.01, 1], price: [0, 10_000] },
  bounded: true,
};

/** Ranges whose ends are the greatest and the smallest numbers that there are. */
export const extremeInputs: FormulaInputs = {
  declarations: `signals {
  ctr:  P(click)
  huge: number in [-1e308, 1.7976931348623157e308]
  wide: number in [1e-308, 1e308]
  tiny: number in [5e-324, 1e-300]
  unit: number in [5e-324, 1]
  some: number in [-1e154, 1e154]
  cold: number in [-800, -5e-324]
}

attributes {
  price:    number in [0, 1e200]
${attributes}}

params {
  alpha: 0.05 in [0, 1]
  beta:  -2   in [-300, 300]
}
`,
  numbers: ["ctr", "huge", "wide", "tiny", "unit", "some", "cold", "price", "coalesce(bonus, 0.5)", "alpha", "beta"],
  literals: ["0", "1", "2", "0.5", "1e-300", "5e-324", "1e308", "1e-16", "709", "-745", "1.0000000000000002", "1e16"],
  knots: ["-1.7e308", "-1e-320", "0.5", "1.7e308"],
  values: {
    ctr: [0, 1],
    huge: [-1e308, Number.MAX_VALUE],
    wide: [1e-308, 1e308],
    tiny: [Number.MIN_VALUE, 1e-300],
    unit: [Number.MIN_VALUE, 1],
    some: [-1e154, 1e154],
    cold: [-800, -Number.MIN_VALUE],
    price: [0, 1e200],
  },
  bounded: true,
};

/** Ranges with one end or none: a result may overflow, and then disturbs nothing else. */
export const unboundedInputs: FormulaInputs = {
  declarations: `signals {
  ctr:  P(click)
  pos:  number > 0
  neg:  number < 0
  free: number
  some: number > -1000
  more: number >= 1
}

attributes {
  price:    number >= 0
${attributes}}

params {
  alpha: 0.05 in [0, 1]
  beta:  1.5  in [-3, 3]
}
`,
  numbers: ["ctr", "pos", "neg", "free", "some", "more", "price", "coalesce(bonus, 0.5)", "alpha", "beta"],
  literals: ["0", "1", "2", "0.5", "1e-300", "5e-324", "1e308", "1e-16", "709", "-745", "1e16"],
  knots: ["-1e300", "0", "0.5", "1e308"],
  values: {
    ctr: [0, 1],
    pos: [Number.MIN_VALUE, Number.MAX_VALUE],
    neg: [-Number.MAX_VALUE, -Number.MIN_VALUE],
    free: [-Number.MAX_VALUE, Number.MAX_VALUE],
    some: [-999, 1e300],
    more: [1, 1e308],
    price: [0, 1e200],
  },
  bounded: false,
};

const brands = ["a", "b", "a_b", "ä", "𝒳"] as const;

/** By their rows, so that one that is new is among the random formulas. */
const functionsOfNumbers = Object.entries(formulaFunctions).filter(
  ([, { result, parameters }]) => result === "number" && parameters.every(({ kind }) => kind === "number"),
);

/** A formula of at most the depth; about one in three is out of some range, which the checker has to see. */
export function randomFormula(random: () => number, depth: number, kind: FormulaInputs): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const literal = (): string => pick(kind.literals);
  const number = (d: number): string => {
    if (d <= 0 || random() < 0.12) return random() < 0.75 ? pick(kind.numbers) : literal();
    const x = (): string => number(d - 1);
    switch (Math.floor(random() * 23)) {
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
        return `${random() < 0.6 ? `max(${x()}, 0)` : `(${x()})`}^${pick(["2", "0.5", "3", "alpha", "beta", "-1", "0", "1", "2.5", "-3", "-0.5"])}`;
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
        return `piecewise(${x()}, [${kind.knots.join(", ")}], [0.2, 1, ${literal()}, ${literal()}])`;
      case 20:
        return `${pick(["floor", "abs"])}(${x()})`;
      case 21: {
        const [name, { parameters }] = pick(functionsOfNumbers);
        return `${name}(${parameters.map(x).join(", ")})`;
      }
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

/** Candidates with values inside the ranges, their ends, zeros of both signs and the smallest numbers among them. */
export function randomCandidates(
  random: () => number,
  count: number,
  { values }: FormulaInputs,
): readonly Readonly<Record<string, unknown>>[] {
  const within = (low: number, high: number): number => {
    const draw = random();
    if (draw < 0.1) return low;
    if (draw < 0.2) return high;
    if (draw < 0.25 && low <= 0 && high >= 0) return draw < 0.225 ? 0 : -0;
    // Sizes of all orders: from the smaller end upwards, where both are of one sign.
    if (draw < 0.5 && low * high > 0)
      return Math.min(high, Math.max(low, low * Math.exp(random() * Math.log(Math.max(1, high / low)))));
    if (draw < 0.5 && low >= 0) return Math.max(low, high * Math.exp(-700 * random()));
    if (draw < 0.55) return Math.max(low, Math.min(high, low + Number.MIN_VALUE));
    return Math.min(high, Math.max(low, low * (1 - random()) + high * random()));
  };
  const maybe = <T>(value: T): T | null => (random() < 0.3 ? null : value);
  const brand = (): string => brands[Math.floor(random() * brands.length)] as string;
  return Array.from({ length: count }, (_, i) => ({
    id: `item${i}`,
    ...Object.fromEntries(Object.entries(values).map(([name, [low, high]]) => [name, within(low, high)])),
    bonus: maybe(within(0, 1)),
    brand: brand(),
    campaign: maybe(brand()),
    fresh: maybe(random() < 0.5),
    listed: maybe(1_700_000_000 + Math.floor(random() * 40_000_000)),
  }));
}

/** The same for every run of a test. */
export const now = 1_730_000_000;
