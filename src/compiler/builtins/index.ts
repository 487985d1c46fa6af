/**
 * The network's vocabulary as data. In go the names that a spec uses; out come built-ins: their parameters and shape rules
 * for the checker, their lowerings onto a graph builder for the compiler, their sentences for hover and reference. It
 * knows no syntax, no model beyond arguments, and no engine. A new built-in is a file and its line in a table below.
 */
import type { Aging } from "../editions/index.js";
import { optimizers as optimizerRules } from "../graph/optimizers/index.js";
import { schedules as scheduleRules } from "../graph/schedules/index.js";
import type { Builtin, GateBuiltin, LayerBuiltin, LossBuiltin, PenaltyBuiltin } from "./builtin.js";
import type { ParameterSpec } from "./parameter.js";
import { activationLayers } from "./activations/index.js";
import { softmax } from "./gates/softmax.js";
import { operators } from "./layers/arithmetic.js";
import { concat } from "./layers/concat.js";
import { cross } from "./layers/cross.js";
import { dot } from "./layers/dot.js";
import { dropout } from "./layers/dropout.js";
import { embed, embedding } from "./layers/embedding.js";
import { feature } from "./layers/feature.js";
import { fm } from "./layers/fm.js";
import { linear } from "./layers/linear.js";
import { mlp } from "./layers/mlp.js";
import { norm } from "./layers/norm.js";
import { stop } from "./layers/stop.js";
import { bce } from "./losses/bce.js";
import { focal } from "./losses/focal.js";
import { huber } from "./losses/huber.js";
import { mse } from "./losses/mse.js";
import { l2 } from "./penalties/l2.js";

export { activations, type ActivationBuiltin } from "./activations/index.js";
export * from "./builtin.js";
export { type ArithmeticOperator, arithmeticOperators } from "./layers/arithmetic.js";
export * from "./parameter.js";

export const layers: readonly LayerBuiltin[] = [
  feature,
  concat,
  mlp,
  linear,
  embedding,
  embed,
  dot,
  fm,
  cross,
  dropout,
  norm,
  stop,
  ...activationLayers,
];
export const gates: readonly GateBuiltin[] = [softmax];
export const losses: readonly LossBuiltin[] = [bce, focal, mse, huber];
export const penalties: readonly PenaltyBuiltin[] = [l2];

/** Everything that a network or a loss is written with. No two have one name. */
export const builtins: readonly Builtin[] = [...layers, ...gates, ...losses, ...penalties];

/** An optimizer or a schedule as the checker and the reference see it; the rule itself is the graph's. */
export interface TrainingBuiltin extends Aging {
  readonly name: string;
  readonly summary: string;
  readonly paper?: string;
  readonly parameters: readonly ParameterSpec[];
}

export const optimizers: readonly TrainingBuiltin[] = Object.values(optimizerRules).map(({ settings, ...row }) => ({
  ...row,
  parameters: settings,
}));
export const schedules: readonly TrainingBuiltin[] = Object.values(scheduleRules).map(({ settings, ...row }) => ({
  ...row,
  parameters: settings,
}));

function named<T extends { readonly name: string }>(table: readonly T[]): (name: string) => T | undefined {
  const byName = new Map(table.map((item) => [item.name, item]));
  return (name) => byName.get(name);
}

export const resolveBuiltin = named(builtins);
/** A layer by its name, or by the operator that it is written with. */
export const resolveLayer = named([...layers, ...operators]);
export const resolveGate = named(gates);
export const resolveLoss = named(losses);
export const resolvePenalty = named(penalties);
export const resolveOptimizer = named(optimizers);
export const resolveSchedule = named(schedules);
