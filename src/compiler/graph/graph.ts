/**
 * The tensor IR: a small closed set of ops over SSA values with static shapes and a few symbolic dimensions. A
 * {@link GraphFunction} is pure: it reads the state as it was before the call, and its {@link Update}s are applied
 * together at the end. A {@link Program} is the state with the functions that share it. No op has a hidden effect, and
 * each has exactly one result.
 */
import type { Span } from "../text/index.js";

/**
 * A known size, or one known at run time: the name `"B"` is the batch, other names come from `unique`. A product of a
 * name with a number or with other names is written `"32*B"`, `"8*B*U"`: the factor first unless it is 1, then the names
 * in alphabetical order. `dims.ts` computes with them.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DType = "float32" | "int32" | "bool";

/** What a value is: its element type and its shape. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Index of a node in {@link GraphFunction.nodes}. */
export type ValueId = number;

/**
 * Every op with its attributes. Binary elementwise ops broadcast as NumPy does. A new op is an entry here, a row in the
 * file of its family under `ops/`, a method of the builder and a row in each target: what is forgotten does not compile.
 *
 * - `matmul`: ranks ≥ 2, equal leading dimensions (no broadcasting), the last two multiplied.
 * - `gather`: (table [V, …r], ids [..i] int32) → [..i, …r]; ids must be in range.
 * - `segmentSum`: (values [N, …r], ids [N] int32) → [count, …r].
 * - `unique`: ids [N] int32 → its distinct values in order of first appearance, [dim]; `uniqueIndex`: the same ids →
 *   for each the place of its value in `unique`, [N].
 * - `random`: (step int32[], seed int32[]) → uniform in [0, 1), the i-th value from Philox4x32-10 with key (seed, stream) and a
 *   counter made of the step and ⌊i/4⌋; see `philox.ts`.
 * - `stopGradient`: identity whose gradient is zero.
 * - `reluGrad`: (gradient, input of relu) → gradient where input > 0, else 0.
 */
export interface OpAttributes {
  readonly input: { readonly name: string; readonly type: TensorType };
  readonly state: { readonly name: string };
  /** `value` fills the shape, or gives every element in row-major order. */
  readonly constant: { readonly type: TensorType; readonly value: number | readonly number[] };
  readonly random: { readonly stream: number; readonly shape: Shape };

  readonly neg: NoAttributes;
  readonly abs: NoAttributes;
  readonly sign: NoAttributes;
  readonly exp: NoAttributes;
  readonly expm1: NoAttributes;
  readonly log: NoAttributes;
  readonly log1p: NoAttributes;
  readonly sqrt: NoAttributes;
  readonly cos: NoAttributes;
  readonly erf: NoAttributes;
  readonly sigmoid: NoAttributes;
  readonly softplus: NoAttributes;
  readonly tanh: NoAttributes;
  readonly relu: NoAttributes;
  readonly not: NoAttributes;
  readonly stopGradient: NoAttributes;
  readonly cast: { readonly dtype: DType };

  readonly add: NoAttributes;
  readonly sub: NoAttributes;
  readonly mul: NoAttributes;
  readonly div: NoAttributes;
  readonly pow: NoAttributes;
  readonly maximum: NoAttributes;
  readonly minimum: NoAttributes;
  readonly less: NoAttributes;
  readonly lessEqual: NoAttributes;
  readonly equal: NoAttributes;
  readonly and: NoAttributes;
  readonly reluGrad: NoAttributes;

  /** (condition bool, a, b), all broadcast together. */
  readonly select: NoAttributes;

  readonly matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** Over the last axis. */
  readonly softmax: NoAttributes;
  readonly sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  readonly max: { readonly axes: readonly number[]; readonly keepDims: boolean };

  /** The number of elements must agree, also when it is symbolic: [B, 20] → ["20*B"] → [B, 4, 5]. No `-1`. */
  readonly reshape: { readonly shape: Shape };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly broadcast: { readonly shape: Shape };
  readonly concat: { readonly axis: number };
  /** Along one axis: `[begin, begin + size)`. */
  readonly slice: { readonly axis: number; readonly begin: number; readonly size: number };
  /** Zeros along one axis: the gradient of `slice`. */
  readonly pad: { readonly axis: number; readonly before: number; readonly after: number };

  readonly gather: NoAttributes;
  readonly segmentSum: { readonly count: Dim };
  readonly unique: { readonly dim: string };
  readonly uniqueIndex: NoAttributes;
}

export type NoAttributes = Readonly<Record<never, never>>;
export type OpName = keyof OpAttributes;

/** One application of an op; its value is its index in the function. */
export type GraphNode = { readonly [K in OpName]: NodeOf<K> }[OpName];

export interface NodeOf<K extends OpName> {
  readonly op: K;
  readonly inputs: readonly ValueId[];
  readonly attributes: OpAttributes[K];
  readonly type: TensorType;
  /** The place in the spec that this came from, for error messages; absent for what no line asked for. */
  readonly span?: Span;
  /** A readable path such as `for_ctr/softmax`, for printing and profiling; not unique. */
  readonly label?: string;
}

/** Inputs and units of a linear map: what rules for first values go by. A table has its ids as inputs. */
export interface Fans {
  readonly inputs: number;
  readonly units: number;
}

/** How a state variable starts, computed on the host from (seed, name, index): the same on every engine. */
export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  /** Normal around 0, without what is more than two deviations from it. */
  | { readonly kind: "truncated"; readonly deviation: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  /** Of [size, size, block]: `on` where both indices are equal, `off` elsewhere. */
  | {
      readonly kind: "diagonal";
      readonly on: number;
      readonly off: number;
      readonly size: number;
      readonly block: number;
    };

/** A tensor that lives in the session: a parameter, an optimizer slot, a running statistic or the step counter. */
export interface StateVariable {
  readonly name: string;
  readonly type: TensorType;
  /**
   * One piece per run of leading-axis rows: a merged embedding table has a piece per feature. A piece's initializer
   * draws are keyed by its own name, so that merging tables changes no number.
   */
  readonly pieces: readonly StatePiece[];
  readonly role: "parameter" | "slot" | "statistic" | "step";
}

/** A named run of rows of a state variable; scalars and unmerged variables have one piece. */
export interface StatePiece {
  /** The logical name, as in the spec: `user_id.embedding`, `pool.0.weight`. */
  readonly name: string;
  /** First row on the leading axis; 0 for an unmerged variable. */
  readonly row: number;
  readonly rows: number;
  readonly initializer: Initializer;
}

/** An effect at the end of a function, from values of its body. */
export type Update =
  | { readonly kind: "assign"; readonly state: string; readonly value: ValueId }
  /** Replaces the rows `ids` (distinct, [U]) of the state by `rows` [U, …]. */
  | { readonly kind: "scatter"; readonly state: string; readonly ids: ValueId; readonly rows: ValueId };

export interface NamedValue {
  readonly name: string;
  readonly value: ValueId;
}

export interface GraphFunction {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly NamedValue[];
  readonly updates: readonly Update[];
}

/** State and the functions over it; `init`, `get` and `set` follow from the state and are each engine's own. */
export interface Program {
  readonly state: readonly StateVariable[];
  readonly functions: readonly GraphFunction[];
}
