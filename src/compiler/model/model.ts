/**
 * The typed model: what a checked spec means, with every default made explicit and every name resolved. It is the output
 * of the checker and the input of the lowering to the tensor IR, of `diff`, `cost` and `explain`. It knows no syntax
 * (spans apart) and no data (sizes of vocabularies are fitted later: {@link FittedSizes}). Plain JSON.
 */
import type { FileFormat } from "../formats/index.js";
import type { Span } from "../text/index.js";
import type { EventModel, HeadType } from "./heads.js";
import type { ServingModel, TestModel } from "./serving.js";

export interface Model {
  readonly name: string;
  readonly doc?: string;
  readonly data: DataModel;
  /** In the order of the spec's text. */
  readonly features: readonly FeatureModel[];
  readonly labels: readonly LabelModel[];
  /** The network, each node after the nodes it reads. */
  readonly nodes: readonly NetNode[];
  /** Tasks and chains, each after the ones it reads. */
  readonly heads: readonly HeadModel[];
  readonly loss: LossModel;
  readonly train: TrainModel;
  readonly metrics: readonly HeadMetrics[];
  /** Absent when the spec has no formula, rule, ranking, attribute, parameter or signal. */
  readonly serving?: ServingModel;
  /** Absent when there are none. */
  readonly tests?: readonly TestModel[];
}

// -------------------------------------------------------------------------------------------------------------- data

export interface DataModel {
  /** How files are read that say nothing else: those of the spec, of the command line, of a log. */
  readonly format?: FileReading;
  readonly train?: SourceModel;
  readonly validation?: SourceModel;
  readonly test?: SourceModel;
  /** Rows for which a hash of the keys falls under `fraction` train, the others validate or test. */
  readonly split?: SplitModel;
  /** Which rows train of those where an event did not happen. */
  readonly sample?: SampleModel;
  /** Column whose values group rows: the unit of GAUC, of pairs and of ranked lists. */
  readonly group?: string;
  /** Column of sample weights, ≥ 0. */
  readonly weight?: string;
  /** Where the spec names these columns. */
  readonly places?: {
    readonly group?: { readonly span: Span };
    readonly weight?: { readonly span: Span };
    readonly split?: { readonly span: Span };
    readonly sample?: { readonly span: Span };
  };
}

/** A format with its options. */
export interface FileReading {
  readonly format: FileFormat;
  readonly options: SourceOptions;
  readonly span: Span;
}

/** Files of one kind. Paths are as written, relative to the spec; globs allowed. */
export interface SourceModel extends FileReading {
  readonly paths: readonly string[];
}

export interface SourceOptions {
  /** Whether the first line names the columns (text formats). */
  readonly header: boolean;
  readonly delimiter: string;
  /** Column names, when the file has none; replaces the header's names when it has. Of `slots`, the plain values. */
  readonly columns?: readonly string[];
  /** Texts that mean null; the empty field always does. */
  readonly nulls: readonly string[];
  /** Strip white space around text values. */
  readonly trim: boolean;
  /** Of `ali_ccp`, the file of common features, relative to the spec; absent: the one beside the skeleton. */
  readonly common?: string;
  /** Of a database, the table: `name` or `schema.name`. */
  readonly table?: string;
  /** Of a database, the columns that its rows are sorted by; absent: as the database gives them. */
  readonly order?: readonly string[];
}

export interface SplitModel {
  /** What is hashed: columns, or the row number when empty. */
  readonly by: readonly string[];
  /** Share of rows that train, in (0, 1). */
  readonly fraction: number;
  /** What the rest is for. */
  readonly rest: "validation" | "test";
  readonly seed: number;
}

/** Of the training rows where the label is known to be false only a share is kept, and each of these counts 1 / `share` times. */
export interface SampleModel {
  readonly label: string;
  /** In (0, 1). */
  readonly share: number;
  readonly seed: number;
}

/** An expression over raw columns: labels, derived features. No aggregate, no state. */
export type ColumnExpression =
  | { readonly kind: "column"; readonly name: string; readonly span: Span }
  | { readonly kind: "literal"; readonly value: number | string | boolean; readonly span: Span }
  | {
      readonly kind: "unary";
      readonly operator: "-" | "not";
      readonly operand: ColumnExpression;
      readonly span: Span;
    }
  | {
      readonly kind: "binary";
      readonly operator: "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or";
      readonly left: ColumnExpression;
      readonly right: ColumnExpression;
      readonly span: Span;
    }
  | {
      readonly kind: "in";
      readonly operand: ColumnExpression;
      readonly values: readonly (number | string)[];
      readonly span: Span;
    }
  | {
      readonly kind: "call";
      readonly name: ColumnFunction;
      readonly arguments: readonly ColumnExpression[];
      readonly span: Span;
    };

/** `abs(x)`, `log1p(x)`, `log(x)`, `sqrt(x)`, `floor(x)`, `min(a, b)`, `max(a, b)`, `lower(s)`, `length(s)`, `missing(x)`, `cross(a, b)`. */
export type ColumnFunction =
  "abs" | "log1p" | "log" | "sqrt" | "floor" | "min" | "max" | "lower" | "length" | "missing" | "cross";

// ---------------------------------------------------------------------------------------------------------- features

export type FeatureModel = {
  readonly name: string;
  readonly doc?: string;
  /** The raw value; `{kind: "column", name}` of the same name unless the spec says otherwise. */
  readonly source: ColumnExpression;
  /** What serving sees instead of the data: a value, `none` (the part that reads it is left out), or the data. */
  readonly serving:
    { readonly kind: "data" } | { readonly kind: "none" } | { readonly kind: "value"; readonly value: number | string };
  /** Rate in [0, 1) at which training replaces the feature by "unknown" (or 0 for numbers). */
  readonly dropout: number;
  readonly span: Span;
} & FeatureType;

/** Where ids come from. Id 0 is always "unknown": null or never seen in training. */
export type Vocabulary =
  /** The most frequent values of the training data, at most `limit` (none: all), each seen at least `minCount` times. */
  | { readonly kind: "fitted"; readonly limit?: number; readonly minCount: number }
  /** `buckets` ids from a seeded 64-bit hash of the value's text; 0 is only for null. */
  | { readonly kind: "hash"; readonly buckets: number }
  /** The values are whole numbers in [0, count): v has id v + 1; 0 is for null and for everything else. */
  | { readonly kind: "ids"; readonly count: number }
  /** Listed in the spec. */
  | { readonly kind: "listed"; readonly values: readonly string[] }
  /** That of another feature, whose embedding table this one looks up too. */
  | { readonly kind: "like"; readonly feature: string };

/** What a null of a feature with ids is read as; where nothing is said it is the id 0, of a list an empty one. */
export type MissingId = (
  | { readonly kind: "value"; readonly value: string | number }
  | /** No id, and a vector of zeros. */ { readonly kind: "zeros" }
) & {
  /** Set where values that are not among the ids of `ids: n` are read so too. */
  readonly outside?: true;
};

export type FeatureType =
  | {
      readonly kind: "categorical";
      readonly vocabulary: Vocabulary;
      readonly embed: number;
      readonly missing?: MissingId;
    }
  /** `missing`: what is for a missing number; `none` is nothing, which only trees can read. */
  | { readonly kind: "numeric"; readonly scale: NumericScale; readonly missing: "mean" | "none" | number }
  /** Bucket i is the number of boundaries ≤ x, plus 1; 0 is null. */
  | {
      readonly kind: "bucket";
      readonly boundaries:
        | { readonly kind: "listed"; readonly values: readonly number[] }
        | { readonly kind: "quantiles"; readonly count: number }
        /** As trees cut numbers: a value with many rows has a bucket of its own. */
        | { readonly kind: "bins"; readonly count: number };
      readonly embed: number;
      readonly missing?: MissingId;
    }
  /** Several values per row: a list column, or text cut at `separator`. At most `max` are used, the first ones. */
  | {
      readonly kind: "bag";
      readonly vocabulary: Vocabulary;
      readonly embed: number;
      readonly pool: "mean" | "sum" | "max";
      readonly separator: string;
      readonly max: number;
      /** Set where each value has a weight, as `value:weight`; then `pool` is not `max`. */
      readonly weighted?: true;
      /** What a row without any value is read as. */
      readonly missing?: Extract<MissingId, { kind: "value" }>;
    }
  /** The values of a row in their order, each with its embedding: [max, embed]. Of more than `max`, the last or the first are used. */
  | {
      readonly kind: "sequence";
      readonly vocabulary: Vocabulary;
      readonly embed: number;
      readonly separator: string;
      readonly max: number;
      readonly keep: SequenceCut;
      /**
       * Set where sequences are aligned: the one whose positions all of them have, for itself its own name. What it says of
       * `max`, `keep`, `serving` and `dropout` holds for all.
       */
      readonly along?: string;
    }
  /** Numbers at the positions of the sequence `along`: [max, 1]. */
  | {
      readonly kind: "numbers";
      readonly scale: NumericScale;
      readonly missing: "mean" | number;
      readonly separator: string;
      readonly max: number;
      readonly keep: SequenceCut;
      readonly along: string;
    };

/** What is used of a row with more than `max` values; with `all` such a row is an error. */
export type SequenceCut = "last" | "first" | "all";

/** `standard` subtracts the training mean and divides by the deviation (1 when it is 0); `minmax` maps the training range to [0, 1]. */
export type NumericScale = "none" | "standard" | "minmax" | "log1p" | "log1p_standard";

export interface LabelModel {
  readonly name: string;
  readonly doc?: string;
  readonly base: "event" | "amount" | "classes";
  readonly unit?: string;
  /** Of `classes`: two or more; the value of the label on a row is the index of one. */
  readonly classes?: readonly LabelClass[];
  /** All labels that this one implies, from near to far. */
  readonly within: readonly string[];
  readonly source: ColumnExpression;
  readonly span: Span;
}

/** A class of a label: its name, and the text of the column that means it, or the number where all are numbers from 0. */
export interface LabelClass {
  readonly name: string;
  readonly value: string | number;
}

// ----------------------------------------------------------------------------------------------------------- network

/** Index into {@link Model.nodes}. */
export type NodeRef = number;

/**
 * One application of a network built-in. A row's value has `shape` ([d], or [L, d] of a sequence; the batch is never written);
 * with `replicas` n the node stands for n networks of that shape, and its value is [n, d]. They share nothing, unless they
 * are `members`.
 */
export interface NetNode {
  /** Unique in the model: the declaration's name, or that with a path for an inner part: `t_ctr`, `t_ctr/1`. */
  readonly id: string;
  /** Set on the outermost node of a declaration. */
  readonly declared?: {
    readonly keyword: "input" | "table" | "bottom" | "bottoms" | "experts" | "gate" | "gates" | "tower" | "towers";
    readonly name: string;
  };
  /** Name of the layer or gate in the built-in table: `feature`, `concat`, `mlp`, `softmax`, … */
  readonly layer: string;
  /**
   * What it reads. A gate reads its own input and then what it mixes: a node with replicas is that many experts, one
   * without is one. Its value is the mix Σ wᵢ fᵢ, of the experts' shape.
   */
  readonly inputs: readonly NodeRef[];
  /** Every parameter of the built-in, defaults filled in. */
  readonly arguments: Arguments;
  readonly shape: readonly number[];
  /**
   * Set where the value is a sequence [L, d]: the feature whose values are at its L positions. Which positions of a row have
   * one is the feature's mask; what is at the others means nothing. A sequence has no replicas.
   */
  readonly sequence?: string;
  readonly replicas?: number;
  /**
   * Set on the node of a family layer: its replicas are these members, which meet in it. Nodes with the layer `member` read
   * them one by one; their ids are those of {@link memberId}.
   */
  readonly members?: readonly string[];
  readonly span: Span;
}

/** A built-in's arguments after checking: plain values. */
export type ArgumentValue =
  null | number | string | boolean | readonly ArgumentValue[] | { readonly [key: string]: ArgumentValue };
export type Arguments = { readonly [parameter: string]: ArgumentValue };

// ------------------------------------------------------------------------------------------------------------- heads

export interface HeadModel {
  readonly name: string;
  readonly doc?: string;
  /** `class`: one class of a task of classes, `kind.sport`, which nobody declares. */
  readonly keyword: "task" | "chain" | "class";
  readonly type: HeadType;
  readonly value: HeadExpression;
  /** Trained, never served. */
  readonly auxiliary: boolean;
  readonly span: Span;
}

/**
 * What a head computes. `activation` turns a logit into a prediction; `product`, `quotient` and `complement` follow the
 * event rules. The lowering keeps log-space forms (log p, log(1 − p)) of every probability so that losses stay finite at
 * logits of ±50.
 */
export type HeadExpression =
  | {
      readonly kind: "activation";
      readonly function: "sigmoid" | "softmax" | "softplus" | "exp" | "identity";
      readonly logit: LogitExpression;
    }
  | { readonly kind: "head"; readonly name: string }
  /** The probability of one class of a task of classes. */
  | { readonly kind: "class"; readonly head: string; readonly index: number }
  | { readonly kind: "product"; readonly factors: readonly HeadExpression[] }
  | { readonly kind: "quotient"; readonly numerator: HeadExpression; readonly denominator: HeadExpression }
  | { readonly kind: "complement"; readonly operand: HeadExpression };

/** A number per row before the activation, of a task of n classes n numbers. */
export type LogitExpression =
  /** A linear layer of width 1, or n, on the node, with bias: the parameters are the head's own. */
  | { readonly kind: "logit"; readonly node: NodeRef; readonly id: string }
  /** The node is itself of that width (`dot(a, b)`). */
  | { readonly kind: "value"; readonly node: NodeRef }
  | { readonly kind: "sum"; readonly terms: readonly LogitExpression[] }
  | { readonly kind: "scaled"; readonly factor: number; readonly operand: LogitExpression }
  /** Present while training and zero at serving. */
  | { readonly kind: "trainOnly"; readonly operand: LogitExpression };

// ---------------------------------------------------------------------------------------------------- loss and train

export interface LossModel {
  /** One or more for each head that is trained directly, which are added up; those of a head follow one another. */
  readonly terms: readonly LossTerm[];
  readonly penalties: readonly PenaltyTerm[];
  readonly balance: {
    readonly method: string;
    readonly arguments: Arguments;
    /** Absent where the spec says nothing of it. */
    readonly span?: Span;
  };
}

export interface LossTerm {
  readonly head: string;
  readonly weight: number;
  /** Name in the built-in table: `bce`, `mse`, `huber`. */
  readonly loss: string;
  readonly arguments: Arguments;
  /**
   * Rows the loss sees, and the label value there: rows where `space` holds; the target is 1 where `event` holds (or the
   * label's amount). Null labels among those that are needed mask the row.
   */
  readonly space: EventModel;
  /** How much rows count: the options of every loss that differ from their defaults; absent where none does. */
  readonly rows?: Arguments;
  /** What makes a list, for a loss over lists: rows of one value of a column, or the whole batch. Absent for others. */
  readonly by?: ListKey;
  readonly span: Span;
}

export type ListKey =
  | {
      readonly kind: "column";
      readonly column: string;
      /** Set where a list is only the rows that are in one batch by chance. */
      readonly whole?: false;
    }
  | { readonly kind: "batch" };

/** A term over parameters or nodes: `l2: 1e-6 * l2(embeddings)`. */
export interface PenaltyTerm {
  readonly name: string;
  readonly weight: number;
  readonly penalty: string;
  readonly arguments: Arguments;
  /** Nodes that the penalty reads. */
  readonly nodes: readonly NodeRef[];
  readonly span: Span;
}

export interface TrainModel {
  /** Of all parameters that `optimizers` do not name. */
  readonly optimizer: { readonly name: string; readonly arguments: Arguments };
  /** By part, in the order of their names; a part of the network goes before a group. Absent: there are none. */
  readonly optimizers?: readonly PartOptimizer[];
  readonly schedule: { readonly name: string; readonly arguments: Arguments };
  /** By part, as optimizers; of all parameters that these do not name, `schedule` is. Absent: there are none. */
  readonly schedules?: readonly PartSchedule[];
  /** What `lr` is multiplied by, by part; 1 where none is named. Absent: there are none. */
  readonly lrFactors?: readonly PartFactor[];
  /** What is not trained. A part computes what serving would; of a group only the parameters are meant. Absent: nothing. */
  readonly frozen?: readonly Part[];
  /** How parameters start, by part; the others as their layers say. Absent: nothing is said. */
  readonly init?: readonly PartInit[];
  readonly clip: { readonly kind: "none" } | { readonly kind: "norm" | "value"; readonly limit: number };
  /** How embedding tables are updated: only touched rows, all rows, or by size (see docs/language.md). */
  readonly embeddings: "auto" | "sparse" | "dense";
  readonly batch: number;
  /** Batches of a step of the optimizer; absent: one. */
  readonly accumulate?: number;
  /** Decay of the moving average of the weights that is measured, kept and served, in (0, 1); absent: the weights themselves are. */
  readonly ema?: number;
  /** Passes over the data; absent: `steps` ends training. */
  readonly epochs?: number;
  /** Training ends after as many steps, also within an epoch; absent: `epochs` end it. */
  readonly steps?: number;
  /** Steps between two evaluations within an epoch; absent: only after each epoch. */
  readonly validateEvery?: number;
  /** Steps between two checkpoints, besides those that a run writes anyway; no part of what the model is. */
  readonly checkpointEvery?: number;
  readonly stop?: StopModel;
  /** Continued runs after which a value that none of them had loses its id; absent: none does. */
  readonly evictAfter?: number;
  readonly shuffle: boolean;
  /** Rows at the end of an epoch that fill no batch are left out. Absent: they are a batch. */
  readonly dropLast?: true;
  readonly seed: number;
  /** Former names of features, parts and heads, for a warm start and a diff; no part of what the model is. */
  readonly formerly?: readonly { readonly name: string; readonly was: string }[];
  /** Where the spec says these. */
  readonly places?: {
    readonly accumulate?: { readonly span: Span };
    readonly ema?: { readonly span: Span };
    readonly schedule?: { readonly span: Span };
    readonly stop?: { readonly span: Span };
  };
}

/** Parameters by what they belong to: a feature, a part of the network or a task by name, or a group such as `embeddings`. */
export interface Part {
  readonly part: string;
  readonly of: "part" | "group";
}

/** What trains the parameters of a part. */
export interface PartOptimizer extends Part {
  readonly name: string;
  readonly arguments: Arguments;
}

/** How the learning rate of a part changes. */
export interface PartSchedule extends Part {
  readonly name: string;
  readonly arguments: Arguments;
}

/** How the weights, biases and tables of a part start. */
export interface PartInit extends Part {
  readonly name: string;
  readonly arguments: Arguments;
}

/** What the learning rate of a part is multiplied by. */
export interface PartFactor extends Part {
  /** ≥ 0. */
  readonly factor: number;
}

/**
 * Stop when what is watched has not improved for `patience` evaluations: a metric of a head, or the weighted sum of several,
 * of which more is better or less is better for all of them.
 */
export type StopModel = { readonly patience: number } & (
  { readonly metric: MetricModel; readonly head: string } | { readonly terms: readonly StopTerm[] }
);

export interface StopTerm {
  /** Not 0. */
  readonly weight: number;
  readonly metric: MetricModel;
  readonly head: string;
}

export interface HeadMetrics {
  readonly head: string;
  readonly metrics: readonly MetricModel[];
}

/** A metric: its name, or its name with the arguments that differ from their defaults. */
export type MetricModel = string | { readonly name: string; readonly arguments: Arguments };

// ------------------------------------------------------------------------------------------------------------ fitted

/** What the training data decides: the number of ids of each feature that has any, id 0 ("unknown") included. */
export interface FittedSizes {
  readonly ids: Readonly<Record<string, number>>;
}
