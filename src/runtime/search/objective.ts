/** What a search makes as large or as small as it can. */
import { greaterIsBetter, metricText, watchedText } from "../../compiler/metrics/index.js";
import type { Model, StopModel } from "../../compiler/model/index.js";
import { suggest } from "../../compiler/text/index.js";
import type { HeadScores } from "../events.js";
import { createFailure } from "../failure.js";
import { watchedValue } from "../train/plateau.js";

export interface Objective {
  /** As a spec says it: `auc(income)`. */
  readonly text: string;
  readonly greaterIsBetter: boolean;
  /** Undefined where the metric is, on these rows. */
  readonly valueOf: (heads: HeadScores) => number | undefined;
}

/**
 * The objectives by their texts, such as `auc(income)`; of none, what early stopping watches. Throws a {@link Failure} where there is
 * nothing to take, and for what the spec does not measure.
 */
export function objectivesOf(model: Model, texts: readonly string[]): readonly Objective[] {
  const { stop } = model.train;
  const known = new Map<string, StopModel>([
    ...model.metrics.flatMap(({ head, metrics }) =>
      metrics.map((metric) => [metricText(metric, head), { metric, head, patience: 1 }] as const),
    ),
    ...(stop === undefined ? [] : [[watchedText(stop), stop] as const]),
  ]);
  const names = [...known.keys()];
  if (texts.length === 0) {
    if (stop !== undefined) return [objectiveOf(stop)];
    throw createFailure("MTL7413", { known: names });
  }
  return texts.map((text) => {
    const found = known.get(spelled(text, names));
    if (found !== undefined) return objectiveOf(found);
    throw createFailure("MTL7414", {
      text,
      known: names,
      suggestion: suggest(text, names),
    });
  });
}

function objectiveOf(watched: StopModel): Objective {
  return {
    text: watchedText(watched),
    greaterIsBetter: greaterIsBetter(watched),
    valueOf: (heads) => watchedValue(watched, { heads }),
  };
}

/** The name that says the same with other blanks. */
function spelled(text: string, names: readonly string[]): string {
  const bare = (each: string): string => each.replaceAll(/\s/g, "");
  return names.find((name) => bare(name) === bare(text)) ?? text;
}

/** The costs of a measured trial, the smaller the better; undefined where an objective has no value. */
export function costsOf(objectives: readonly Objective[], heads: HeadScores): readonly number[] | undefined {
  const costs = objectives.flatMap(({ greaterIsBetter: isGreater, valueOf }) => {
    const value = valueOf(heads);
    return value === undefined || !Number.isFinite(value) ? [] : [isGreater ? -value : value];
  });
  return costs.length === objectives.length ? costs : undefined;
}
