/**
 * A log of impressions whose probabilities of a click and of a conversion after it are known for every impression, clicked or not.
 *
 * A user has four groups (age, gender, city, purchasing power), an item a category, a brand and a price level, an impression a
 * scene and an hour. The logit of the click is, up to its mean, `clickSpread` times a score of variance 1 with a part of the user, one
 * of the item, one of the pair (an inner product of factors) and one of the context; so is that of the conversion, with
 * `conversionSpread`. Each part of user, item and pair of the conversion is the click's times `bias` plus one of its own times
 * √(1 − bias²): `bias` is the share of what moves both, and with it clicked rows are not like all rows.
 */
import { createDraws, type Draws } from "../../../src/runtime/statistics/index.js";

/** What may be chosen freely; the paper's data says none of it. */
export interface WorldChoices {
  /** Impressions; the first half by time trains, the rest tests. */
  readonly rows: number;
  readonly users: number;
  readonly items: number;
  readonly categories: number;
  readonly brands: number;
  /** Mean probability of a click over all impressions. */
  readonly clickRate: number;
  /** Share of clicks that convert, in expectation. */
  readonly conversionRate: number;
  /** Correlation, in [0, 1], of the parts of the two logits that user and item decide. */
  readonly bias: number;
  /** Standard deviation of each logit. */
  readonly clickSpread: number;
  readonly conversionSpread: number;
  /** Share of the variance of either logit that only the pair of user and item explains. */
  readonly pair: number;
  /** Factors of users and items. */
  readonly factors: number;
  readonly seed: number;
}

/**
 * In small what Ali-CCP is in large: impressions per user and item, the click rate and the categories are of its order (210 and
 * 20 impressions, 4 %), but that conversions are ten times as frequent, 5 % of clicks, so that there are enough to learn from.
 */
export function defaultWorld(rows: number): Omit<WorldChoices, "seed"> {
  return {
    rows,
    users: Math.ceil(rows / 200),
    items: Math.ceil(rows / 20),
    categories: Math.ceil(rows / 3000),
    brands: Math.ceil(rows / 400),
    clickRate: 0.04,
    conversionRate: 0.05,
    bias: 0.5,
    clickSpread: 1.2,
    conversionSpread: 1.5,
    pair: 0.25,
    factors: 4,
  };
}

/** Columns of the log by name, an index of a category per row; rows in the order of time. */
export type Columns = Readonly<Record<(typeof featureNames)[number], Uint32Array>>;

export const featureNames = [
  "user_id",
  "age",
  "gender",
  "city",
  "power",
  "item_id",
  "category",
  "brand",
  "price",
  "scene",
  "hour",
] as const;

export interface World {
  readonly columns: Columns;
  /** p(click | x) and p(conversion | click, x), for every row. */
  readonly ctr: Float64Array;
  readonly cvr: Float64Array;
  /** What happened: 0 or 1. A conversion needs a click. */
  readonly click: Uint8Array;
  readonly buy: Uint8Array;
}

const groups = { age: 8, gender: 2, city: 5, power: 4, price: 6, scene: 3, hour: 24 } as const;
/** Shares of the variance that the pair leaves over; `context` is the same for both outcomes in size and different in kind. */
const shares = { user: 0.4, item: 0.5, context: 0.1 } as const;

/** The log of a world; the same choices give the same bytes. */
export function drawWorld(choices: WorldChoices): World {
  const { rows, seed } = choices;
  const draws = createDraws(seed, 7);
  const users = drawUsers(choices, draws);
  const items = drawItems(choices, draws);
  const context = (["click", "buy"] as const).map(() => ({
    scene: normals(groups.scene, draws),
    hour: normals(groups.hour, draws),
  }));
  const columns = drawColumns(choices, users, items, draws);
  const scores = ([0, 1] as const).map((outcome) => {
    const weights = partWeights(choices.pair);
    const { scene, hour } = context[outcome]!;
    return Float64Array.from({ length: rows }, (_, row) => {
      const user = columns.user_id[row]!;
      const item = columns.item_id[row]!;
      const around = Math.SQRT1_2 * (scene[columns.scene[row]!]! + hour[columns.hour[row]!]!);
      return (
        weights.user * users.effects[outcome][user]! +
        weights.item * items.effects[outcome][item]! +
        weights.pair * product(users.factors[outcome], user, items.factors[outcome], item, choices.factors) +
        weights.context * around
      );
    });
  });
  const clickScores = scores[0]!.map((score) => choices.clickSpread * score);
  const buyScores = scores[1]!.map((score) => choices.conversionSpread * score);
  const everywhere = new Float64Array(rows).fill(1);
  const ctr = withMean(clickScores, everywhere, choices.clickRate);
  const cvr = withMean(buyScores, ctr, choices.conversionRate);
  const click = Uint8Array.from(ctr, (p) => (draws.uniform() < p ? 1 : 0));
  const buy = Uint8Array.from(cvr, (p, row) => (draws.uniform() < p && click[row] === 1 ? 1 : 0));
  return { columns, ctr, cvr, click, buy };
}

type ByOutcome<T> = readonly [click: T, buy: T];

interface Side {
  /** A number of variance 1 for each user or item. */
  readonly effects: ByOutcome<Float64Array>;
  /** `factors` numbers for each, in a row. */
  readonly factors: ByOutcome<Float64Array>;
}

type Users = Side & { readonly groups: Readonly<Record<"age" | "gender" | "city" | "power", Uint32Array>> };
type Items = Side & { readonly groups: Readonly<Record<"category" | "brand" | "price", Uint32Array>> };

function drawUsers({ users, factors, bias }: WorldChoices, draws: Draws): Users {
  const kinds = {
    age: indexes(users, groups.age, draws),
    gender: indexes(users, groups.gender, draws),
    city: indexes(users, groups.city, draws),
    power: indexes(users, groups.power, draws),
  };
  const part = (): Float64Array =>
    sumOf([
      [0.15, ofGroups(kinds.age, groups.age, draws)],
      [0.1, ofGroups(kinds.gender, groups.gender, draws)],
      [0.1, ofGroups(kinds.city, groups.city, draws)],
      [0.15, ofGroups(kinds.power, groups.power, draws)],
      [0.5, normals(users, draws)],
    ]);
  return {
    groups: kinds,
    effects: related(bias, part),
    factors: related(Math.sqrt(bias), () => normals(users * factors, draws)),
  };
}

/** Factors of items are close to those of their category, so that the network can learn tastes from few clicks. */
function drawItems({ items, categories, brands, factors, bias }: WorldChoices, draws: Draws): Items {
  const kinds = {
    category: indexes(items, categories, draws),
    brand: indexes(items, brands, draws),
    price: indexes(items, groups.price, draws),
  };
  const part = (): Float64Array =>
    sumOf([
      [0.3, ofGroups(kinds.category, categories, draws)],
      [0.2, ofGroups(kinds.brand, brands, draws)],
      [0.1, ofGroups(kinds.price, groups.price, draws)],
      [0.4, normals(items, draws)],
    ]);
  const tastes = (): Float64Array => {
    const centres = normals(categories * factors, draws);
    return Float64Array.from(
      { length: items * factors },
      (_, at) =>
        Math.sqrt(0.7) * centres[kinds.category[Math.floor(at / factors)]! * factors + (at % factors)]! +
        Math.sqrt(0.3) * draws.normal(),
    );
  };
  return { groups: kinds, effects: related(bias, part), factors: related(Math.sqrt(bias), tastes) };
}

/** Of two outcomes: the second has `share` of the first one's part, and else one of its own. */
function related(share: number, draw: () => Float64Array): ByOutcome<Float64Array> {
  const click = draw();
  const own = draw();
  return [click, click.map((value, at) => share * value + Math.sqrt(1 - share ** 2) * own[at]!)];
}

function drawColumns({ rows, users, items }: WorldChoices, who: Users, what: Items, draws: Draws): Columns {
  // Some users see much, few items are shown often.
  const active = cumulative(Float64Array.from({ length: users }, () => Math.exp(0.7 * draws.normal())));
  const shown = cumulative(Float64Array.from({ length: items }, (_, rank) => (rank + 5) ** -0.7));
  const user_id = Uint32Array.from({ length: rows }, () => pick(active, draws.uniform()));
  const item_id = Uint32Array.from({ length: rows }, () => pick(shown, draws.uniform()));
  const of = (ids: Uint32Array, kind: Uint32Array): Uint32Array => ids.map((id) => kind[id]!);
  return {
    user_id,
    age: of(user_id, who.groups.age),
    gender: of(user_id, who.groups.gender),
    city: of(user_id, who.groups.city),
    power: of(user_id, who.groups.power),
    item_id,
    category: of(item_id, what.groups.category),
    brand: of(item_id, what.groups.brand),
    price: of(item_id, what.groups.price),
    scene: indexes(rows, groups.scene, draws),
    hour: indexes(rows, groups.hour, draws),
  };
}

function partWeights(pair: number): Readonly<Record<"user" | "item" | "pair" | "context", number>> {
  const rest = 1 - pair;
  return {
    user: Math.sqrt(rest * shares.user),
    item: Math.sqrt(rest * shares.item),
    pair: Math.sqrt(pair),
    context: Math.sqrt(rest * shares.context),
  };
}

/** Probabilities with the logits `scores` plus one constant, such that their weighted mean is `mean`. */
function withMean(scores: Float64Array, weights: Float64Array, mean: number): Float64Array {
  let [low, high] = [-30, 30];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (let row = 0; row < scores.length; row++) sum += weights[row]! * sigmoid(scores[row]! + middle);
    if (sum / total < mean) low = middle;
    else high = middle;
  }
  return scores.map((score) => sigmoid(score + (low + high) / 2));
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function normals(count: number, draws: Draws): Float64Array {
  return Float64Array.from({ length: count }, () => draws.normal());
}

function indexes(count: number, below: number, draws: Draws): Uint32Array {
  return Uint32Array.from({ length: count }, () => Math.floor(draws.uniform() * below));
}

/** A normal number per group, seen by its members; mean 0 and variance 1 over few groups too. */
function ofGroups(kind: Uint32Array, count: number, draws: Draws): Float64Array {
  const values = normals(count, draws);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  return Float64Array.from(kind, (group) => (values[group]! - mean) / deviation);
}

/** Parts by their shares of the variance. */
function sumOf(parts: readonly (readonly [share: number, values: Float64Array])[]): Float64Array {
  const [, first] = parts[0]!;
  return first.map((_, at) => parts.reduce((sum, [share, values]) => sum + Math.sqrt(share) * values[at]!, 0));
}

function product(left: Float64Array, l: number, right: Float64Array, r: number, factors: number): number {
  let sum = 0;
  for (let k = 0; k < factors; k++) sum += left[l * factors + k]! * right[r * factors + k]!;
  return sum / Math.sqrt(factors);
}

function cumulative(weights: Float64Array): Float64Array {
  let sum = 0;
  const sums = weights.map((weight) => (sum += weight));
  return sums.map((value) => value / sum);
}

/** The index in whose interval a uniform number lies. */
function pick(sums: Float64Array, uniform: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! <= uniform) low = middle + 1;
    else high = middle;
  }
  return low;
}
