/**
 * The network's vocabulary as data. In go the names that a spec uses; out come built-ins: their parameters and shape rules
 * for the checker, their lowerings onto a graph builder for the compiler, their sentences for hover and reference. It
 * knows no syntax, no model beyond arguments, and no engine. A new built-in is a file and its line in a table below.
 */
import type { Aging } from "../editions/index.js";
import { optimizers as optimizerRules } from "../graph/optimizers/index.js";
import { type Schedule, schedules as scheduleRules } from "../graph/schedules/index.js";
import type { Builtin, FamilyBuiltin, GateBuiltin, LayerBuiltin, LossBuiltin, PenaltyBuiltin } from "./builtin.js";
import { labelsOrderedBy } from "../model/lists.js";
import type { HeadType } from "../model/heads.js";
import type { Arguments, LabelModel, LossTerm } from "../model/model.js";
import { outcomesAmong } from "./outcomes.js";
import type { ParameterSpec } from "./parameter.js";
import { type HeadRead, headsRead, outcomesRead } from "./loss-options.js";
import { activationLayers } from "./activations/index.js";
import { balances } from "./balances/index.js";
import { cgc } from "./families/cgc.js";
import { factored } from "./families/factored.js";
import { mmoe } from "./families/mmoe.js";
import { omoe } from "./families/omoe.js";
import { ple } from "./families/ple.js";
import { sluice } from "./families/sluice.js";
import { stem } from "./families/stem.js";
import { stitch } from "./families/stitch.js";
import { dselectK } from "./gates/dselect-k.js";
import { noisyTopK } from "./gates/noisy-top-k.js";
import { softmax } from "./gates/softmax.js";
import { operators } from "./layers/arithmetic.js";
import { ait } from "./layers/ait.js";
import { autodis } from "./layers/numbers/autodis.js";
import { autoint } from "./layers/interactions/autoint.js";
import { biFwfm } from "./layers/interactions/bi-fwfm.js";
import { piecewiseLinear } from "./layers/numbers/piecewise-linear.js";
import { biInteraction } from "./layers/interactions/bi-interaction.js";
import { augru } from "./layers/sequences/augru.js";
import { gru } from "./layers/sequences/gru.js";
import { transformer } from "./layers/sequences/transformer.js";
import { attend } from "./layers/sequences/attend.js";
import { concat } from "./layers/concat.js";
import { cross } from "./layers/interactions/cross.js";
import { crossV2 } from "./layers/interactions/cross-v2.js";
import { dot, sumUnits } from "./layers/interactions/dot.js";
import { dropout } from "./layers/dropout.js";
import { embed, embedding } from "./layers/embedding.js";
import { feature } from "./layers/feature.js";
import { fm } from "./layers/interactions/fm.js";
import { linear } from "./layers/linear.js";
import { member } from "./layers/member.js";
import { mlp } from "./layers/mlp.js";
import { norm } from "./layers/norm.js";
import { pairs } from "./layers/interactions/pairs.js";
import { reverse } from "./layers/transfer/reverse.js";
import { stack } from "./layers/stack.js";
import { pick } from "./layers/pick.js";
import { pool } from "./layers/sequences/pool.js";
import { stop } from "./layers/stop.js";
import { trees } from "./trees.js";
import { sum } from "./layers/interactions/sum.js";
import { approxNdcg } from "./losses/approx-ndcg.js";
import { bce } from "./losses/bce.js";
import { crossEntropy } from "./losses/cross-entropy.js";
import { distill } from "./losses/transfer/distill.js";
import { bpr } from "./losses/bpr.js";
import { delayed, fakeNegative } from "./losses/delayed.js";
import { f1Weighted, focal } from "./losses/focal.js";
import { hinge } from "./losses/hinge.js";
import { huber } from "./losses/huber.js";
import { jrc } from "./losses/jrc.js";
import { lambdarank } from "./losses/lambdarank.js";
import { listmle } from "./losses/listmle.js";
import { lognormal, ziln } from "./losses/lognormal.js";
import { mae } from "./losses/mae.js";
import { mse } from "./losses/mse.js";
import { doublyRobust, ips, snips } from "./losses/propensity.js";
import { quantile } from "./losses/quantile.js";
import { softmaxList } from "./losses/softmax-list.js";
import { tweedie } from "./losses/tweedie.js";
import { weightedLogistic } from "./losses/weighted-logistic.js";
import { entropy, importance, load, reachable } from "./penalties/gates.js";
import { initializers } from "./initializers/index.js";
import { activity } from "./penalties/activity.js";
import { excess } from "./penalties/excess.js";
import { l2 } from "./penalties/l2.js";
import { l2Distance } from "./penalties/l2-distance.js";
import { distance, infoNce } from "./penalties/tensors.js";
import { orthogonal } from "./penalties/orthogonal.js";

export { activations, type ActivationBuiltin } from "./activations/index.js";
export * from "./builtin.js";
export { type ArithmeticOperator, isArithmeticOperator } from "./layers/arithmetic.js";
export * from "./loss-options.js";
export { concat as concatLayer } from "./layers/concat.js";
export * from "./parameter.js";
export type { Updatable } from "./updatable.js";
export { layerShape, lowerLayer } from "./positions.js";
export { balances };

export const layers: readonly LayerBuiltin[] = [
  feature,
  concat,
  mlp,
  linear,
  embedding,
  embed,
  dot,
  fm,
  biInteraction,
  biFwfm,
  pairs,
  sum,
  cross,
  crossV2,
  autoint,
  autodis,
  piecewiseLinear,
  dropout,
  norm,
  stop,
  reverse,
  sumUnits,
  pool,
  attend,
  transformer,
  gru,
  augru,
  ait,
  trees,
  pick,
  ...activationLayers,
];
/** The layers that the checker makes and no spec names. */
const plumbing: readonly LayerBuiltin[] = [member, stack];
export const families: readonly FamilyBuiltin[] = [omoe, mmoe, cgc, ple, stem, stitch, sluice, factored];
export const gates: readonly GateBuiltin[] = [softmax, noisyTopK, dselectK];
export const losses: readonly LossBuiltin[] = [
  bce,
  focal,
  f1Weighted,
  distill,
  crossEntropy,
  mse,
  huber,
  mae,
  quantile,
  tweedie,
  weightedLogistic,
  lognormal,
  ziln,
  ips,
  snips,
  doublyRobust,
  delayed,
  fakeNegative,
  bpr,
  hinge,
  lambdarank,
  softmaxList,
  listmle,
  approxNdcg,
  jrc,
];
export const penalties: readonly PenaltyBuiltin[] = [
  l2,
  activity,
  l2Distance,
  orthogonal,
  distance,
  infoNce,
  excess,
  importance,
  load,
  entropy,
  reachable,
];

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
