/**
 * What a built-in is. Each lives in one file that says everything about it: name, parameters, shape rule, lowering, paper.
 * The checker reads names, parameters and shape rules; the lowering calls `lower`; nobody switches over names.
 */
import type { Aging } from "../editions/index.js";
import type { BalanceForm } from "./balance.js";
import type { Dim, Fans, Initializer, ValueId } from "../graph/graph.js";
import type { GraphBuilder } from "../graph/builder.js";
import type { HeadType } from "../model/heads.js";
import type { Arguments } from "../model/model.js";
import type { ParameterSpec } from "./parameter.js";
import type { Updatable } from "./updatable.js";

/** A shape, or why there is none: a sentence's end such as "needs inputs of one width, has 32 and 64", and what to do. */
export type ShapeResult =
  | { readonly kind: "shape"; readonly shape: readonly number[] }
  | { readonly kind: "problem"; readonly problem: string; readonly help?: string };

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
  /** Row shapes in, row shape out: [d], or [L, d] of a sequence; replicas are the caller's business. */
  readonly shape: (inputs: readonly (readonly number[])[], args: Arguments) => ShapeResult;
  readonly lower: (context: LayerContext) => ValueId;
  /**
   * Whether it takes sequences too, each position by itself: `shape` and `lower` know vectors only, and what it reads are
   * vectors, or sequences of one feature.
   */
  readonly positions?: true;
  /** Whether it is the inner product of its two inputs, which a loss over a batch takes apart. */
  readonly isInnerProduct?: true;
  /** Whether what it reads gets no gradient through it. */
  readonly stopsGradient?: true;
  /** Whether a program does not compute it: its functions are fed its value, and nothing that it reads is computed for it. */
  readonly isFed?: true;
}

/**
 * A family built-in: the network of a whole family at once, whose members meet: tensors in, one tensor out for each member.
 * `bottoms b[income, marital] = stitch(x, [32])`.
 */
export interface FamilyBuiltin extends BuiltinBase {
  readonly kind: "family";
  /** The tensors it takes by position; each is one that all members read, or one for each of them. */
  readonly inputs: readonly string[];
  /** Tensors after these, by name only, that a call may leave out. */
  readonly optionalInputs?: readonly { readonly name: string; readonly doc: string }[];
  /** Inputs of which all members read one where they are written without a family. */
  readonly commonInputs?: readonly string[];
  /**
   * (row shapes that each member reads, arguments, number of members, for each input whether members read tensors of their
   * own) → the row shape of each member's output.
   */
  readonly shape: (
    inputs: readonly (readonly number[])[],
    args: Arguments,
    members: number,
    own: readonly boolean[],
  ) => ShapeResult;
  /** → [B, members, …shape], the members in their order. */
  readonly lower: (context: FamilyContext) => ValueId;
}

/** What `l2(weights)` and `l2(biases)` tell apart. Embedding tables are a group of their own; a norm's scale is in neither. */
export type ParameterGroup = "weight" | "bias" | "scale";

/** How a parameter starts, and between how many units it is: a weight or a bias with these starts as `init` of the spec says. */
export type FirstValues = Initializer & { readonly fans?: Fans };

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
  /** For each input that is a sequence [B, L, d] its mask [B, L]: 1 where there is a value, 0 where what is there means nothing. */
  readonly masks: readonly ((() => ValueId) | undefined)[];
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
  /** The id of a row's value of a feature that has one: [B, 1] int32. −1 is none. */
  readonly ids: (name: string) => ValueId;
  /**
   * A trained variable of this node; its name becomes `<node id>.<name>`. With replicas the layer gives n its place in the
   * shape: one variable holds all copies, and each of its elements is drawn by itself, so no two copies start alike.
   */
  readonly parameter: (
    name: string,
    shape: readonly number[],
    initializer: FirstValues,
    group: ParameterGroup,
  ) => ValueId;
  readonly statistic: (name: string, shape: readonly number[], initial: number) => Updatable;
  /**
   * Set where the n networks keep their parameters apart: the parameters of all as [n, …shape], of which each has its own
   * under a name of its own. Absent: one variable holds all copies.
   */
  readonly ownParameter?: LayerContext["parameter"];
  readonly ownStatistic?: LayerContext["statistic"];
  /** Uniform numbers in [0, 1), other ones each step and each call; a function of (spec seed, step, node id). */
  readonly random: (shape: readonly (number | string)[]) => ValueId;
  /** [B, 1]: the input of the function that is fed the value of this node; of a layer that is fed. */
  readonly fed: () => ValueId;
}

/**
 * What a family's lowering gets: a context whose n networks are the members. `parameter` and `statistic` are those that the
 * members share; their names begin with a digit, so that none is taken for a member.
 */
export interface FamilyContext extends LayerContext {
  /** The number of members. */
  readonly replicas: number;
  /**
   * A trained variable that each member has for itself, `<family>.<member>.<name>` of `shape`: [members, …shape]. Each
   * starts from random numbers of its own, those that a network of that name by itself would start from.
   */
  readonly ownParameter: LayerContext["parameter"];
  readonly ownStatistic: LayerContext["statistic"];
}

/** A gate: weights over experts. The mix Σ wᵢ fᵢ is the same for all gates and is not its business. */
export interface GateBuiltin extends BuiltinBase {
  readonly kind: "gate";
  /** Whether `logits: tensor` may stand for its input: [B, experts], in place of a linear map of the gate's own. */
  readonly takesLogits?: true;
  /** Why it cannot weight so many experts: a sentence's end such as "needs …, has …". */
  readonly problem?: (experts: number, args: Arguments) => string | undefined;
  /** What penalties may read of it, besides its weights. */
  readonly facts?: (args: Arguments) => readonly GateFact[];
  /** (context with the gate's one input [B, d], number of experts) → weights [B, experts], and what penalties read. */
  readonly lower: (context: LayerContext, experts: number) => GateValue;
}

/** `load`: [B, experts], how probably each expert is chosen. `selectors`: [B, k, experts], a distribution each. */
export type GateFact = "load" | "selectors";

export interface GateValue extends Readonly<Partial<Record<GateFact, ValueId>>> {
  /** [B, experts]. */
  readonly weights: ValueId;
}

interface LossBase extends BuiltinBase {
  readonly kind: "loss";
  readonly heads: readonly HeadType["kind"][];
  /** What is wrong with its arguments on a head of that type: a sentence's end such as "needs …, has …". */
  readonly problem?: (args: Arguments, head: HeadType) => string | undefined;
  /** It takes the logarithm of an amount, which is therefore never below 0. */
  readonly needs?: "positive";
  /** How trees minimise it; absent: they cannot. */
  readonly trees?: TreeObjective;
}

/** What LightGBM is told to minimise for a loss on a head that is trees. */
export interface TreeObjective {
  /** What the head must make of the sum of its trees. */
  readonly activation: "sigmoid" | "exp" | "identity";
  /** LightGBM's parameters, `objective` among them. */
  readonly parameters: (args: Arguments) => Readonly<Record<string, string | number | boolean>>;
}

/** A loss that judges each row by itself: one number per row, before masks and weights. */
export interface RowLossBuiltin extends LossBase {
  readonly per: "row";
  /**
   * Absent: the rows of the head's condition, or what the options of the loss say. `all`: it is a mean over those outside as well,
   * of which it knows itself what they count. `given`: the rows of the condition, and no option changes that.
   */
  readonly sees?: "all" | "given";
  readonly lower: (context: LossContext) => ValueId;
  /** [B]: what a row counts besides its sample weight, also in the mean; absent: nothing. */
  readonly rowWeight?: (context: LossContext) => ValueId | undefined;
}

/**
 * A loss that compares the rows of one list. What is relevant its parameter of type `order` or `gains` says; where it has
 * none, or none is given, the head's own truth.
 */
export interface ListLossBuiltin extends LossBase {
  readonly per: "list";
  readonly lower: (context: ListLossContext) => ListLoss;
}

/** A loss of a head that is the inner product of two vectors: it compares the first of each row with the second of all rows. */
export interface BatchLossBuiltin extends LossBase {
  readonly per: "batch";
  readonly lower: (context: BatchLossContext) => ListLoss;
}

export type LossBuiltin = RowLossBuiltin | ListLossBuiltin | BatchLossBuiltin;

/** The loss over a batch is Σ total / Σ weight; both of one shape: a number per list, or one per row. */
export interface ListLoss {
  readonly total: ValueId;
  readonly weight: ValueId;
}

export interface LossContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  readonly prediction: HeadValue;
  /** [B] float32: 0 or 1 of the event, the amount, or the index of the class. */
  readonly target: ValueId;
  /** [B] float32: 1 where the head's condition holds and the target is known, else 0. */
  readonly inside: () => ValueId;
  /** [B] float32: the sample weight of a row that the loss sees, else 0; options of the loss come on top. */
  readonly counted: () => ValueId;
  /** The value of another head of the spec. */
  readonly head: (name: string) => HeadValue;
  /** [B] float32: what a label says. A row where `needed` [B] is 1 and the label is null is left out; absent: every row. */
  readonly label: (name: string, needed?: ValueId) => ValueId;
}

/** What a loss over lists gets; rows that do not count have weight 0 and are in no list. */
export interface ListLossContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  readonly prediction: HeadValue;
  /** [B]: what the order is by: the logit where the head has one, else the prediction. */
  readonly score: ValueId;
  /** [B] ≥ 0: the gain of a row, 0 where it has none. */
  readonly gain: ValueId;
  /** [B, L]: 1 where the row is to come before the member of its list, else 0; both count. */
  readonly preferred: () => ValueId;
  /** [B]: sample weights of rows that count, 0 for the others. */
  readonly weights: ValueId;
  readonly lists: Lists;
  /** The value of another head of the spec. */
  readonly head: (name: string) => HeadValue;
}

/** What a loss gets that compares vectors across the rows of a batch; rows that do not count are in no comparison. */
export interface BatchLossContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  /** [B, d] each: the vectors whose inner product the head is. */
  readonly sides: readonly [ValueId, ValueId];
  /** [B] ≥ 0: the gain of a row, 0 where it has none. */
  readonly gain: ValueId;
  /** [B]: sample weights of rows that count, 0 for the others. */
  readonly weights: ValueId;
  /** [B]: 1 for rows that count, else 0. */
  readonly counted: ValueId;
  /** [B] float32 each: what a label says, and 1 where that is known, else 0. */
  readonly label: (name: string) => { readonly value: ValueId; readonly isKnown: ValueId };
  /** [B, 1] int32: the id of a row's value of a feature that has one; −1 is none. */
  readonly ids: (feature: string) => ValueId;
}

/**
 * The lists of a batch. Two layouts: `padded` [G, L], a list per row; and [B, L], beside each row of the batch the members
 * of its list, for what looks at pairs. The second costs B·L numbers, not B²: L is the longest list of the batch.
 */
export interface Lists {
  /** G. */
  readonly count: Dim;
  /** L. */
  readonly length: Dim;
  /** [B]: 1 for rows that count, else 0. */
  readonly counted: ValueId;
  /** [B] float32 → [G, L]; `fill` where a list has no more rows, or the row does not count. */
  readonly padded: (value: ValueId, fill: number) => ValueId;
  /** [B] float32 → [B, L]: the values of the members of the row's list; anything where there is none. */
  readonly members: (value: ValueId) => ValueId;
  /** [B] → [B, 1], to go with `members`. */
  readonly own: (value: ValueId) => ValueId;
  /** [B, L]: 1 where there is a member that counts, and the row counts; the row itself is one. */
  readonly isMember: () => ValueId;
  /** [B, L] bool: where the member is the row itself. */
  readonly isSelf: () => ValueId;
  /** [B, L] bool: where the member comes before the row in the batch. */
  readonly isEarlier: () => ValueId;
  /** [B] → [G]: sums over the rows of each list, whether they count or not. */
  readonly sum: (value: ValueId) => ValueId;
  /** [G] → [B]: the value of each row's list. */
  readonly spread: (value: ValueId) => ValueId;
}

/** A head's value in the forms a loss may want; all [B], of a head of n classes `value` and `logit` are [B, n]. */
export interface HeadValue {
  readonly value: ValueId;
  /** Set when the head is an activation of one logit. */
  readonly logit?: ValueId;
  /** For probabilities: log p and log(1 − p), finite for logits up to ±50 and beyond. */
  readonly logTrue?: ValueId;
  readonly logFalse?: ValueId;
  /** For a head of classes: the log of each probability, [B, n]. */
  readonly logClasses?: ValueId;
}

/** A penalty on parameters or tensors: one number. */
export interface PenaltyBuiltin extends BuiltinBase {
  readonly kind: "penalty";
  /**
   * Whether it takes tensors, gates (`importance(g)`), parts of the network by their names (`l2_distance(a, b)`), heads
   * (`excess(buy, click)`, parameters that refer to heads) or groups of parameters (`l2(embeddings)`).
   */
  readonly on: "parameters" | "nodes" | "gates" | "parts" | "heads";
  /** What is wrong with the parts that it is given: a sentence's end such as "needs two parts or more, has 1". */
  readonly problem?: (parts: readonly PenalizedPart<readonly number[]>[], args: Arguments) => string | undefined;
  /** What is wrong with the row shapes of its tensors: a sentence's end such as "needs two …, has …". */
  readonly fits?: (shapes: readonly (readonly number[])[]) => string | undefined;
  /** What it reads of each gate, besides the weights. */
  readonly reads?: GateFact;
  readonly lower: (context: PenaltyContext) => ValueId;
}

export interface PenalizedParameter {
  /** The whole parameter; of an embedding table that is updated sparsely the rows [N, e] that the batch looks up. */
  readonly value: ValueId;
  /** Absent: it is an embedding table. */
  readonly group?: ParameterGroup;
  /**
   * Set for such rows: [N], for each row 1 over the number of times that it is looked up. A sum with these weights counts
   * each row that the batch touches once.
   */
  readonly rowWeights?: ValueId;
}

/** A part of the network by its name: `b.income`. `T` is a tensor: its shape for the checker, its value for the compiler. */
export interface PenalizedPart<T> {
  readonly name: string;
  /** Of its layer; of a member of a family, of the family layer. */
  readonly layer: string;
  readonly arguments: Arguments;
  /** What it trains, inner layers included, by the names in it: `0.weight`. Without embedding tables. */
  readonly parameters: readonly { readonly name: string; readonly value: T }[];
}

export interface PenaltyContext {
  readonly builder: GraphBuilder;
  readonly arguments: Arguments;
  /** Tensors it reads, [B, …]. */
  readonly nodes: readonly ValueId[];
  /** Gates it reads. */
  readonly gates: readonly GateValue[];
  /** Parts whose parameters it reads. */
  readonly parts: readonly PenalizedPart<ValueId>[];
  /** Heads it reads, in the order of its parameters. */
  readonly heads: readonly HeadValue[];
  /** [B] float32: the sample weights, 0 for rows that only fill the batch up. */
  readonly weights: () => ValueId;
  /** [B] float32: 1 for rows that count, 0 for those that only fill the batch up. */
  readonly present: () => ValueId;
  /** The parameters that the argument `of` names. */
  readonly parameters: readonly PenalizedParameter[];
}

/** A way to balance the losses of heads against each other in a training step; penalties are added as they are. */
export type BalanceBuiltin = BuiltinBase & { readonly kind: "balance" } & BalanceForm;

export type Builtin = LayerBuiltin | FamilyBuiltin | GateBuiltin | LossBuiltin | PenaltyBuiltin | BalanceBuiltin;

export type * from "./balance.js";
