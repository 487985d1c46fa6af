/**
 * Tuning on a simulated log whose best parameters are known: what each method finds, and how far the order that it makes
 * is from the best one, on another log of the same world.
 */
import {
  bestTrial,
  centerWithin,
  compressAmounts,
  createLogRows,
  createRanking,
  fitNonnegativeRidge,
  fitPairwiseLogistic,
  frontOf,
  kneeOf,
  costsOf,
  measureObjective,
  type Objective,
  pairsOf,
  parseObjective,
  isProblem,
  runSearch,
  type SearchMethod,
  type SearchProblem,
} from "../src/runtime/tune/index.js";
import { machine, option, print, printTable } from "./report.js";
import { bestExponents, simulateLog, type SimulatedLog } from "./simulated-log.js";

export const summary = "tuning methods on a log whose best formula is known: distance from the best, time";

/** Exponents of cvr and stay; that of ctr is 1. */
export type Exponents = readonly [number, number];

export interface TunedLog {
  readonly method: string;
  readonly exponents: Exponents;
  readonly seconds: number;
  /** Formulas that were evaluated over the whole log; 0 for the fits. */
  readonly trials: number;
  /** NDCG@10 of the value on the other log, over that of the formula which made it. */
  readonly shareOfBest: number;
}

const ranges = [
  { low: 0, high: 2 },
  { low: 0, high: 2 },
];
/** Where tuning starts: a formula that knows only clicks. */
const production: Exponents = [0, 0];

/** `--users N` (400), `--days N` (5), `--items N` (20), `--budget N` (200), `--seed N` (1). */
export async function run(words: readonly string[]): Promise<void> {
  const number = (name: string, fallback: number): number => Number(option(words, name, String(fallback)));
  const size = { users: number("users", 400), days: number("days", 5), items: number("items", 20) };
  const results = await tuneSimulatedLog(size, number("budget", 200), number("seed", 1));
  print(`${(size.users * size.days * size.items).toLocaleString("en-US")} rows; best: ctr * cvr^0.6 * stay^0.25\n`);
  printTable([
    ["method", "cvr", "stay", "of the best", "trials", "seconds"],
    ...results.map(({ method, exponents: [cvr, stay], shareOfBest, trials, seconds }) => [
      method,
      cvr.toFixed(3),
      stay.toFixed(3),
      `${(100 * shareOfBest).toFixed(2)} %`,
      String(trials),
      seconds.toFixed(2),
    ]),
  ]);
  print(`\nNDCG@10 of the value, tuned on one log and measured on another; ${machine()}`);
}

/** Tunes by every method on one log and measures on another. */
export async function tuneSimulatedLog(
  size: { readonly users: number; readonly days: number; readonly items: number },
  budget: number,
  seed: number,
): Promise<readonly TunedLog[]> {
  const log = simulateLog(size, seed);
  const measureOther = measurer(simulateLog(size, seed + 1000));
  const best = measureOther([bestExponents.cvr, bestExponents.stay], objective("ndcg@10(value)"));
  const results: TunedLog[] = [];
  const add = (method: string, started: number, exponents: Exponents, trials: number): void => {
    const seconds = (performance.now() - started) / 1000;
    const shareOfBest = measureOther(exponents, objective("ndcg@10(value)")) / best;
    results.push({ method, exponents, seconds, trials, shareOfBest });
  };
  add("production", performance.now(), production, 1);

  const starts = createLogRows(log.requests, log.users, size.users).starts;
  const heads = [log.ctr, log.cvr, log.stay].map((head) => head.map(Math.log));
  let started = performance.now();
  const { coefficients } = fitNonnegativeRidge(
    heads.map((head) => centerWithin(head, starts)),
    centerWithin(compressAmounts(log.value), starts),
    new Float64Array(log.rows).fill(1),
    1e-3,
  );
  add("stacking", started, overFirst(coefficients), 0);
  started = performance.now();
  add("survey", started, overFirst(fitPairwiseLogistic(heads, pairsOf(log.rating, starts), 1e-4)), 0);

  const measure = measurer(log);
  for (const method of ["grid", "cma-es", "nsga2"] as const) {
    started = performance.now();
    const found = await search(measure, method, budget, seed);
    add(method, started, found, budget);
  }
  return results;
}

function overFirst(coefficients: Float64Array): Exponents {
  const [first = 1, second = 0, third = 0] = coefficients;
  return [second / first, third / first];
}

async function search(
  measure: (exponents: Exponents, objective: Objective) => number,
  method: SearchMethod,
  budget: number,
  seed: number,
): Promise<Exponents> {
  // Clicks against value: the knee is a compromise, and the value's end of the front is compared.
  const objectives = (method === "nsga2" ? ["ndcg@10(value)", "gauc(click)"] : ["ndcg@10(value)"]).map(objective);
  const problem: SearchProblem = {
    ranges,
    start: Float64Array.from(production),
    objectives: objectives.length,
    evaluate: ([cvr = 0, stay = 0]) => ({
      objectives: objectives.map((each) => measure([cvr, stay], each)),
      guards: [],
      violation: 0,
    }),
  };
  const { trials } = await runSearch(problem, { method, budget, seed });
  const front = frontOf(trials);
  if (method === "nsga2" && kneeOf(front.map(({ outcome }) => costsOf(outcome).costs)) === undefined)
    throw new Error("the front has no inside");
  const [cvr = 0, stay = 0] = bestTrial(trials).values;
  return [cvr, stay];
}

function objective(text: string): Objective {
  const parsed = parseObjective(text);
  if (isProblem(parsed)) throw new Error(parsed.problem);
  return parsed;
}

/** What a formula's order is worth on a log. */
function measurer(log: SimulatedLog): (exponents: Exponents, objective: Objective) => number {
  const rows = createLogRows(log.requests, log.users, Math.max(...log.users) + 1);
  const column = (name: string): { numbers: Float64Array; codes: Int32Array } => ({
    numbers: name === "click" ? log.click : log.value,
    codes: log.items,
  });
  const logs = { ctr: log.ctr.map(Math.log), cvr: log.cvr.map(Math.log), stay: log.stay.map(Math.log) };
  return ([cvr, stay], target) => {
    const scores = logs.ctr.map((value, i) => value + cvr * (logs.cvr[i] as number) + stay * (logs.stay[i] as number));
    const view = { context: { log: rows, column }, ranking: createRanking(rows, scores) };
    return measureObjective(target, () => view).value;
  };
}
