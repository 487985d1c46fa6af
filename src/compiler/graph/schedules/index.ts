/** Learning-rate schedules by name: expressions of the step in the graph, so that no engine knows them, and no host loop but that evaluations may set a level. */
import { constant, cosine, exponential, linear, step, warmup } from "./decays.js";
import { plateau } from "./plateau.js";
import type { Schedule } from "./schedule.js";

export * from "./schedule.js";

export const schedules = { constant, warmup, linear, cosine, exponential, step, plateau } as const satisfies Readonly<
  Record<string, Schedule>
>;

export type ScheduleName = keyof typeof schedules;

export function resolveSchedule(name: string): Schedule | undefined {
  return Object.values<Schedule>(schedules).find((schedule) => schedule.name === name);
}
