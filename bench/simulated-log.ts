/**
 * A simulated log of ranked items whose best formula is known: the value of an item to its user is in the mean
 * `ctr · cvr^0.6 · stay^0.25` times what the whole request shares, so that no formula over these three scores orders the
 * items of a request better than this one.
 */
import { createDraws } from "../src/runtime/tune/index.js";

/** The exponents of `cvr` and `stay` that generate the log; that of `ctr` is 1. */
export const bestExponents = { cvr: 0.6, stay: 0.25 } as const;

export interface SimulatedLog {
  readonly rows: number;
  /** Numbers from 0, by row; requests are side by side, users and days rise with them. */
  readonly requests: Int32Array;
  readonly users: Int32Array;
  readonly days: Int32Array;
  readonly items: Int32Array;
  readonly categories: Int32Array;
  readonly ctr: Float64Array;
  readonly cvr: Float64Array;
  /** Seconds. */
  readonly stay: Float64Array;
  readonly isNew: Float64Array;
  /** 0 or 1: clicked; amount ≥ 0: what the item was worth over the next month. */
  readonly click: Float64Array;
  readonly value: Float64Array;
  /** 1 to 5: a survey's answer; larger is better. */
  readonly rating: Float64Array;
  /** The mean of `value` given the scores: what the best formula orders by. */
  readonly worth: Float64Array;
}

export interface SimulationSize {
  readonly users: number;
  /** Each user makes one request a day. */
  readonly days: number;
  /** Items a request. */
  readonly items: number;
}

/** A function only of its arguments. */
export function simulateLog({ users, days, items }: SimulationSize, seed: number): SimulatedLog {
  const { uniform, normal } = createDraws(seed);
  const rows = users * days * items;
  const ints = (): Int32Array => new Int32Array(rows);
  const doubles = (): Float64Array => new Float64Array(rows);
  const log = {
    rows,
    requests: ints(),
    users: ints(),
    days: ints(),
    items: ints(),
    categories: ints(),
    ctr: doubles(),
    cvr: doubles(),
    stay: doubles(),
    isNew: doubles(),
    click: doubles(),
    value: doubles(),
    rating: doubles(),
    worth: doubles(),
  };
  const exponential = (): number => -Math.log1p(-uniform());
  let row = 0;
  for (let day = 0; day < days; day++)
    for (let user = 0; user < users; user++) {
      const mood = Math.exp(0.5 * normal());
      for (let item = 0; item < items; item++) {
        // What attracts clicks and what keeps people are not the same things: the scores pull apart.
        const [lure, depth, fit] = [normal(), normal(), normal()];
        const isNew = uniform() < 0.15;
        log.requests[row] = day * users + user;
        log.users[row] = user;
        log.days[row] = day;
        log.items[row] = Math.floor(uniform() * 5000);
        log.categories[row] = Math.floor(12 * uniform() ** 2);
        const ctr = sigmoid(-2.4 + 0.9 * lure + 0.4 * fit - (isNew ? 0.6 : 0));
        const cvr = sigmoid(-2.9 + 0.9 * depth - 0.5 * lure + 0.4 * fit);
        const stay = Math.exp(3 + 0.8 * depth - 0.3 * lure + 0.3 * normal());
        const worth = ctr * cvr ** bestExponents.cvr * stay ** bestExponents.stay;
        log.ctr[row] = ctr;
        log.cvr[row] = cvr;
        log.stay[row] = stay;
        log.isNew[row] = Number(isNew);
        log.click[row] = Number(uniform() < ctr);
        log.worth[row] = worth;
        log.value[row] = 100 * mood * worth * exponential();
        const logistic = -Math.log(1 / Math.max(uniform(), 1e-12) - 1);
        log.rating[row] = Math.min(5, Math.max(1, Math.round(3 + 1.2 * (Math.log(worth) + 3.4) + 0.6 * logistic)));
        row += 1;
      }
    }
  return log;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
