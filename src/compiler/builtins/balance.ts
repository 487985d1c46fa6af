/** What a way to balance losses is: a weighting of losses, or a rule that combines their gradients. */
import type { CombineRule } from "../graph/balance/balanced-gradients.js";
import type { GraphBuilder } from "../graph/builder.js";
import type { ValueId } from "../graph/graph.js";
import type { Arguments } from "../model/model.js";
import type { Updatable } from "./updatable.js";

/** `fixed`: nothing is added to a step. */
export type BalanceForm = { readonly form: "fixed" } | LossBalance | GradientBalance;

/** Weights losses: what is minimised follows from the losses and from what is remembered. */
export interface LossBalance {
  readonly form: "losses";
  /** float32[]: what is minimised in place of Σ losses. */
  readonly weight: (context: BalanceContext) => ValueId;
}

/** Combines the gradients of the losses where they share the network. It has {@link onParameter} among its parameters. */
export interface GradientBalance {
  readonly form: "gradients";
  /** What is differentiated in place of each loss, float32[] each. Default: the losses. */
  readonly transform?: (context: BalanceContext) => readonly ValueId[];
  readonly rule: (context: BalanceContext) => CombineRule;
  /** Whether it weights whole losses; else what only one loss trains gets that loss's own gradient. */
  readonly weightsOwn: boolean;
  /** Set when its rule takes each shared tensor by itself: embedding tables are then kept apart. */
  readonly perTensor?: true;
  /** Set when it can only be on one of them. */
  readonly on?: "representation" | "parameters";
  /** What is wrong with its arguments for losses of these heads: a sentence's end such as "needs weights ≥ 0". */
  readonly check?: (args: Arguments, heads: readonly string[]) => string | undefined;
}

/** What a balance gets, of the K ≥ 2 losses of a spec in its order. */
export interface BalanceContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  /** What the losses are of: names of heads. */
  readonly heads: readonly string[];
  /** float32[] each: a loss times its weight in the spec; 0 where the batch has no row for it. */
  readonly losses: readonly ValueId[];
  /** float32[] each: 1 where the batch has rows for the loss, else 0. */
  readonly present: readonly ValueId[];
  /** float32[]: training steps done. */
  readonly steps: ValueId;
  /** float32[]: passes over the training data that are done, 0 in the first. */
  readonly epoch: () => ValueId;
  /** A number for each loss that the model's optimizer trains, float32[] each. */
  readonly trained: (name: string, initial: number) => readonly ValueId[];
  /** A float32 tensor that lasts from step to step; `update` replaces it at the end of this one. */
  readonly memory: (name: string, shape: readonly number[], initial: number) => Updatable;
  /** Uniform numbers in [0, 1), other ones each step and each call; a function of (spec seed, step). */
  readonly random: (shape: readonly (number | string)[]) => ValueId;
}
