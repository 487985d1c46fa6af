/** Arithmetic on sizes, known and symbolic: products in canonical form, broadcasting, binding names to numbers. */
import { GraphError } from "./graph-error.js";
import type { DType, Dim, Shape, TensorType } from "./graph.js";

/** Sizes of symbolic dimensions by name. */
export type Sizes = Readonly<Record<string, number>>;

/** factor · names[0] · names[1] · …, names sorted. */
interface Monomial {
  readonly factor: number;
  readonly names: readonly string[];
}

const namePattern = /^[A-Za-z_]\w*$/;

function toMonomial(dim: Dim): Monomial {
  if (typeof dim === "number") return { factor: dim, names: [] };
  const parts = dim.split("*");
  const first = Number(parts[0]);
  const [factor, names] = Number.isInteger(first) ? [first, parts.slice(1)] : [1, parts];
  return { factor, names };
}

function toDim({ factor, names }: Monomial): Dim {
  if (names.length === 0 || factor === 0) return factor;
  const product = names.toSorted().join("*");
  return factor === 1 ? product : `${factor}*${product}`;
}

/** Whether this is a size ≥ 0, a name, or a product in its canonical form. */
export function isDim(dim: Dim): boolean {
  if (typeof dim === "number") return Number.isInteger(dim) && dim >= 0;
  const { factor, names } = toMonomial(dim);
  return (
    factor >= 1 && names.length > 0 && names.every((name) => namePattern.test(name)) && toDim({ factor, names }) === dim
  );
}

/** The names in a size: none for a number, one for `"32*B"`. */
export function symbolsOf(dim: Dim): readonly string[] {
  return toMonomial(dim).names;
}

/** The number in a size: all of a number, 32 of `"32*B"`, 1 of a name. */
export function factorOf(dim: Dim): number {
  return toMonomial(dim).factor;
}

/** The product in canonical form; 1 of no dimensions. */
export function multiplyDims(...dims: readonly Dim[]): Dim {
  const monomials = dims.map(toMonomial);
  return toDim({
    factor: monomials.reduce((product, { factor }) => product * factor, 1),
    names: monomials.flatMap(({ names }) => names),
  });
}

/** The sum, or nothing where it is not a product: `"20*B" + "5*B"` is `"25*B"`, `"B" + 1` cannot be said. */
export function addDims(a: Dim, b: Dim): Dim | undefined {
  if (a === 0) return b;
  if (b === 0) return a;
  const [left, right] = [toMonomial(a), toMonomial(b)];
  if (left.names.join("*") !== right.names.join("*")) return undefined;
  return toDim({ factor: left.factor + right.factor, names: left.names });
}

/** The number of elements of a shape. */
export function elementCount(shape: Shape): Dim {
  return multiplyDims(...shape);
}

/** Replaces the names that `sizes` has. */
export function bindDim(dim: Dim, sizes: Sizes): Dim {
  if (typeof dim === "number") return dim;
  const { factor, names } = toMonomial(dim);
  return multiplyDims(factor, ...names.map((name) => sizes[name] ?? name));
}

export function bindShape(shape: Shape, sizes: Sizes): Shape {
  return shape.map((dim) => bindDim(dim, sizes));
}

export function bindType(type: TensorType, sizes: Sizes): TensorType {
  return { dtype: type.dtype, shape: bindShape(type.shape, sizes) };
}

/** The size as a number. Throws when a name is missing from `sizes`. */
export function sizeOf(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  const { factor, names } = toMonomial(dim);
  return names.reduce((product, name) => {
    const size = sizes.get(name);
    if (size === undefined) throw new GraphError(`the size \`${name}\` is not known`);
    return product * size;
  }, factor);
}

/** Whether all sizes are numbers. */
export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === "number");
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** NumPy's rule: aligned at the last axis, 1 stretches. Nothing when the shapes do not go together. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const dims = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((dim) => dim !== 1);
    const [dim = 1] = dims;
    if (dims.some((other) => other !== dim)) return undefined;
    result.push(dim);
  }
  return result;
}

/** `[B, 32]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** `float32[B, 32]`; a scalar is `int32[]`. */
export function formatType(type: TensorType): string {
  return `${type.dtype}${formatShape(type.shape)}`;
}

export const float32 = (...shape: Shape): TensorType => ({ dtype: "float32", shape });
export const int32 = (...shape: Shape): TensorType => ({ dtype: "int32", shape });
export const bool = (...shape: Shape): TensorType => ({ dtype: "bool", shape });

/** The type of the same shape with another element type. */
export function withDType(type: TensorType, dtype: DType): TensorType {
  return { dtype, shape: type.shape };
}
