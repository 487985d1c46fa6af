/**
 * The network's vocabulary as data. In go the names that a spec uses; out come built-ins: their parameters and shape rules
 * for the checker, their lowerings onto a graph builder for the compiler, their sentences for hover and reference. It
 * knows no syntax, no model beyond arguments, and no engine. A new built-in is a file and its line in `tables.ts`.
 */
import type { Aging } from "../editions/index.js";
import { optimizers as optimizerRules } from "../graph/optimizers/index.js";
import { type Schedule, schedules as scheduleRules } from "../graph/schedules/index.js";
import type { Builtin } from "./builtin.js";
import { labelsOrderedBy } from "../model/lists.js";
import type { HeadType } from "../model/heads.js";
import type { Arguments, HeadModel, LabelModel, LossTerm, NetNode, NodeRef } from "../model/model.js";
import { outcomesAmong } from "./outcomes.js";
import type { ParameterSpec } from "./parameter.js";
import { type HeadRead, headsRead, outcomesRead } from "./loss-options.js";
import { balances } from "./balances/index.js";
import { families, gates, layers, losses, penalties, plumbing } from "./tables.js";
import { operators } from "./layers/arithmetic.js";
import { initializers } from "./initializers/index.js";

export { activations, type ActivationBuiltin } from "./activations/index.js";
export * from "./builtin.js";
export { type ArithmeticOperator, isArithmeticOperator } from "./layers/arithmetic.js";
export * from "./loss-options.js";
export { concat as concatLayer } from "./layers/concat.js";
export * from "./parameter.js";
export type { Updatable } from "./updatable.js";
export { layerShape, lowerLayer } from "./positions.js";
export { balances, families, gates, layers, losses, penalties };

/** The heads that the loss of a term reads besides its own. */
export function headsReadBy(term: LossTerm): readonly HeadRead[] {
  return headsRead(resolveLoss(term.loss)?.parameters ?? [], term);
}

/** The labels that the loss of a term reads besides those of its head and its order, and that only the future tells. */
export function outcomesReadBy(term: LossTerm): readonly string[] {
  return outcomesRead(resolveLoss(term.loss)?.parameters ?? [], term);
}

/** Labels that only the future tells: of heads of these types, trained by these terms. */
export function outcomeLabels(
  labels: readonly LabelModel[],
  types: readonly HeadType[],
  terms: readonly LossTerm[],
): ReadonlySet<string> {
  const ofLosses = terms.flatMap((term) => [...labelsOrderedBy(term.arguments), ...outcomesReadBy(term)]);
  return outcomesAmong(labels, types, ofLosses);
}

/** The arguments of a penalty that name heads: parameter and head. */
export function headArguments(penalty: string, args: Arguments): readonly (readonly [string, string])[] {
  return (resolvePenalty(penalty)?.parameters ?? []).flatMap(({ name, type }) => {
    const value = args[name];
    return type.kind === "reference" && type.to === "head" && typeof value === "string" ? [[name, value]] : [];
  });
}

/** Everything that a network or a loss is written with. No two have one name. */
export const builtins: readonly Builtin[] = [...layers, ...families, ...gates, ...losses, ...penalties, ...balances];

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
export const schedules: readonly (TrainingBuiltin & Pick<Schedule, "watches">)[] = Object.values<Schedule>(
  scheduleRules,
).map(({ settings, ...row }) => ({
  ...row,
  parameters: settings,
}));

export { initializers };

function named<T extends { readonly name: string }>(table: readonly T[]): (name: string) => T | undefined {
  const byName = new Map(table.map((item) => [item.name, item]));
  return (name) => byName.get(name);
}

export const resolveBuiltin = named(builtins);
/** A layer of a node: by its name, by the operator that it is written with, or one that the checker makes. */
export const resolveLayer = named([...layers, ...operators, ...plumbing]);
export const resolveFamily = named(families);
export const resolveGate = named(gates);
export const resolveLoss = named(losses);
export const resolvePenalty = named(penalties);
export const resolveBalance = named(balances);
export const resolveOptimizer = named(optimizers);
export const resolveSchedule = named(schedules);
export const resolveInitializer = named(initializers);

/** The two tensors of a head that is their inner product and no more, `dot(user, item)`, under an activation or none. */
export function sidesOf(
  nodes: readonly NetNode[],
  { value }: Pick<HeadModel, "value">,
): readonly [NodeRef, NodeRef] | undefined {
  if (value.kind !== "activation" || value.logit.kind !== "value") return undefined;
  const node = nodes[value.logit.node];
  if (node === undefined || resolveLayer(node.layer)?.isInnerProduct !== true) return undefined;
  const [a, b] = node.inputs;
  return a === undefined || b === undefined ? undefined : [a, b];
}
