/**
 * What the gradients of ops, the folding of constants and optimizers write nodes with: the ops by their names, and what is
 * put together from them, over the one primitive {@link OpBuilder.apply}. It knows no op's row.
 */
import { bindDim, elementCount, formatShape, symbolsOf } from "./dims.js";
import { GraphError } from "./graph-error.js";
import type { Dim, DType, GraphNode, OpAttributes, OpName, Shape, TensorType, ValueId } from "./graph.js";

interface ReductionOptions {
  /** Default: all. Negative ones count from the end. */
  readonly axes?: readonly number[];
  /** Leaves reduced axes as size 1; default false. */
  readonly keepDims?: boolean;
}

/** Every method that makes a value returns its id. Methods throw {@link GraphError} when types do not fit. */
export abstract class OpBuilder {
  /** Adds any op by its name; the methods are the same with names. */
  abstract apply<K extends OpName>(op: K, inputs: readonly ValueId[], attributes: OpAttributes[K]): ValueId;

  /** Throws when there is no such value. */
  abstract node(id: ValueId): GraphNode;

  type(id: ValueId): TensorType {
    return this.node(id).type;
  }

  shape(id: ValueId): Shape {
    return this.type(id).shape;
  }

  // ---------------------------------------------------------------------------------------------------------- sources

  /** One number fills the shape; a list gives every element in row-major order. */
  constant(type: TensorType, value: number | readonly number[]): ValueId {
    return this.apply("constant", [], { type, value });
  }

  scalar(value: number, dtype: DType = "float32"): ValueId {
    return this.constant({ dtype, shape: [] }, value);
  }

  /** All elements `value`, float32; a shape with symbolic sizes is a broadcast scalar. */
  fill(shape: Shape, value: number): ValueId {
    return this.broadcast(this.scalar(value), shape);
  }

  zeros(shape: Shape): ValueId {
    return this.fill(shape, 0);
  }

  ones(shape: Shape): ValueId {
    return this.fill(shape, 1);
  }

  /** The size as a float32 scalar; a symbolic one is counted in the call. */
  size(dim: Dim): ValueId {
    const names = symbolsOf(dim);
    const factor = bindDim(dim, Object.fromEntries(names.map((name) => [name, 1])));
    return names.reduce(
      (product, name) => this.mul(product, this.sum(this.ones([name]))),
      this.scalar(typeof factor === "number" ? factor : 1),
    );
  }

  /** Uniform in [0, 1); `step` and `seed` are int32[]. See `philox.ts`. */
  random(step: ValueId, seed: ValueId, attributes: OpAttributes["random"]): ValueId {
    return this.apply("random", [step, seed], attributes);
  }

  // -------------------------------------------------------------------------------------------- elementwise, one input

  neg(x: ValueId): ValueId {
    return this.apply("neg", [x], {});
  }
  abs(x: ValueId): ValueId {
    return this.apply("abs", [x], {});
  }
  sign(x: ValueId): ValueId {
    return this.apply("sign", [x], {});
  }
  exp(x: ValueId): ValueId {
    return this.apply("exp", [x], {});
  }
  expm1(x: ValueId): ValueId {
    return this.apply("expm1", [x], {});
  }
  log(x: ValueId): ValueId {
    return this.apply("log", [x], {});
  }
  log1p(x: ValueId): ValueId {
    return this.apply("log1p", [x], {});
  }
  sqrt(x: ValueId): ValueId {
    return this.apply("sqrt", [x], {});
  }
  cos(x: ValueId): ValueId {
    return this.apply("cos", [x], {});
  }
  erf(x: ValueId): ValueId {
    return this.apply("erf", [x], {});
  }
  sigmoid(x: ValueId): ValueId {
    return this.apply("sigmoid", [x], {});
  }
  softplus(x: ValueId): ValueId {
    return this.apply("softplus", [x], {});
  }
  tanh(x: ValueId): ValueId {
    return this.apply("tanh", [x], {});
  }
  relu(x: ValueId): ValueId {
    return this.apply("relu", [x], {});
  }
  not(x: ValueId): ValueId {
    return this.apply("not", [x], {});
  }
  stopGradient(x: ValueId): ValueId {
    return this.apply("stopGradient", [x], {});
  }
  cast(x: ValueId, dtype: DType): ValueId {
    return this.apply("cast", [x], { dtype });
  }
  /** x². */
  square(x: ValueId): ValueId {
    return this.mul(x, x);
  }
  /** 1 − x. */
  oneMinus(x: ValueId): ValueId {
    return this.sub(this.scalar(1), x);
  }
  /** x · factor. */
  scale(x: ValueId, factor: number): ValueId {
    return this.mul(x, this.scalar(factor));
  }

  // ----------------------------------------------------------------------------------- elementwise, broadcasting inputs

  add(x: ValueId, y: ValueId): ValueId {
    return this.apply("add", [x, y], {});
  }
  sub(x: ValueId, y: ValueId): ValueId {
    return this.apply("sub", [x, y], {});
  }
  mul(x: ValueId, y: ValueId): ValueId {
    return this.apply("mul", [x, y], {});
  }
  div(x: ValueId, y: ValueId): ValueId {
    return this.apply("div", [x, y], {});
  }
  pow(x: ValueId, y: ValueId): ValueId {
    return this.apply("pow", [x, y], {});
  }
  maximum(x: ValueId, y: ValueId): ValueId {
    return this.apply("maximum", [x, y], {});
  }
  minimum(x: ValueId, y: ValueId): ValueId {
    return this.apply("minimum", [x, y], {});
  }
  less(x: ValueId, y: ValueId): ValueId {
    return this.apply("less", [x, y], {});
  }
  lessEqual(x: ValueId, y: ValueId): ValueId {
    return this.apply("lessEqual", [x, y], {});
  }
  equal(x: ValueId, y: ValueId): ValueId {
    return this.apply("equal", [x, y], {});
  }
  and(x: ValueId, y: ValueId): ValueId {
    return this.apply("and", [x, y], {});
  }
  or(x: ValueId, y: ValueId): ValueId {
    return this.not(this.and(this.not(x), this.not(y)));
  }
  /** `gradient` where `x` > 0, else 0; of one shape. */
  reluGrad(gradient: ValueId, x: ValueId): ValueId {
    return this.apply("reluGrad", [gradient, x], {});
  }
  /** `x` where the condition holds, else `y`. */
  select(condition: ValueId, x: ValueId, y: ValueId): ValueId {
    return this.apply("select", [condition, x, y], {});
  }

  // --------------------------------------------------------------------------------------------- matrices, reductions

  /** Of the last two axes; leading ones must be equal. */
  matmul(
    x: ValueId,
    y: ValueId,
    options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
  ): ValueId {
    const { transposeA = false, transposeB = false } = options;
    return this.apply("matmul", [x, y], { transposeA, transposeB });
  }

  /** Over the last axis. */
  softmax(x: ValueId): ValueId {
    return this.apply("softmax", [x], {});
  }

  sum(x: ValueId, options: ReductionOptions = {}): ValueId {
    return this.apply("sum", [x], this.#reduction(x, options));
  }

  max(x: ValueId, options: ReductionOptions = {}): ValueId {
    return this.apply("max", [x], this.#reduction(x, options));
  }

  mean(x: ValueId, options: ReductionOptions = {}): ValueId {
    const { axes } = this.#reduction(x, options);
    const count = elementCount(axes.map((axis) => this.shape(x)[axis] ?? 1));
    return this.div(this.sum(x, options), this.size(count));
  }

  /** Undoes broadcasting: sums over the axes that a value of `shape` would be stretched along to have the shape of `x`. */
  sumTo(x: ValueId, shape: Shape): ValueId {
    const from = this.shape(x);
    const missing = from.length - shape.length;
    const axes = from.flatMap((dim, axis) =>
      axis < missing || (shape[axis - missing] === 1 && dim !== 1) ? [axis] : [],
    );
    return this.reshape(this.sum(x, { axes, keepDims: true }), shape);
  }

  // ----------------------------------------------------------------------------------------------------------- layout

  reshape(x: ValueId, shape: Shape): ValueId {
    return this.apply("reshape", [x], { shape });
  }

  transpose(x: ValueId, permutation: readonly number[]): ValueId {
    return this.apply("transpose", [x], { permutation });
  }

  broadcast(x: ValueId, shape: Shape): ValueId {
    return this.apply("broadcast", [x], { shape });
  }

  /** A negative axis counts from the end. */
  concat(values: readonly ValueId[], axis: number): ValueId {
    const rank = values[0] === undefined ? 0 : this.shape(values[0]).length;
    return this.apply("concat", values, { axis: axis < 0 ? axis + rank : axis });
  }

  slice(x: ValueId, attributes: OpAttributes["slice"]): ValueId {
    return this.apply("slice", [x], attributes);
  }

  pad(x: ValueId, attributes: OpAttributes["pad"]): ValueId {
    return this.apply("pad", [x], attributes);
  }

  /** A new axis of size 1 before `axis`; -1 puts it last. */
  expandDims(x: ValueId, axis: number): ValueId {
    const shape = this.shape(x);
    const position = axis < 0 ? shape.length + 1 + axis : axis;
    return this.reshape(x, [...shape.slice(0, position), 1, ...shape.slice(position)]);
  }

  /** Drops an axis of size 1; negative ones count from the end. */
  squeeze(x: ValueId, axis: number): ValueId {
    const shape = this.shape(x);
    const position = axis < 0 ? shape.length + axis : axis;
    if (shape[position] !== 1) throw new GraphError(`axis ${axis} of ${formatShape(shape)} is not of size 1`);
    return this.reshape(
      x,
      shape.filter((_, index) => index !== position),
    );
  }

  /** [N] of the same elements. */
  flatten(x: ValueId): ValueId {
    return this.reshape(x, [elementCount(this.shape(x))]);
  }

  /** Makes one axis of the first `axes`: [B, W, d] with 2 → ["W·B", d]. */
  flattenRows(x: ValueId, axes: number): ValueId {
    const shape = this.shape(x);
    return this.reshape(x, [elementCount(shape.slice(0, axes)), ...shape.slice(axes)]);
  }

  // --------------------------------------------------------------------------------------------------------- indexing

  /** Rows of a table: ([V, …r], [..i] int32) → [..i, …r]. */
  gather(table: ValueId, ids: ValueId): ValueId {
    return this.apply("gather", [table, ids], {});
  }

  segmentSum(values: ValueId, ids: ValueId, count: Dim): ValueId {
    return this.apply("segmentSum", [values, ids], { count });
  }

  /** The distinct ids, in a dimension named after the value: `U7`. */
  unique(ids: ValueId): ValueId {
    return this.apply("unique", [ids], { dim: `U${ids}` });
  }

  uniqueIndex(ids: ValueId): ValueId {
    return this.apply("uniqueIndex", [ids], {});
  }

  #reduction(x: ValueId, { axes, keepDims = false }: ReductionOptions): OpAttributes["sum"] {
    const rank = this.shape(x).length;
    const named = axes ?? this.shape(x).map((_, axis) => axis);
    return { axes: named.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b), keepDims };
  }
}
