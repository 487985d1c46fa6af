/**
 * What an op is: its type rule, its gradient and its reference evaluation, one row of the op table. Rows live in one file
 * a family; `table.ts` collects them. How an op is said in another system is that target's row.
 */
import { formatType, sameShape } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { DType, Dim, OpAttributes, OpName, Shape, TensorType, ValueId } from "../graph.js";
import type { OpBuilder } from "../op-builder.js";
import type { Tensor } from "../tensor.js";

/** A system that cannot say every op; `tfjs` is the executor of GraphModels, `simd` the WebAssembly that is written for predictions. */
export type OpSystem = "tfjs" | "onnx" | "simd";

export interface OpRow<K extends OpName> {
  /** How many inputs it takes; `variadic` is one or more. */
  readonly arity: number | "variadic";
  /** The type of the result. Throws {@link GraphError} when the inputs do not fit; their number is already checked. */
  readonly infer: (inputs: readonly TensorType[], attributes: OpAttributes[K], stateType: StateTypes) => TensorType;
  /** For each input how to make the gradient with respect to it; nothing where none flows. */
  readonly gradient: (context: GradientContext<K>) => readonly InputGradient[];
  /** The value in float64, the oracle of every engine. */
  readonly evaluate: (inputs: readonly Tensor[], attributes: OpAttributes[K], context: Evaluation) => Tensor;
  /** Floating-point operations of one application whose result is float32. */
  readonly flops: FlopRule<K>;
  /** Whether a compiled call (XLA) may compute it: `false` for what reads or decides sizes, and where compilers are slow. */
  readonly compilable: boolean;
  /** Whether it is computed while a function is written when all its inputs are small constants. */
  readonly foldable: boolean;
  /** The systems that it cannot be said in; absent: there is none. */
  readonly missingIn?: readonly OpSystem[];
  /** The attributes with other sizes; absent when they hold none. */
  readonly mapDims?: (attributes: OpAttributes[K], map: (dim: Dim) => Dim) => OpAttributes[K];
}

export type FlopRule<K extends OpName> = (call: FlopCall<K>) => number;

/** An application whose operations are counted. */
export interface FlopCall<K extends OpName> {
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly TensorType[];
  readonly output: TensorType;
  /** Elements of a shape with this call's sizes. */
  readonly count: (shape: Shape) => number;
}

/** Of what moves or picks numbers: nothing. */
export const noFlops = (): number => 0;
/** One operation for each number that comes out. */
export const flopsPerOutput = ({ output, count }: FlopCall<OpName>): number => count(output.shape);
/** One operation for each number of the first input. */
export const flopsPerInput = ({ inputs, count }: FlopCall<OpName>): number => count(at(inputs, 0).shape);

/** Looks up the type of a state variable. Throws when there is none. */
export type StateTypes = (name: string) => TensorType;

export type InputGradient = (() => ValueId) | undefined;

export interface GradientContext<K extends OpName> {
  /** Where the gradient's nodes go. */
  readonly builder: OpBuilder;
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly ValueId[];
  /** The op's own result. */
  readonly output: ValueId;
  /** Gradient of the loss with respect to the result, of its type. */
  readonly upstream: ValueId;
}

/** What an evaluation may ask for besides its inputs. */
export interface Evaluation {
  /** The shape with this call's sizes. */
  sizes(shape: Shape): readonly number[];
  /** Says the size of a dimension that a value decided. */
  bind(name: string, size: number): void;
  input(name: string): Tensor;
  /** A state variable as it was before the call. */
  state(name: string): Tensor;
}

/** The element, which the op's arity promises to be there. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new GraphError(`there is no input ${index}`);
  return item;
}

/** Throws unless the element type is one of `dtypes`. */
export function requireDType(type: TensorType, ...dtypes: readonly DType[]): void {
  if (!dtypes.includes(type.dtype)) throw new GraphError(`needs ${dtypes.join(" or ")}, has ${formatType(type)}`);
}

/** Throws unless all inputs have one element type. */
export function requireSameDType(inputs: readonly TensorType[]): void {
  const [first, ...others] = inputs;
  const odd = others.find((other) => other.dtype !== first?.dtype);
  if (first !== undefined && odd !== undefined) {
    throw new GraphError(`needs inputs of one element type, has ${formatType(first)} and ${formatType(odd)}`);
  }
}

/** Throws unless the shapes are the same. */
export function requireSameShape(a: TensorType, b: TensorType): void {
  if (!sameShape(a.shape, b.shape)) {
    throw new GraphError(`needs inputs of one shape, has ${formatType(a)} and ${formatType(b)}`);
  }
}

/** Throws unless `axis` is one of the axes of the type. */
export function requireAxis(type: TensorType, axis: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= type.shape.length) {
    throw new GraphError(`has no axis ${axis} in ${formatType(type)}`);
  }
}
