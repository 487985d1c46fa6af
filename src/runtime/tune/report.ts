/** From a proposal to what is told of it: both slices, intervals, the front, sensitivity. */
import { omitUndefined } from "../../compiler/text/index.js";
import { bootstrapInterval, fewestUnits } from "../statistics/bootstrap.js";
import type { LogPart } from "./log/part.js";
import type { TuneLog } from "./log/read.js";
import type { LogColumn } from "./measure/measure.js";
import type { Objective } from "./measure/objective.js";
import { hypervolume } from "./pareto/hypervolume.js";
import { kneeOf } from "./pareto/front.js";
import { createDraws } from "../statistics/draws.js";
import type {
  Figures,
  FrontResult,
  GuardResult,
  LogSummary,
  ObjectiveResult,
  ParamResult,
  SensitivityResult,
} from "./result.js";
import { costsOf, frontOf, type Trial } from "./run.js";
import type { ParamValues } from "./scoring/scores.js";
import { roundInside } from "./patch.js";
import type { Tuner } from "./tuner.js";

/** Values on each side of a parameter's curve. */
const curvePoints = 11;

/** The values of a trial by name, rounded as they will be written; the anchor included. */
export function proposalOf(tuner: Tuner, values: ParamValues): ParamValues {
  const { anchor, params } = tuner.target;
  return new Map(
    params.map(({ name, low, high, value: now }) => {
      if (name === anchor?.name) return [name, anchor.value];
      const value = values.get(name) ?? now;
      return [name, value === now ? now : roundInside(value, low, high)];
    }),
  );
}

export function paramResults(
  tuner: Tuner,
  proposal: ParamValues,
  outside: ReadonlyMap<string, number>,
): readonly ParamResult[] {
  return tuner.target.params.map(({ name, low, high, value }) => {
    const moved = outside.get(name);
    return {
      name,
      low,
      high,
      production: value,
      proposed: proposal.get(name) ?? value,
      ...omitUndefined({ fitted: moved }),
    };
  });
}

/** Objectives and guards of production and proposal; of a held-out slice, with intervals by resampling users. */
export function compareWithProduction(
  tuner: Tuner,
  proposal: ParamValues,
  seed: number,
): {
  readonly objectives: readonly ObjectiveResult[];
  readonly guards: readonly GuardResult[];
  readonly feasible: boolean;
} {
  const slices = tuner.log.holdout === undefined ? (["train"] as const) : (["train", "holdout"] as const);
  // Production as it is: the anchor would move it.
  const production = slices.map((slice) => tuner.evaluate(slice, tuner.production));
  const proposed = slices.map((slice) => tuner.evaluate(slice, proposal));
  const judged = slices.length - 1;
  const isJudged = tuner.log.holdout !== undefined;
  const part = tuner.log.holdout ?? tuner.log.train;
  const users = [...new Set(part.rows.users)];
  const counts = new Float64Array(part.rows.userCount);
  const figures = (values: readonly number[]): Figures => ({
    train: values[0] ?? 0,
    ...(values[1] === undefined ? {} : { holdout: values[1] }),
  });
  const objectives = tuner.objectives.map(({ text, terms }, i): ObjectiveResult => {
    const before = production.map((each) => each.outcome.objectives[i] ?? 0);
    const after = proposed.map((each) => each.outcome.objectives[i] ?? 0);
    const [old, next] = [production[judged]?.objectives[i], proposed[judged]?.objectives[i]];
    // Both are resampled with the same users: what they share cancels.
    const statistic = (drawn: Float64Array): number => {
      for (const [unit, user] of users.entries()) counts[user] = drawn[unit]!;
      return (next?.resample(counts) ?? 0) - (old?.resample(counts) ?? 0);
    };
    // On the rows that the search looked at, the best of many trials is better only by chance.
    const judgement =
      isJudged && measuredUsers(terms, part) >= fewestUnits
        ? { interval: bootstrapInterval(users.length, statistic, createDraws(seed, 0xb007)) }
        : {};
    const value = (after[judged] ?? 0) - (before[judged] ?? 0);
    return { text, production: figures(before), proposed: figures(after), difference: { value, ...judgement } };
  });
  const guards = tuner.guards.map(({ text, operator, bound }, i): GuardResult => {
    const after = proposed.map((each) => each.outcome.guards[i] ?? 0);
    return {
      text,
      production: figures(production.map((each) => each.outcome.guards[i] ?? 0)),
      proposed: figures(after),
      holds: after.every((value) => (operator === ">=" ? value >= bound : value <= bound)),
    };
  });
  return { objectives, guards, feasible: (proposed[0]?.outcome.violation ?? 0) === 0 };
}

/** The trial to propose among those of a front: the knee of what is nowhere worse than production, else of all. */
export function kneeTrial(front: readonly Trial[], production: Trial): Trial | undefined {
  const before = production.outcome.objectives;
  const better = front.filter(({ outcome }) => outcome.objectives.every((value, i) => value >= (before[i] ?? 0)));
  const among = better.length >= 3 ? better : front;
  const knee = kneeOf(among.map(({ outcome }) => costsOf(outcome).costs));
  return knee === undefined ? among[0] : among[knee];
}

export function frontResult(
  tuner: Tuner,
  trials: readonly Trial[],
  chosen: Trial,
  knee: Trial | undefined,
  valuesOf: (trial: Trial) => ParamValues,
): FrontResult {
  const front = frontOf(trials);
  const volume = (slice: "train" | "holdout"): number => {
    const reference = costsOf(tuner.evaluate(slice, tuner.production).outcome).costs;
    const points = front.map((trial) =>
      slice === "train" ? costsOf(trial.outcome).costs : costsOf(tuner.evaluate(slice, valuesOf(trial)).outcome).costs,
    );
    return hypervolume(points, reference);
  };
  return {
    points: front.map((trial) => ({
      params: Object.fromEntries(proposalOf(tuner, valuesOf(trial))),
      objectives: trial.outcome.objectives,
      knee: trial === knee,
      proposed: trial === chosen,
    })),
    beaten: trials.filter((trial) => trial.outcome.violation === 0 && !front.includes(trial)).map(objectivesOf),
    broken: trials.filter((trial) => trial.outcome.violation > 0).map(objectivesOf),
    hypervolume: {
      train: volume("train"),
      ...(tuner.log.holdout === undefined ? {} : { holdout: volume("holdout") }),
    },
  };
}

function objectivesOf({ outcome }: Trial): readonly number[] {
  return outcome.objectives;
}

/** The first objective along each free parameter, the others as proposed. */
export function sensitivityOf(tuner: Tuner, proposal: ParamValues): readonly SensitivityResult[] {
  return tuner.free.map(({ name, low, high }) => {
    const points = Array.from({ length: curvePoints }, (_, i) => {
      const value = low + ((high - low) * i) / (curvePoints - 1);
      const { outcome } = tuner.evaluate("train", new Map([...proposal, [name, value]]));
      return { value, objective: outcome.objectives[0] ?? 0 };
    });
    const heights = points.map(({ objective }) => objective);
    return { param: name, points, spread: Math.max(...heights) - Math.min(...heights) };
  });
}

function usersOf({ rows }: LogPart): number {
  return new Set(rows.users).size;
}

/** Users that have a value of each column, at least. */
function measuredUsers(terms: Objective["terms"], part: LogPart): number {
  return Math.min(...terms.map(({ measure }) => usersOf(part.known(measure.column) ?? part)));
}

/** Columns with the rows that a count finds in them, those without any left out. */
function countsOf(
  columns: readonly string[],
  { train, holdout }: TuneLog,
  count: (column: LogColumn) => number,
): readonly { readonly column: string; readonly rows: number }[] {
  return columns.flatMap((column) => {
    const rows = [train, holdout].reduce((sum, part) => sum + (part === undefined ? 0 : count(part.column(column))), 0);
    return rows === 0 ? [] : [{ column, rows }];
  });
}

export function summaryOf({ log, columns, objectives, guards }: Tuner, files: readonly string[]): LogSummary {
  const measures = [...objectives, ...guards].flatMap(({ terms }) => terms.map(({ measure }) => measure));
  const gains = [...new Set(measures.flatMap(({ kind, column }) => (kind === "metric" ? [column] : [])))];
  const { train, holdout, heldOut } = log;
  const requests = (part: typeof train): number => part.rows.starts.length - 1;
  return {
    files,
    rows: train.rows.rows,
    requests: requests(train),
    users: usersOf(train),
    leftOut: train.leftOut + (holdout?.leftOut ?? 0),
    missing: countsOf(columns, log, ({ missing }) => missing?.reduce((sum, each) => sum + each, 0) ?? 0),
    negativeGains: countsOf(gains, log, ({ numbers }) => numbers.reduce((sum, each) => sum + Number(each < 0), 0)),
    ...(holdout === undefined || heldOut === undefined
      ? {}
      : { holdout: { rows: holdout.rows.rows, requests: requests(holdout), users: usersOf(holdout), ...heldOut } }),
  };
}
