/** What each op is in PyTorch: a row each. */
import type { Dim, GraphNode, NodeOf, OpName, Shape } from "../../graph/index.js";
import { atom, binary, call, type Expr, level, list, method, number, numberText, operand } from "./python.js";

/** How an op's row sees the function it is in. */
export interface OpContext {
  readonly node: GraphNode;
  readonly inputs: readonly Expr[];
  readonly shapes: readonly Shape[];
  /** A size as an expression. */
  readonly dim: (dim: Dim) => string;
  /** Any tensor of the function: new ones are made beside it. */
  readonly beside: () => Expr;
}

type Row<K extends OpName> = (context: OpContext & { readonly attributes: NodeOf<K>["attributes"] }) => Expr;

const at = (inputs: readonly Expr[], index: number): Expr => inputs[index] ?? atom("None");

const unary =
  (name: string) =>
  ({ inputs }: OpContext): Expr =>
    method(at(inputs, 0), name);

const functional =
  (name: string) =>
  ({ inputs }: OpContext): Expr =>
    call(name, [at(inputs, 0)]);

const infix =
  (operator: string, bound: number) =>
  ({ inputs }: OpContext): Expr =>
    binary(at(inputs, 0), operator, at(inputs, 1), bound);

/** Comparisons do not chain in PyTorch as they do in mathematics, so that operands that compare are in brackets. */
const compare =
  (operator: string) =>
  ({ inputs }: OpContext): Expr => ({
    text: `${operand(at(inputs, 0), level.and + 1)} ${operator} ${operand(at(inputs, 1), level.and + 1)}`,
    level: level.comparison,
  });

const isNumber = (expr: Expr): boolean => /^-?[\d.]+(?:e-?\d+)?$/.test(expr.text);

/** The larger or smaller of a tensor and a number, or of two tensors. */
const extreme =
  (side: "min" | "max", name: string) =>
  ({ inputs }: OpContext): Expr => {
    const [x, y] = [at(inputs, 0), at(inputs, 1)];
    if (isNumber(y)) return method(x, "clamp", `${side}=${y.text}`);
    if (isNumber(x)) return method(y, "clamp", `${side}=${x.text}`);
    return call(name, [x, y]);
  };

function reduction(name: string) {
  return ({
    inputs,
    shapes,
    attributes: { axes, keepDims },
  }: OpContext & { readonly attributes: { readonly axes: readonly number[]; readonly keepDims: boolean } }): Expr => {
    const rank = shapes[0]?.length ?? 0;
    const isAll = axes.length === rank && !keepDims;
    const kept = keepDims ? ["keepdim=True"] : [];
    if (isAll) return method(at(inputs, 0), name === "amax" ? "max" : name);
    const named = axes.map((axis) => (axis === rank - 1 ? -1 : axis));
    const dims = named.length === 1 ? `dim=${named[0]}` : `dim=(${named.join(", ")})`;
    return method(at(inputs, 0), name, dims, ...kept);
  };
}

/** Index along one axis: `x[:, 2:4]`. */
export function indexed(x: Expr, axis: number, index: string): Expr {
  return atom(`${operand(x, level.atom)}[${":, ".repeat(axis)}${index}]`);
}

function slice({
  inputs,
  shapes,
  attributes: { axis, begin, size },
}: OpContext & { readonly attributes: NodeOf<"slice">["attributes"] }): Expr {
  const end = begin + size;
  const index = `${begin === 0 ? "" : begin}:${shapes[0]?.[axis] === end ? "" : end}`;
  return indexed(at(inputs, 0), axis, index);
}

function pad({
  inputs,
  shapes,
  attributes: { axis, before, after },
}: OpContext & { readonly attributes: NodeOf<"pad">["attributes"] }): Expr {
  const rank = shapes[0]?.length ?? 0;
  const zeros = "0, 0, ".repeat(rank - 1 - axis);
  return call("F.pad", [at(inputs, 0), `(${zeros}${before}, ${after})`]);
}

function transposed({
  inputs,
  attributes: { permutation },
}: OpContext & { readonly attributes: NodeOf<"transpose">["attributes"] }): Expr {
  const x = at(inputs, 0);
  const moved = permutation.flatMap((axis, index) => (axis === index ? [] : [index]));
  const [first, second] = moved;
  if (permutation.length === 2) return atom(`${operand(x, level.atom)}.T`);
  if (moved.length === 2) return method(x, "transpose", String(first), String(second));
  return method(x, "permute", ...permutation.map(String));
}

function constant({
  node,
  attributes: { type, value },
  beside,
}: OpContext & { readonly attributes: NodeOf<"constant">["attributes"] }): Expr {
  if (type.shape.length === 0 && typeof value === "number")
    return type.dtype === "bool" ? atom(value === 0 ? "False" : "True") : number(value);
  const values =
    typeof value === "number"
      ? undefined
      : nested(
          value.map((each) => (type.dtype === "bool" ? (each === 0 ? "False" : "True") : numberText(each))),
          node.type.shape,
        );
  const device = `device=${beside().text}.device`;
  if (values === undefined)
    return call("torch.full", [
      `(${type.shape.join(", ")}${type.shape.length === 1 ? "," : ""})`,
      numberText(Number(value)),
      device,
    ]);
  const dtype = type.dtype === "float32" ? ["dtype=torch.float32"] : [];
  return call("torch.tensor", [values, ...dtype, device]);
}

function nested(values: readonly string[], shape: Shape): Expr {
  const [size, ...rest] = shape;
  if (rest.length === 0) return list(values);
  const step = values.length / Number(size);
  return list(Array.from({ length: Number(size) }, (_, i) => nested(values.slice(i * step, (i + 1) * step), rest)));
}

function tuple(items: readonly string[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

function broadcast({
  inputs,
  shapes,
  dim,
  beside,
  attributes: { shape },
}: OpContext & { readonly attributes: NodeOf<"broadcast">["attributes"] }): Expr {
  const x = at(inputs, 0);
  if (isNumber(x)) return method(beside(), "new_full", tuple(shape.map(dim)), x);
  const from = shapes[0] ?? [];
  const kept = shape.map((size, axis) => (from[axis - shape.length + from.length] === size ? "-1" : dim(size)));
  return method(x, "expand", ...kept);
}

/** Where an axis of size 1 is dropped or added, axes are joined or one is parted, PyTorch has a word for it. */
function reshape({
  inputs,
  shapes,
  dim,
  attributes: { shape },
}: OpContext & { readonly attributes: NodeOf<"reshape">["attributes"] }): Expr {
  const x = at(inputs, 0);
  const from = shapes[0] ?? [];
  const dropped = singleDifference(from, shape);
  if (dropped !== undefined) return method(x, "squeeze", axisText(dropped, from.length));
  const added = singleDifference(shape, from);
  if (added !== undefined) return method(x, "unsqueeze", axisText(added, shape.length));
  const parted = runOf(from, shape);
  if (parted !== undefined && parted.size >= 2) {
    const sizes = parted.inner.map((size) => (typeof size === "number" ? String(size) : "-1"));
    if (sizes.filter((size) => size === "-1").length <= 1)
      return method(x, "unflatten", axisText(parted.axis, from.length), tuple(sizes));
  }
  const joined = runOf(shape, from);
  if (joined !== undefined && joined.size >= 2) {
    if (shape.length === 1) return method(x, "flatten");
    const last = joined.axis + joined.size - 1;
    const isLast = last === from.length - 1;
    return method(x, "flatten", String(joined.axis), ...(isLast ? [] : [String(last)]));
  }
  const symbolic = shape.filter((size) => typeof size !== "number").length;
  return method(
    x,
    "reshape",
    ...shape.map((size) => (typeof size === "number" ? String(size) : symbolic === 1 ? "-1" : dim(size))),
  );
}

function axisText(axis: number, rank: number): string {
  return axis === rank - 1 ? "-1" : String(axis);
}

/** The axis of size 1 that `long` has and `short` has not. */
function singleDifference(long: Shape, short: Shape): number | undefined {
  if (long.length !== short.length + 1) return undefined;
  for (let axis = long.length - 1; axis >= 0; axis -= 1)
    if (long[axis] === 1 && long.every((size, i) => i === axis || size === short[i > axis ? i - 1 : i])) return axis;
  return undefined;
}

/** The axis of `short` in whose stead `long` has several: all others are equal. */
function runOf(
  short: Shape,
  long: Shape,
): { readonly axis: number; readonly size: number; readonly inner: Shape } | undefined {
  if (long.length <= short.length) return undefined;
  const size = long.length - short.length + 1;
  for (let axis = 0; axis < short.length; axis += 1) {
    const before = short.slice(0, axis).every((each, i) => each === long[i]);
    const after = short.slice(axis + 1).every((each, i) => each === long[axis + size + i]);
    if (before && after) return { axis, size, inner: long.slice(axis, axis + size) };
  }
  return undefined;
}

function matmul({
  inputs,
  attributes: { transposeA, transposeB },
}: OpContext & { readonly attributes: NodeOf<"matmul">["attributes"] }): Expr {
  const [a, b] = [at(inputs, 0), at(inputs, 1)];
  const left = transposeA ? atom(`${operand(a, level.atom)}.mT`) : a;
  const right = transposeB ? atom(`${operand(b, level.atom)}.mT`) : b;
  return binary(left, "@", right, level.product);
}

const dtypes = { float32: "float", int32: "long", bool: "bool" } as const;

export const expressions: { readonly [K in OpName]: Row<K> } = {
  input: ({ attributes }) => atom(attributes.name),
  state: ({ attributes }) => atom(attributes.name),
  constant,
  random: ({ attributes: { shape }, dim, beside }) =>
    call("torch.rand", [...shape.map(dim), `device=${beside().text}.device`]),
  neg: ({ inputs }) => ({ text: `-${operand(at(inputs, 0), level.sign)}`, level: level.sign }),
  abs: unary("abs"),
  sign: unary("sign"),
  exp: unary("exp"),
  expm1: unary("expm1"),
  log: unary("log"),
  log1p: unary("log1p"),
  sqrt: unary("sqrt"),
  cos: unary("cos"),
  erf: unary("erf"),
  sigmoid: functional("torch.sigmoid"),
  softplus: functional("F.softplus"),
  tanh: functional("torch.tanh"),
  relu: functional("torch.relu"),
  not: ({ inputs }) => ({ text: `~${operand(at(inputs, 0), level.sign)}`, level: level.sign }),
  stopGradient: unary("detach"),
  cast: ({ inputs, attributes: { dtype } }) => method(at(inputs, 0), dtypes[dtype]),
  add: infix("+", level.sum),
  sub: infix("-", level.sum),
  mul: ({ inputs }) =>
    at(inputs, 0).text === at(inputs, 1).text
      ? method(at(inputs, 0), "square")
      : binary(at(inputs, 0), "*", at(inputs, 1), level.product),
  div: infix("/", level.product),
  pow: ({ inputs }) => ({
    text: `${operand(at(inputs, 0), level.atom)}**${operand(at(inputs, 1), level.atom)}`,
    level: level.power,
  }),
  maximum: extreme("min", "torch.maximum"),
  minimum: extreme("max", "torch.minimum"),
  less: compare("<"),
  lessEqual: compare("<="),
  equal: compare("=="),
  and: infix("&", level.and),
  reluGrad: ({ inputs }) => call("torch.where", [`${operand(at(inputs, 1), level.and + 1)} > 0`, at(inputs, 0), "0.0"]),
  select: ({ inputs }) => call("torch.where", inputs),
  matmul,
  softmax: ({ inputs }) => method(at(inputs, 0), "softmax", "dim=-1"),
  sum: reduction("sum"),
  max: reduction("amax"),
  reshape,
  transpose: transposed,
  broadcast,
  concat: ({ inputs, shapes, attributes: { axis } }) =>
    call("torch.cat", [list(inputs), `dim=${axisText(axis, shapes[0]?.length ?? 0)}`]),
  slice,
  pad,
  gather: ({ inputs }) => atom(`${operand(at(inputs, 0), level.atom)}[${at(inputs, 1).text}]`),
  segmentSum: ({ inputs, shapes, dim, attributes: { count } }) => {
    const [values, ids] = [at(inputs, 0), at(inputs, 1)];
    const zeros = method(values, "new_zeros", dim(count), ...(shapes[0] ?? []).slice(1).map(dim));
    return method(zeros, "index_add", "0", ids, values);
  },
  unique: ({ inputs }) => atom(`torch.unique(${at(inputs, 0).text})`),
  uniqueIndex: ({ inputs }) => atom(`torch.unique(${at(inputs, 0).text}, return_inverse=True)[1]`),
};

/** The expression of a node. */
export function expressionOf(context: OpContext): Expr {
  const row = expressions[context.node.op] as Row<OpName>;
  return row({ ...context, attributes: context.node.attributes } as Parameters<Row<OpName>>[0]);
}
