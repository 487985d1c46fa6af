/**
 * Everything that a network or a loss is written with, a line each: a new one is a file in the folder of its kind and its line
 * here (activations and balances have a table in theirs). What is looked up by name is in `index.ts`.
 */
import type { FamilyBuiltin, GateBuiltin, LayerBuiltin, LossBuiltin, PenaltyBuiltin } from "./builtin.js";
import { activationLayers } from "./activations/index.js";
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
import { inBatchSoftmax } from "./losses/in-batch-softmax.js";
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
import { activity } from "./penalties/activity.js";
import { excess } from "./penalties/excess.js";
import { l2 } from "./penalties/l2.js";
import { l2Distance } from "./penalties/l2-distance.js";
import { distance, infoNce } from "./penalties/tensors.js";
import { orthogonal } from "./penalties/orthogonal.js";

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
export const plumbing: readonly LayerBuiltin[] = [member, stack];
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
  inBatchSoftmax,
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
