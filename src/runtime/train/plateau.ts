/** The learning rate that follows what early stopping watches. */
import { levelVariable, numberOf, optionalNumberOf, resolveSettings, schedules } from "../../compiler/graph/index.js";
import { greaterIsBetter, stopValue } from "../../compiler/metrics/index.js";
import type { Model, StopModel, TrainModel } from "../../compiler/model/model.js";
import { own } from "../../compiler/text/index.js";
import type { EpochRecord, Measured } from "../events.js";

/** A metric of a head as measured; undefined where it was not. */
export function measuredValue(measured: Measured, head: string, metric: string): number | undefined {
  return own(own(measured.heads, head) ?? { rows: 0 }, metric);
}

/** The value that early stopping watches; undefined where a part of it is. */
export function watchedValue(stop: StopModel, measured: Measured): number | undefined {
  return stopValue(stop, (head, metric) => measuredValue(measured, head, metric));
}

/**
 * The level of each schedule that looks at evaluations after these, by the variable that holds it: of the schedule of all and of
 * those of parts.
 */
export function levelsAfter({ train }: Model, history: readonly EpochRecord[]): ReadonlyMap<string, number> {
  const all = [{ ...train.schedule, variable: levelVariable().name }];
  const parts = (train.schedules ?? []).map((each) => ({ ...each, variable: levelVariable(each.part).name }));
  return new Map(
    [...all, ...parts].flatMap(({ variable, ...schedule }) => {
      const level = levelAfter(schedule, train.stop, history);
      return level === undefined ? [] : [[variable, level] as const];
    }),
  );
}

/**
 * What a `plateau` has made of the rate after these evaluations: 1 at first, then `factor` times what it was whenever the value
 * has not become strictly better for `patience` evaluations in a row, at least `end`. Undefined for another schedule.
 */
export function levelAfter(
  schedule: TrainModel["schedule"],
  stop: TrainModel["stop"],
  history: readonly EpochRecord[],
): number | undefined {
  if (schedule.name !== schedules.plateau.name || stop === undefined) return undefined;
  const settings = resolveSettings(schedule.name, schedules.plateau.settings, schedule.arguments);
  const sign = greaterIsBetter(stop) ? 1 : -1;
  let best = -Infinity;
  let [waited, level] = [0, 1];
  for (const { evaluation } of history) {
    const value = evaluation === undefined ? undefined : watchedValue(stop, evaluation);
    if (value === undefined) continue;
    if (sign * value > best) [best, waited] = [sign * value, 0];
    else waited += 1;
    if (waited < numberOf(settings, "patience")) continue;
    level = Math.max(level * numberOf(settings, "factor"), optionalNumberOf(settings, "end") ?? 0);
    waited = 0;
  }
  return level;
}
