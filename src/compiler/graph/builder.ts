/** Writes a function of the tensor IR node by node: infers types, shares equal nodes, drops what changes nothing. */
import type { Span } from "../text/index.js";
import { bindDim, elementCount, formatShape, sameType, symbolsOf } from "./dims.js";
import { foldNode, simplifyNode } from "./fold.js";
import { GraphError } from "./graph-error.js";
import type {
  Dim,
  DType,
  GraphFunction,
  GraphNode,
  NamedValue,
  NodeOf,
  OpAttributes,
  OpName,
  Shape,
  StateVariable,
  TensorType,
  Update,
  ValueId,
} from "./graph.js";
import { inferType } from "./ops/table.js";
import { eliminateDeadCode } from "./passes/eliminate-dead-code.js";
import { formatAttributes } from "./print-attributes.js";
import { assertValidFunction } from "./verify.js";

interface ReductionOptions {
  /** Default: all. Negative ones count from the end. */
  readonly axes?: readonly number[];
  /** Leaves reduced axes as size 1; default false. */
  readonly keepDims?: boolean;
}

/**
 * Every method that makes a value returns its id. A value that is equal to an earlier one by construction *is* the earlier
 * one, and x·1, x + 0, a reshape to the same shape and the like make nothing. Methods throw {@link GraphError} when types
 * do not fit.
 */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #known = new Map<string, ValueId>();
  readonly #variables = new Map<string, StateVariable>();
  readonly #context: { readonly label: string; readonly span: Span | undefined }[] = [];

  constructor(
    /** Of the function: `train`, `predict`. */
    readonly name: string,
  ) {}

  /** The state variables that the function has read so far, in that order. */
  get variables(): readonly StateVariable[] {
    return [...this.#variables.values()];
  }

  node(id: ValueId): GraphNode {
    const node = this.#nodes[id];
    if (node === undefined) throw new GraphError(`\`${this.name}\` has no value ${id}`);
    return node;
  }

  type(id: ValueId): TensorType {
    return this.node(id).type;
  }

  shape(id: ValueId): Shape {
    return this.type(id).shape;
  }

  /** Nodes made inside of `body` carry the span (the enclosing one when absent) and the path of labels, `a/b`. */
  within<T>(label: string, span: Span | undefined, body: () => T): T {
    const outer = this.#context.at(-1);
    this.#context.push({
      label: outer === undefined ? label : `${outer.label}/${label}`,
      span: span ?? outer?.span,
    });
    try {
      return body();
    } finally {
      this.#context.pop();
    }
  }

  /** The function as written so far, without what no output and no update needs. Throws when it is not well formed. */
  finish(outputs: readonly NamedValue[], updates: readonly Update[] = []): GraphFunction {
    const fn = eliminateDeadCode({ name: this.name, nodes: [...this.#nodes], outputs, updates });
    assertValidFunction(fn, this.variables);
    return fn;
  }

  // ---------------------------------------------------------------------------------------------------------- sources

  input(name: string, type: TensorType): ValueId {
    return this.#add("input", [], { name, type });
  }

  /** The variable's value before the call. Reading it again, by an equal name, gives the same value. */
  state(variable: StateVariable): ValueId {
    const known = this.#variables.get(variable.name);
    if (known !== undefined && !sameType(known.type, variable.type)) {
      throw new GraphError(`\`${this.name}\` reads two variables that are called \`${variable.name}\``);
    }
    this.#variables.set(variable.name, variable);
    return this.#add("state", [], { name: variable.name });
  }

  /** One number fills the shape; a list gives every element in row-major order. */
  constant(type: TensorType, value: number | readonly number[]): ValueId {
    return this.#add("constant", [], { type, value });
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

  /** Uniform in [0, 1); `step` is int32[]. See `philox.ts`. */
  random(step: ValueId, attributes: OpAttributes["random"]): ValueId {
    return this.#add("random", [step], attributes);
  }

  // -------------------------------------------------------------------------------------------- elementwise, one input

  neg(x: ValueId): ValueId {
    return this.#add("neg", [x], {});
  }
  abs(x: ValueId): ValueId {
    return this.#add("abs", [x], {});
  }
  sign(x: ValueId): ValueId {
    return this.#add("sign", [x], {});
  }
  exp(x: ValueId): ValueId {
    return this.#add("exp", [x], {});
  }
  expm1(x: ValueId): ValueId {
    return this.#add("expm1", [x], {});
  }
  log(x: ValueId): ValueId {
    return this.#add("log", [x], {});
  }
  log1p(x: ValueId): ValueId {
    return this.#add("log1p", [x], {});
  }
  sqrt(x: ValueId): ValueId {
    return this.#add("sqrt", [x], {});
  }
  cos(x: ValueId): ValueId {
    return this.#add("cos", [x], {});
  }
  sigmoid(x: ValueId): ValueId {
    return this.#add("sigmoid", [x], {});
  }
  softplus(x: ValueId): ValueId {
    return this.#add("softplus", [x], {});
  }
  tanh(x: ValueId): ValueId {
    return this.#add("tanh", [x], {});
  }
  relu(x: ValueId): ValueId {
    return this.#add("relu", [x], {});
  }
  not(x: ValueId): ValueId {
    return this.#add("not", [x], {});
  }
  stopGradient(x: ValueId): ValueId {
    return this.#add("stopGradient", [x], {});
  }
  cast(x: ValueId, dtype: DType): ValueId {
    return this.#add("cast", [x], { dtype });
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
    return this.#add("add", [x, y], {});
  }
  sub(x: ValueId, y: ValueId): ValueId {
    return this.#add("sub", [x, y], {});
  }
  mul(x: ValueId, y: ValueId): ValueId {
    return this.#add("mul", [x, y], {});
  }
  div(x: ValueId, y: ValueId): ValueId {
    return this.#add("div", [x, y], {});
  }
  pow(x: ValueId, y: ValueId): ValueId {
    return this.#add("pow", [x, y], {});
  }
  maximum(x: ValueId, y: ValueId): ValueId {
    return this.#add("maximum", [x, y], {});
  }
  minimum(x: ValueId, y: ValueId): ValueId {
    return this.#add("minimum", [x, y], {});
  }
  less(x: ValueId, y: ValueId): ValueId {
    return this.#add("less", [x, y], {});
  }
  lessEqual(x: ValueId, y: ValueId): ValueId {
    return this.#add("lessEqual", [x, y], {});
  }
  equal(x: ValueId, y: ValueId): ValueId {
    return this.#add("equal", [x, y], {});
  }
  and(x: ValueId, y: ValueId): ValueId {
    return this.#add("and", [x, y], {});
  }
  or(x: ValueId, y: ValueId): ValueId {
    return this.not(this.and(this.not(x), this.not(y)));
  }
  /** `gradient` where `x` > 0, else 0; of one shape. */
  reluGrad(gradient: ValueId, x: ValueId): ValueId {
    return this.#add("reluGrad", [gradient, x], {});
  }
  /** `x` where the condition holds, else `y`. */
  select(condition: ValueId, x: ValueId, y: ValueId): ValueId {
    return this.#add("select", [condition, x, y], {});
  }

  // --------------------------------------------------------------------------------------------- matrices, reductions

  /** Of the last two axes; leading ones must be equal. */
  matmul(
    x: ValueId,
    y: ValueId,
    options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
  ): ValueId {
    const { transposeA = false, transposeB = false } = options;
    return this.#add("matmul", [x, y], { transposeA, transposeB });
  }

  /** Over the last axis. */
  softmax(x: ValueId): ValueId {
    return this.#add("softmax", [x], {});
  }

  sum(x: ValueId, options: ReductionOptions = {}): ValueId {
    return this.#add("sum", [x], this.#reduction(x, options));
  }

  max(x: ValueId, options: ReductionOptions = {}): ValueId {
    return this.#add("max", [x], this.#reduction(x, options));
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
    return this.#add("reshape", [x], { shape });
  }

  transpose(x: ValueId, permutation: readonly number[]): ValueId {
    return this.#add("transpose", [x], { permutation });
  }

  broadcast(x: ValueId, shape: Shape): ValueId {
    return this.#add("broadcast", [x], { shape });
  }

  /** A negative axis counts from the end. */
  concat(values: readonly ValueId[], axis: number): ValueId {
    const rank = values[0] === undefined ? 0 : this.shape(values[0]).length;
    return this.#add("concat", values, { axis: axis < 0 ? axis + rank : axis });
  }

  slice(x: ValueId, attributes: OpAttributes["slice"]): ValueId {
    return this.#add("slice", [x], attributes);
  }

  pad(x: ValueId, attributes: OpAttributes["pad"]): ValueId {
    return this.#add("pad", [x], attributes);
  }

  /** A new axis of size 1 before `axis`; -1 puts it last. */
  expandDims(x: ValueId, axis: number): ValueId {
    const shape = this.shape(x);
    const place = axis < 0 ? shape.length + 1 + axis : axis;
    return this.reshape(x, [...shape.slice(0, place), 1, ...shape.slice(place)]);
  }

  /** Drops an axis of size 1; negative ones count from the end. */
  squeeze(x: ValueId, axis: number): ValueId {
    const shape = this.shape(x);
    const place = axis < 0 ? shape.length + axis : axis;
    if (shape[place] !== 1) throw new GraphError(`axis ${axis} of ${formatShape(shape)} is not of size 1`);
    return this.reshape(
      x,
      shape.filter((_, index) => index !== place),
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
    return this.#add("gather", [table, ids], {});
  }

  segmentSum(values: ValueId, ids: ValueId, count: Dim): ValueId {
    return this.#add("segmentSum", [values, ids], { count });
  }

  /** The distinct ids, in a dimension named after the value: `U7`. */
  unique(ids: ValueId): ValueId {
    return this.#add("unique", [ids], { dim: `U${ids}` });
  }

  uniqueIndex(ids: ValueId): ValueId {
    return this.#add("uniqueIndex", [ids], {});
  }

  // ------------------------------------------------------------------------------------------------------------------

  /** Adds any op by its name; the methods are the same with names. */
  apply<K extends OpName>(op: K, inputs: readonly ValueId[], attributes: OpAttributes[K]): ValueId {
    return this.#add(op, inputs, attributes);
  }

  #reduction(x: ValueId, { axes, keepDims = false }: ReductionOptions): OpAttributes["sum"] {
    const rank = this.shape(x).length;
    const named = axes ?? this.shape(x).map((_, axis) => axis);
    return { axes: named.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b), keepDims };
  }

  #add<K extends OpName>(op: K, inputs: readonly ValueId[], attributes: OpAttributes[K]): ValueId {
    const context = this.#context.at(-1);
    const type = this.#inferType(op, inputs, attributes, context);
    const node = {
      op,
      inputs,
      attributes,
      type,
      ...(context?.span === undefined ? {} : { span: context.span }),
      ...(context === undefined ? {} : { label: context.label }),
    } as NodeOf<K> as GraphNode;
    return simplifyNode(this, node) ?? this.#intern(foldNode(this, node) ?? node);
  }

  #inferType<K extends OpName>(
    op: K,
    inputs: readonly ValueId[],
    attributes: OpAttributes[K],
    context: { readonly label: string; readonly span: Span | undefined } | undefined,
  ): TensorType {
    const types = inputs.map((id) => this.type(id));
    try {
      return inferType(op, types, attributes, (name) => this.#variable(name).type);
    } catch (error) {
      if (!(error instanceof GraphError) || context === undefined) throw error;
      throw new GraphError(`${error.message}, in \`${context.label}\``, context.span);
    }
  }

  #variable(name: string): StateVariable {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw new GraphError(`\`${this.name}\` has no variable \`${name}\``);
    return variable;
  }

  #intern(node: GraphNode): ValueId {
    const key = `${node.op} ${node.inputs.join(",")} ${formatAttributes(node)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#nodes.push(node) - 1;
    this.#known.set(key, id);
    return id;
  }
}
