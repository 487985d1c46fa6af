/** Drives trials: proposes a point, has it trained, and goes on from what came of it, several at once. */
import type { SearchDimension, SearchPoint } from "../../compiler/semantics/index.js";
import { distinctPoint } from "./samplers/distinct.js";
import { orderByCosts } from "./samplers/tpe.js";
import type { Observation, Sampler } from "./samplers/sampler.js";
import { pointKey } from "./samplers/space.js";
import type { TrialOutcome } from "./trial.js";

/** A trial whose training is over, or of which a first part is. */
export interface Trial {
  /** From 1; the first has the defaults. */
  readonly number: number;
  readonly point: SearchPoint;
  readonly outcome: TrialOutcome;
  /** How many rungs it has reached, from 1; without halving 1. */
  readonly rungs: number;
}

export interface DrivePlan {
  readonly dimensions: readonly SearchDimension[];
  readonly sampler: Sampler;
  /** Whether each trial has a point of its own. */
  readonly isDistinct: boolean;
  readonly seed: number;
  readonly trials: number;
  /** Trials under way at once, at most. */
  readonly parallel: number;
  /** Shares of a whole training after which trials are compared, rising, below 1; none without halving. */
  readonly shares: readonly number[];
  /** Of trials that are compared, one in so many goes on. */
  readonly reduction: number;
  readonly costsOf: (outcome: TrialOutcome) => readonly number[] | undefined;
  /** Whether no further training shall begin. */
  readonly isOver: () => boolean;
  /** Trains a point, up to a share or to the end; undefined when the search was told to end. */
  readonly run: (
    trial: number,
    point: SearchPoint,
    stage: { readonly rung: number; readonly share: number | undefined },
  ) => Promise<TrialOutcome | undefined>;
  readonly onTrial?: (trial: Trial) => void;
}

export interface Driven {
  /** In their order; those that were under way when the search ended are not among them. */
  readonly trials: readonly Trial[];
  /** `exhausted`: there is no further point. */
  readonly ended: "done" | "exhausted" | "over";
}

/** All trials of a plan. What they are, and what becomes of each, does not depend on which of them are over first. */
export async function driveTrials(plan: DrivePlan): Promise<Driven> {
  const first = await firstRung(plan);
  let trials: readonly Trial[] = first.trials;
  let isWhole = first.ended !== "over";
  for (let rung = 1; rung <= plan.shares.length && isWhole; rung++) {
    const next = await laterRung(plan, trials, rung);
    trials = next.trials;
    isWhole = next.isWhole;
  }
  return { trials, ended: isWhole ? first.ended : "over" };
}

async function firstRung(plan: DrivePlan): Promise<Driven> {
  const { dimensions, sampler, seed } = plan;
  const outcomes: (TrialOutcome | undefined)[] = [];
  const points: SearchPoint[] = [];
  /** Trainings by what is trained: a point that comes again is not trained again. */
  const byPoint = new Map<string, Promise<TrialOutcome | undefined>>();
  const underWay = new Set<Promise<void>>();
  let ended: Driven["ended"] = "done";
  const propose = (): SearchPoint | undefined => {
    const trial = points.length + 1;
    if (trial === 1) return new Map(dimensions.map(({ name, default: value }) => [name, value]));
    const over = observationsOf(plan, points, outcomes);
    const proposed = sampler.propose(trial, over);
    if (proposed === undefined || !plan.isDistinct) return proposed;
    const point = distinctPoint(dimensions, proposed, new Set(byPoint.keys()), {
      seed,
      trial,
    });
    if (point === undefined) ended = "exhausted";
    return point;
  };
  const start = (point: SearchPoint): void => {
    const at = points.push(point) - 1;
    const key = pointKey(dimensions, point);
    const training = byPoint.get(key) ?? plan.run(at + 1, point, { rung: 0, share: plan.shares[0] });
    byPoint.set(key, training);
    const done = training
      .then((outcome) => {
        outcomes[at] = outcome;
        if (outcome === undefined) ended = "over";
        else plan.onTrial?.({ number: at + 1, point, outcome, rungs: 1 });
      })
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };
  for (;;) {
    while (ended === "done" && points.length < plan.trials && underWay.size < plan.parallel) {
      if (plan.isOver()) {
        ended = "over";
        break;
      }
      const point = propose();
      if (point === undefined) break;
      start(point);
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay);
  }
  const trials = points.flatMap((point, i): readonly Trial[] => {
    const outcome = outcomes[i];
    return outcome === undefined ? [] : [{ number: i + 1, point, outcome, rungs: 1 }];
  });
  return { trials, ended };
}

/** The first trials as far as all of them are over. */
function observationsOf(
  { costsOf }: DrivePlan,
  points: readonly SearchPoint[],
  outcomes: readonly (TrialOutcome | undefined)[],
): readonly Observation[] {
  const open = points.findIndex((_, i) => outcomes[i] === undefined);
  return points.slice(0, open < 0 ? points.length : open).map((point, i) => {
    const outcome = outcomes[i];
    const costs = outcome === undefined ? undefined : costsOf(outcome);
    return { point, ...(costs === undefined ? {} : { costs }) };
  });
}

/** Takes the best of the trials that have reached a rung to the next one. */
async function laterRung(
  plan: DrivePlan,
  trials: readonly Trial[],
  rung: number,
): Promise<{ readonly trials: readonly Trial[]; readonly isWhole: boolean }> {
  const kept = new Set(promoted(plan, trials, rung).map(({ number }) => number));
  const next = [...trials];
  let isWhole = true;
  const waiting = trials.flatMap((trial, at) => (kept.has(trial.number) ? [{ trial, at }] : []));
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && isWhole; job = waiting.shift()) {
      const { trial, at } = job;
      if (plan.isOver()) {
        isWhole = false;
        return;
      }
      // Early stopping may have ended it before.
      const outcome =
        trial.outcome.state === "paused"
          ? await plan.run(trial.number, trial.point, {
              rung,
              share: plan.shares[rung],
            })
          : trial.outcome;
      if (outcome === undefined) {
        isWhole = false;
        return;
      }
      const reached = { ...trial, outcome, rungs: rung + 1 };
      next[at] = reached;
      plan.onTrial?.(reached);
    }
  };
  await Promise.all(Array.from({ length: plan.parallel }, work));
  return { trials: next, isWhole };
}

/** The best of the trials that reached the rung before: one in `reduction`, rounded up. */
function promoted(plan: DrivePlan, trials: readonly Trial[], rung: number): readonly Trial[] {
  const here = trials.filter(({ rungs }) => rungs === rung);
  const known = here.filter(({ outcome }) => plan.costsOf(outcome) !== undefined);
  const order = orderByCosts(
    known.map(({ point, outcome }) => ({
      point,
      costs: plan.costsOf(outcome) ?? [],
    })),
  );
  return order.slice(0, Math.ceil(here.length / plan.reduction)).flatMap((at) => known[at] ?? []);
}

/** The trials that the best is among: those that have come farthest, without the failed ones. */
export function finalists(plan: Pick<DrivePlan, "costsOf">, trials: readonly Trial[]): readonly Trial[] {
  const measured = trials.filter(({ outcome }) => plan.costsOf(outcome) !== undefined);
  const farthest = Math.max(...measured.map(({ rungs }) => rungs));
  return measured.filter(({ rungs }) => rungs === farthest);
}
