/**
 * What a built-in is. Each lives in one file that says everything about it: name, parameters, shape rule, lowering, paper.
 * The checker reads names, parameters and shape rules; the lowering calls `lower`; nobody switches over names.
 */
import type { Aging } from "../editions/index.js";
import type { Initializer, ValueId } from "../graph/graph.js";
import type { GraphBuilder } from "../graph/builder.js";
import type { Arguments } from "../model/model.js";
import type { ParameterSpec } from "./parameter.js";

/** A shape, or why there is none: a sentence's end such as "needs inputs of one width, has 32 and 64". */
export type ShapeResult =
  | { readonly kind: "shape"; readonly shape: readonly number[] }
  | { readonly kind: "problem"; readonly problem: string };

export interface BuiltinBase extends Aging {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly summary: string;
  /** Authors, title, year: where the definition comes from. */
  readonly paper?: string;
  /** By position after the tensor inputs, or by name. */
  readonly parameters: readonly ParameterSpec[];
}

/** A network built-in: tensors in, one tensor out. */
export interface LayerBuiltin extends BuiltinBase {
  readonly kind: "layer";
  /** The tensors it takes by position; `variadic` takes one or more. A list `[a, b]` given for one input is a `concat`. */
  readonly inputs: "none" | "variadic" | readonly string[];
  /** Row shapes in, row shape out; replicas are the caller's business. */
  readonly shape: (inputs: readonly (readonly number[])[], args: Arguments) => ShapeResult;
  readonly lower: (context: LayerContext) => ValueId;
}

/** What `l2(weights)` and `l2(biases)` tell apart. Embedding tables are a group of their own; a norm's scale is in neither. */
export type ParameterGroup = "weight" | "bias" | "scale";

/** What a layer's lowering gets. */
export interface LayerContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  /**
   * Values of the inputs: [B, …shape], or [B, n, …shape] when `inputReplicas` is n there. Everything a layer returns is
   * [B, …shape] without replicas and [B, n, …shape] with.
   */
  readonly inputs: readonly ValueId[];
  readonly inputReplicas: readonly (number | undefined)[];
  /** Set when the layer stands for n networks that share nothing. */
  readonly replicas?: number;
  /** True in the train function: dropout is on, batch statistics are used. */
  readonly training: boolean;
  /** [B] float32: 1 for rows that count, 0 for those that only fill the batch up. Statistics of a batch leave the latter out. */
  readonly present: () => ValueId;
  /**
   * A feature's tensor [B, d]: its number, or its embedding. `own` is the feature's table, which all its readers share; a
   * width asks for a table of that width which is only this node's.
   */
  readonly feature: (name: string, table: "own" | { readonly width: number }) => ValueId;
  /**
   * A trained variable of this node; its name becomes `<node id>.<name>`. With replicas the layer gives n its place in the
   * shape: one variable holds all copies, and each of its elements is drawn by itself, so no two copies start alike.
   */
  readonly parameter: (
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    group: ParameterGroup,
  ) => ValueId;
  /** A variable that is not trained by the optimizer; `update` replaces it at the end of a training step. */
  readonly statistic: (
    name: string,
    shape: readonly number[],
    initial: number,
  ) => {
    readonly value: ValueId;
    readonly update: (value: ValueId) => void;
  };
  /** Uniform numbers in [0, 1), other ones each step and each call; a function of (spec seed, step, node id). */
  readonly random: (shape: readonly (number | string)[]) => ValueId;
}

/** A gate: weights over experts. The mix Σ wᵢ fᵢ is the same for all gates and is not its business. */
export interface GateBuiltin extends BuiltinBase {
  readonly kind: "gate";
  /** (context with the gate's one input [B, d], number of experts) → weights [B, experts]. */
  readonly lower: (context: LayerContext, experts: number) => ValueId;
}

/** A loss on a head: one number per row, before masks and weights. */
export interface LossBuiltin extends BuiltinBase {
  readonly kind: "loss";
  readonly heads: readonly ("probability" | "expectation" | "score")[];
  readonly lower: (context: LossContext) => ValueId;
}

export interface LossContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  readonly prediction: HeadValue;
  /** [B] float32: 0 or 1 of the event, or the amount. */
  readonly target: ValueId;
}

/** A head's value in the forms a loss may want; all [B]. */
export interface HeadValue {
  readonly value: ValueId;
  /** Set when the head is an activation of one logit. */
  readonly logit?: ValueId;
  /** For probabilities: log p and log(1 − p), finite for logits up to ±50 and beyond. */
  readonly logTrue?: ValueId;
  readonly logFalse?: ValueId;
}

/** A penalty on parameters or tensors: one number. */
export interface PenaltyBuiltin extends BuiltinBase {
  readonly kind: "penalty";
  /** Whether it takes tensors (`l2_distance(a, b)`) or groups of parameters (`l2(embeddings)`). */
  readonly on: "parameters" | "nodes";
  readonly lower: (context: PenaltyContext) => ValueId;
}

export interface PenalizedParameter {
  /** The whole parameter; of an embedding table that is updated sparsely the rows [N, e] that the batch looks up. */
  readonly value: ValueId;
  /**
   * Set for such rows: [N], for each row 1 over the number of times that it is looked up. A sum with these weights counts
   * each row that the batch touches once.
   */
  readonly rowWeights?: ValueId;
}

export interface PenaltyContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  /** Tensors it reads, [B, …]. */
  readonly nodes: readonly ValueId[];
  /** The parameters that the argument `of` names. */
  readonly parameters: readonly PenalizedParameter[];
}

export type Builtin = LayerBuiltin | GateBuiltin | LossBuiltin | PenaltyBuiltin;
