import {
  initializers,
  optimizers,
  resolveInitializer,
  resolveOptimizer,
  resolveSchedule,
  schedules,
} from "../../builtins/index.js";
import type { PartFactor, PartInit, TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { checkNamed } from "./check-named.js";
import { checkByPart } from "./check-parts.js";

const optimizerTable = { names: optimizers.map(({ name }) => name), resolve: resolveOptimizer };
const initializerTable = { names: initializers.map(({ name }) => name), resolve: resolveInitializer };
const scheduleTable = { names: schedules.map(({ name }) => name), resolve: resolveSchedule };

/** `adam(lr: 1e-3)`, or one for each part: `{ embeddings: adagrad(lr: 0.05), all: adam }`. */
export function checkOptimizers(
  context: CheckContext,
  value: ast.Expression | undefined,
): Pick<TrainModel, "optimizer" | "optimizers"> {
  const check = (each: ast.Expression | undefined): TrainModel["optimizer"] =>
    checkNamed(context, each, "an optimizer", "adam", optimizerTable);
  if (value?.kind !== "Record") return { optimizer: check(value) };
  const { parts, rest } = checkByPart(context, "optimizer", value, check);
  const optimizer = check(rest);
  return parts.length === 0 ? { optimizer } : { optimizer, optimizers: parts };
}

/** `cosine(steps: 10_000)`, or one for each part; one that looks at evaluations needs something that is watched. */
export function checkSchedules(
  context: CheckContext,
  value: ast.Expression | undefined,
  isWatching: boolean,
): Pick<TrainModel, "schedule" | "schedules"> {
  const check = (each: ast.Expression | undefined): TrainModel["schedule"] => {
    const schedule = checkNamed(context, each, "a schedule", "constant", scheduleTable);
    if (each !== undefined && resolveSchedule(schedule.name)?.watches === true && !isWatching)
      context.reporter.report("MTL3091", { schedule: schedule.name }, each.span);
    return schedule;
  };
  if (value?.kind !== "Record") return { schedule: check(value) };
  const { parts, rest } = checkByPart(context, "schedule", value, check);
  const schedule = check(rest);
  return parts.length === 0 ? { schedule } : { schedule, schedules: parts };
}

/** `init: { embeddings: normal(0.01), weights: he_uniform }`; `all` is what is not named. */
export function checkInit(context: CheckContext, value: ast.Expression | undefined): readonly PartInit[] | undefined {
  if (value === undefined || value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression" && value.name.text === "none") return undefined;
  if (value.kind !== "Record") {
    const expected = "first values by part such as `{ embeddings: normal(0.01), weights: he_uniform }`";
    const found = describeValue(value);
    context.reporter.report("MTL3002", { callee: "train", parameter: "init", expected, found }, value.span);
    return undefined;
  }
  const read = (each: ast.Expression): TrainModel["optimizer"] =>
    checkNamed(context, each, "a rule for first values", "glorot_uniform", initializerTable);
  const { parts, rest } = checkByPart(context, "init", value, read);
  const all = rest === undefined ? parts : [...parts, { part: "all", of: "group", ...read(rest) } as const];
  return all.length === 0 ? undefined : all;
}

/** `lr_factors: { embeddings: 0.1, t: 2 }`; `all` is what is not named. */
export function checkLrFactors(
  context: CheckContext,
  value: ast.Expression | undefined,
): readonly PartFactor[] | undefined {
  if (value === undefined || value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression" && value.name.text === "none") return undefined;
  const callee = { name: "lr_factors", span: value.span };
  if (value.kind !== "Record") {
    const expected = "numbers by part such as `{ embeddings: 0.1, t: 2 }`";
    const found = describeValue(value);
    context.reporter.report("MTL3002", { callee: "train", parameter: callee.name, expected, found }, value.span);
    return undefined;
  }
  const read = (each: ast.Expression): { readonly factor: number } | undefined => {
    const factor = readArgument(context, callee, { name: "factor", type: { kind: "number", min: 0 } }, each);
    return typeof factor === "number" ? { factor } : undefined;
  };
  const { parts, rest } = checkByPart(context, callee.name, value, read);
  const all = rest === undefined ? undefined : read(rest);
  const factors = all === undefined ? parts : [...parts, { part: "all", of: "group", ...all } as const];
  return factors.length === 0 ? undefined : factors;
}
