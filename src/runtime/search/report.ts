/** From trials to what is told of them: rows, the front, the best. */
import { textOfValue, type SearchDimension, type SearchPoint } from "../../compiler/semantics/index.js";
import { createFailure } from "../failure.js";
import { kneeOf, paretoFront } from "../tune/pareto/front.js";
import { finalists, type Trial } from "./drive.js";
import type { Objective } from "./objective.js";
import { costsOf } from "./objective.js";
import type { SearchedDimension, SearchTrial } from "./result.js";
import type { TrialOutcome } from "./trial.js";

export function costsOfOutcome(
  objectives: readonly Objective[],
): (outcome: TrialOutcome) => readonly number[] | undefined {
  return (outcome) => (outcome.state === "failed" ? undefined : costsOf(objectives, outcome.heads));
}

/** The trials that no other beats, by the first objective, and the one to take of them: the knee, else the first. */
export function bestOf(
  objectives: readonly Objective[],
  trials: readonly Trial[],
): { readonly front: readonly Trial[]; readonly best: Trial | undefined } {
  const costs = costsOfOutcome(objectives);
  const known = finalists({ costsOf: costs }, trials).map((trial) => ({
    trial,
    costs: costs(trial.outcome) ?? [],
  }));
  const front = paretoFront(known.map((each) => each.costs))
    .flatMap((at) => known[at] ?? [])
    .sort((a, b) => (a.costs[0] ?? 0) - (b.costs[0] ?? 0));
  const knee = kneeOf(front.map((each) => each.costs)) ?? 0;
  return {
    front: front.map(({ trial }) => trial),
    best: front[objectives.length > 1 ? knee : 0]?.trial,
  };
}

/** The trial that the user takes, which has been trained to its end. */
export function picked(number: number, trials: readonly Trial[], objectives: readonly Objective[]): Trial {
  const known = finalists({ costsOf: costsOfOutcome(objectives) }, trials);
  const trial = known.find((each) => each.number === number);
  if (trial !== undefined) return trial;
  throw createFailure("MTL7419", {
    option: "--pick",
    value: String(number),
    needs: "the number of a trial that has a value and was trained to its end",
  });
}

export function trialRow(
  { number, point, outcome }: Trial,
  {
    dimensions,
    objectives,
    seed,
  }: {
    readonly dimensions: readonly SearchDimension[];
    readonly objectives: readonly Objective[];
    readonly seed: number;
  },
): SearchTrial {
  const values = shownValues(dimensions, point);
  const shared = {
    trial: number,
    // The seed may be searched, too.
    seed: values["train.seed"] === undefined ? seed : Number(values["train.seed"]),
    values,
    seconds: outcome.seconds,
  };
  if (outcome.state === "failed") {
    const { state, code, reason } = outcome;
    return {
      ...shared,
      state,
      objectives: objectives.map(() => null),
      heads: {},
      epochs: 0,
      steps: 0,
      code,
      reason,
    };
  }
  const { state, heads, epochs, steps } = outcome;
  return {
    ...shared,
    state,
    objectives: objectives.map(({ valueOf }) => valueOf(heads) ?? null),
    heads,
    epochs,
    steps,
  };
}

/** Of choices the text, of a range the number. */
export function shownValues(
  dimensions: readonly SearchDimension[],
  point: SearchPoint,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    dimensions.map((dimension) => [
      dimension.name,
      shownValue(dimension, point.get(dimension.name) ?? dimension.default),
    ]),
  );
}

function shownValue(dimension: SearchDimension, value: number): string | number {
  return dimension.space.kind === "choices" ? textOfValue(dimension, value).replaceAll(/\s+/g, " ") : value;
}

export function shownDimension(dimension: SearchDimension): SearchedDimension {
  const { name, space } = dimension;
  const standing = shownValue(dimension, dimension.default);
  if (space.kind === "choices")
    return {
      name,
      choices: space.choices.map((choice) => choice.replaceAll(/\s+/g, " ")),
      default: standing,
    };
  const { low, high, log, whole } = space;
  return { name, low, high, log, whole, default: standing };
}
