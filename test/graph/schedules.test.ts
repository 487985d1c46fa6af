import { expect, it } from "vitest";
import {
  int32,
  resolveSchedule,
  resolveSettings,
  schedules,
  type ScheduleName,
} from "../../src/compiler/graph/index.js";
import { array, evaluate, numbers } from "./evaluate.js";

/** The factor after `done` steps. */
function factorAt(name: ScheduleName, given: Readonly<Record<string, number>>, done: number): number {
  const schedule = schedules[name];
  const settings = resolveSettings(name, schedule.settings, given);
  const outputs = evaluate(
    (builder) => {
      const steps = builder.cast(builder.input("step", int32()), "float32");
      return { factor: schedule.factor({ builder, steps, settings, level: () => builder.scalar(0.25) }) };
    },
    { step: array([], done) },
  );
  return numbers(outputs, "factor")[0] ?? NaN;
}

const cases: readonly [ScheduleName, Readonly<Record<string, number>>, (done: number) => number][] = [
  ["constant", {}, () => 1],
  ["warmup", { steps: 4 }, (s) => Math.min(1, (s + 1) / 4)],
  ["linear", { steps: 10 }, (s) => Math.max(0, 1 - s / 10)],
  ["linear", { steps: 10, end: 0.2 }, (s) => Math.max(0.2, 1 - 0.08 * s)],
  ["cosine", { steps: 10 }, (s) => (1 + Math.cos((Math.PI * Math.min(s, 10)) / 10)) / 2],
  ["cosine", { steps: 10, end: 0.1 }, (s) => 0.1 + (0.9 * (1 + Math.cos((Math.PI * Math.min(s, 10)) / 10))) / 2],
  ["exponential", { steps: 5, rate: 0.5 }, (s) => 0.5 ** (s / 5)],
  ["step", { every: 3, factor: 0.5 }, (s) => 0.5 ** Math.floor(s / 3)],
  ["step", { every: 7 }, (s) => 0.1 ** Math.floor(s / 7)],
  ["plateau", { factor: 0.5 }, () => 0.25],
  ["exponential", { steps: 5, rate: 0.5, end: 0.3 }, (s) => Math.max(0.3, 0.5 ** (s / 5))],
  ["step", { every: 3, factor: 0.5, end: 0.2 }, (s) => Math.max(0.2, 0.5 ** Math.floor(s / 3))],
];

const samples = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 14, 20, 21, 5000];

it.each(cases)("%s %j follows its formula", (name, settings, expected) => {
  for (const done of samples) expect(factorAt(name, settings, done)).toBeCloseTo(expected(done), 12);
});

it.each(cases.filter(([name]) => name !== "constant" && name !== "warmup"))(
  "%s %j rises first when asked to, and counts from there",
  (name, settings, expected) => {
    for (const done of samples) {
      const factor = factorAt(name, { ...settings, warmup: 4 }, done);
      expect(factor).toBeCloseTo(Math.min(1, (done + 1) / 4) * expected(Math.max(0, done - 4)), 12);
    }
  },
);

it("`step` falls at the same step in float32, where every quotient is rounded", () => {
  for (let every = 1; every < 2000; every += 7) {
    for (const falls of [1, 2, 3, 1000]) {
      const quotient = (steps: number): number => Math.trunc(Math.fround(Math.fround(steps + 0.5) / every));
      expect([quotient(falls * every - 1), quotient(falls * every)]).toEqual([falls - 1, falls]);
    }
  }
});

it("each schedule is found by its own name", () => {
  for (const [name, schedule] of Object.entries(schedules)) expect(resolveSchedule(name)).toBe(schedule);
  expect(resolveSchedule("cyclic")).toBeUndefined();
});
