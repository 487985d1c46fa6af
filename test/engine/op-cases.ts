/**
 * Random applications of every op of the tensor IR, each as a function of its own: the inputs are fed, the result is the
 * output. Result types are written out here, independently of the compiler's shape rules.
 */
import fc from "fast-check";
import type { DType, GraphFunction, GraphNode, OpAttributes, OpName, Shape } from "../../src/compiler/graph/graph.js";
import type { HostTensor } from "../../src/runtime/engine/engine.js";

export interface OpCase {
  readonly name: string;
  readonly op: OpName;
  readonly fn: GraphFunction;
  readonly feeds: Readonly<Record<string, HostTensor>>;
}

interface Operand {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Application<K extends OpName> {
  readonly op: K;
  readonly operands: readonly Operand[];
  readonly attributes: OpAttributes[K];
  readonly dtype: DType;
  readonly shape: Shape;
}

type AnyApplication = { readonly [K in OpName]: Application<K> }[OpName];

const size = fc.integer({ min: 1, max: 4 });
const shapeOf = (min: number, max: number) => fc.array(size, { minLength: min, maxLength: max });
const count = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const real = fc.integer({ min: -400, max: 400 }).map((value) => value / 100);
const positive = fc.integer({ min: 5, max: 400 }).map((value) => value / 100);
const nonzero = fc.tuple(positive, fc.boolean()).map(([value, minus]) => (minus ? -value : value));
const whole = fc.integer({ min: -5, max: 5 });
const bit = fc.integer({ min: 0, max: 1 });

function filled(element: fc.Arbitrary<number>, dtype: DType, shape: readonly number[]): fc.Arbitrary<Operand> {
  const length = count(shape);
  return fc.array(element, { minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
}

const elementOf = (dtype: DType): fc.Arbitrary<number> =>
  dtype === "float32" ? real : dtype === "int32" ? whole : bit;

function unary<K extends OpName>(op: K, attributes: OpAttributes[K], element = real): fc.Arbitrary<AnyApplication> {
  return shapeOf(0, 3)
    .chain((shape) => filled(element, "float32", shape))
    .map((x) => ({ op, operands: [x], attributes, dtype: "float32", shape: x.shape }) as unknown as AnyApplication);
}

/** Two or more shapes that broadcast to the first of the tuple. */
function broadcastShapes(operands: number): fc.Arbitrary<readonly [readonly number[], readonly (readonly number[])[]]> {
  return shapeOf(0, 3).chain((shape) =>
    fc
      .tuple(fc.nat({ max: operands - 1 }), ...Array.from({ length: operands }, () => shrunken(shape)))
      .map(([full, ...shapes]) => [shape, shapes.map((each, index) => (index === full ? shape : each))] as const),
  );
}

function shrunken(shape: readonly number[]): fc.Arbitrary<readonly number[]> {
  return fc
    .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([drop, ones]) => shape.map((side, axis) => (ones[axis] === true ? 1 : side)).slice(drop));
}

function binary<K extends OpName>(
  op: K,
  attributes: OpAttributes[K],
  dtypes: readonly DType[],
  result: (dtype: DType) => DType,
  elements: readonly [fc.Arbitrary<number>, fc.Arbitrary<number>] | undefined = undefined,
): fc.Arbitrary<AnyApplication> {
  return fc
    .tuple(fc.constantFrom(...dtypes), broadcastShapes(2))
    .chain(([dtype, [shape, shapes]]) =>
      fc
        .tuple(
          filled(elements?.[0] ?? elementOf(dtype), dtype, shapes[0] ?? []),
          filled(elements?.[1] ?? elementOf(dtype), dtype, shapes[1] ?? []),
        )
        .map((operands) => ({ op, operands, attributes, dtype: result(dtype), shape }) as unknown as AnyApplication),
    );
}

const numeric: readonly DType[] = ["float32", "int32"];
const all: readonly DType[] = ["float32", "int32", "bool"];
const same = (dtype: DType): DType => dtype;
const bool = (): DType => "bool";

function reduction(op: "sum" | "max"): fc.Arbitrary<AnyApplication> {
  return shapeOf(1, 4).chain((shape) =>
    fc
      .tuple(
        filled(real, "float32", shape),
        fc.subarray(
          shape.map((_, axis) => axis),
          { minLength: 1 },
        ),
        fc.boolean(),
      )
      .map(([x, axes, keepDims]): AnyApplication => ({
        op,
        operands: [x],
        attributes: { axes, keepDims },
        dtype: "float32",
        shape: shape.flatMap((side, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [side])),
      })),
  );
}

/** Something of any element type whose op only moves elements. */
function moved(
  ranks: readonly [number, number],
  make: (x: Operand) => fc.Arbitrary<AnyApplication>,
  dtypes: readonly DType[] = all,
): fc.Arbitrary<AnyApplication> {
  return fc
    .tuple(fc.constantFrom(...dtypes), shapeOf(...ranks))
    .chain(([dtype, shape]) => filled(elementOf(dtype), dtype, shape))
    .chain(make);
}

const axisOf = (shape: readonly number[]): fc.Arbitrary<number> => fc.nat({ max: shape.length - 1 });
const replaced = (shape: readonly number[], axis: number, side: number): number[] =>
  shape.map((other, index) => (index === axis ? side : other));

type Generators = { readonly [K in OpName]: fc.Arbitrary<AnyApplication> };

const generators: Generators = {
  input: moved([0, 3], (x) =>
    fc.constant({ op: "stopGradient", operands: [x], attributes: {}, dtype: x.dtype, shape: x.shape }),
  ),
  // State is tested with whole programs.
  state: unary("stopGradient", {}),
  constant: moved([0, 3], (x) =>
    fc.boolean().map((uniform): AnyApplication => ({
      op: "constant",
      operands: [],
      attributes: { type: { dtype: x.dtype, shape: x.shape }, value: uniform ? (x.data[0] ?? 0) : x.data },
      dtype: x.dtype,
      shape: x.shape,
    })),
  ),
  random: fc
    .tuple(shapeOf(1, 3), fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 99 }), fc.nat())
    .map(([shape, seed, stream, step]): AnyApplication => ({
      op: "random",
      operands: [step, seed].map((value) => ({ dtype: "int32", shape: [], data: [value] })),
      attributes: { stream, shape },
      dtype: "float32",
      shape,
    })),
  neg: unary("neg", {}),
  abs: unary("abs", {}),
  sign: unary("sign", {}),
  exp: unary("exp", {}),
  expm1: unary("expm1", {}),
  log: unary("log", {}, positive),
  log1p: unary("log1p", {}, positive),
  sqrt: unary("sqrt", {}, positive),
  cos: unary("cos", {}),
  erf: unary("erf", {}),
  sigmoid: unary("sigmoid", {}),
  softplus: unary("softplus", {}),
  tanh: unary("tanh", {}),
  relu: unary("relu", {}),
  stopGradient: unary("stopGradient", {}),
  not: shapeOf(0, 3)
    .chain((shape) => filled(bit, "bool", shape))
    .map((x): AnyApplication => ({ op: "not", operands: [x], attributes: {}, dtype: "bool", shape: x.shape })),
  cast: moved([0, 3], (x) =>
    fc
      .constantFrom(...all)
      .map((dtype): AnyApplication => ({ op: "cast", operands: [x], attributes: { dtype }, dtype, shape: x.shape })),
  ),
  add: binary("add", {}, numeric, same),
  sub: binary("sub", {}, numeric, same),
  mul: binary("mul", {}, numeric, same),
  div: binary("div", {}, ["float32"], same, [real, nonzero]),
  pow: binary("pow", {}, ["float32"], same, [positive, real]),
  maximum: binary("maximum", {}, numeric, same),
  minimum: binary("minimum", {}, numeric, same),
  less: binary("less", {}, numeric, bool),
  lessEqual: binary("lessEqual", {}, numeric, bool),
  equal: binary("equal", {}, numeric, bool),
  and: binary("and", {}, ["bool"], bool),
  reluGrad: shapeOf(0, 3)
    .chain((shape) => fc.tuple(filled(real, "float32", shape), filled(real, "float32", shape)))
    .map((operands): AnyApplication => ({
      op: "reluGrad",
      operands,
      attributes: {},
      dtype: "float32",
      shape: operands[0].shape,
    })),
  select: fc
    .tuple(fc.constantFrom(...numeric), broadcastShapes(3))
    .chain(([dtype, [shape, shapes]]) =>
      fc
        .tuple(
          filled(bit, "bool", shapes[0] ?? []),
          filled(elementOf(dtype), dtype, shapes[1] ?? []),
          filled(elementOf(dtype), dtype, shapes[2] ?? []),
        )
        .map((operands): AnyApplication => ({ op: "select", operands, attributes: {}, dtype, shape })),
    ),
  matmul: fc
    .tuple(shapeOf(0, 2), size, size, size, fc.boolean(), fc.boolean())
    .chain(([batch, rows, inner, columns, transposeA, transposeB]) =>
      fc
        .tuple(
          filled(real, "float32", [...batch, ...(transposeA ? [inner, rows] : [rows, inner])]),
          filled(real, "float32", [...batch, ...(transposeB ? [columns, inner] : [inner, columns])]),
        )
        .map((operands): AnyApplication => ({
          op: "matmul",
          operands,
          attributes: { transposeA, transposeB },
          dtype: "float32",
          shape: [...batch, rows, columns],
        })),
    ),
  softmax: shapeOf(1, 3)
    .chain((shape) => filled(real, "float32", shape))
    .map((x): AnyApplication => ({ op: "softmax", operands: [x], attributes: {}, dtype: "float32", shape: x.shape })),
  sum: reduction("sum"),
  max: reduction("max"),
  reshape: moved([0, 3], (x) =>
    fc.constantFrom([count(x.shape)], [1, ...x.shape], [...x.shape].reverse()).map((shape): AnyApplication => ({
      op: "reshape",
      operands: [x],
      attributes: { shape },
      dtype: x.dtype,
      shape,
    })),
  ),
  transpose: moved([1, 4], (x) =>
    fc
      .shuffledSubarray(
        x.shape.map((_, axis) => axis),
        { minLength: x.shape.length },
      )
      .map((permutation): AnyApplication => ({
        op: "transpose",
        operands: [x],
        attributes: { permutation },
        dtype: x.dtype,
        shape: permutation.map((axis) => x.shape[axis] ?? 0),
      })),
  ),
  broadcast: fc.tuple(fc.constantFrom(...numeric), shapeOf(0, 3)).chain(([dtype, shape]) =>
    shrunken(shape)
      .chain((small) => filled(elementOf(dtype), dtype, small))
      .map((x): AnyApplication => ({ op: "broadcast", operands: [x], attributes: { shape }, dtype, shape })),
  ),
  concat: moved(
    [1, 3],
    (x) =>
      axisOf(x.shape).chain((axis) =>
        fc.array(size, { minLength: 0, maxLength: 2 }).chain((sides) =>
          fc
            .tuple(...sides.map((side) => filled(elementOf(x.dtype), x.dtype, replaced(x.shape, axis, side))))
            .map((others): AnyApplication => ({
              op: "concat",
              operands: [x, ...others],
              attributes: { axis },
              dtype: x.dtype,
              shape: replaced(x.shape, axis, (x.shape[axis] ?? 0) + sides.reduce((sum, side) => sum + side, 0)),
            })),
        ),
      ),
    numeric,
  ),
  slice: moved(
    [1, 3],
    (x) =>
      axisOf(x.shape).chain((axis) => {
        const side = x.shape[axis] ?? 1;
        return fc.nat({ max: side - 1 }).chain((begin) =>
          fc.integer({ min: 1, max: side - begin }).map((length): AnyApplication => ({
            op: "slice",
            operands: [x],
            attributes: { axis, begin, size: length },
            dtype: x.dtype,
            shape: replaced(x.shape, axis, length),
          })),
        );
      }),
    numeric,
  ),
  pad: moved(
    [1, 3],
    (x) =>
      fc
        .tuple(axisOf(x.shape), fc.nat({ max: 2 }), fc.nat({ max: 2 }))
        .map(([axis, before, after]): AnyApplication => ({
          op: "pad",
          operands: [x],
          attributes: { axis, before, after },
          dtype: x.dtype,
          shape: replaced(x.shape, axis, (x.shape[axis] ?? 0) + before + after),
        })),
    ["float32"],
  ),
  gather: moved(
    [1, 3],
    (x) =>
      shapeOf(0, 2).chain((shape) =>
        filled(fc.nat({ max: (x.shape[0] ?? 1) - 1 }), "int32", shape).map((ids): AnyApplication => ({
          op: "gather",
          operands: [x, ids],
          attributes: {},
          dtype: x.dtype,
          shape: [...shape, ...x.shape.slice(1)],
        })),
      ),
    numeric,
  ),
  segmentSum: fc.tuple(shapeOf(1, 3), size).chain(([shape, segments]) =>
    fc
      .tuple(filled(real, "float32", shape), filled(fc.nat({ max: segments - 1 }), "int32", [shape[0] ?? 1]))
      .map((operands): AnyApplication => ({
        op: "segmentSum",
        operands,
        attributes: { count: segments },
        dtype: "float32",
        shape: [segments, ...shape.slice(1)],
      })),
  ),
  unique: fc.integer({ min: 1, max: 12 }).chain((length) =>
    filled(fc.nat({ max: 6 }), "int32", [length]).map((ids): AnyApplication => ({
      op: "unique",
      operands: [ids],
      attributes: { dim: "U" },
      dtype: "int32",
      shape: ["U"],
    })),
  ),
  uniqueIndex: fc.integer({ min: 1, max: 12 }).chain((length) =>
    filled(fc.nat({ max: 6 }), "int32", [length]).map((ids): AnyApplication => ({
      op: "uniqueIndex",
      operands: [ids],
      attributes: {},
      dtype: "int32",
      shape: [length],
    })),
  ),
};

function toCase(op: OpName, index: number, application: AnyApplication): OpCase {
  const inputs = application.operands.map((operand, place): GraphNode => {
    const type = { dtype: operand.dtype, shape: operand.shape };
    return { op: "input", inputs: [], attributes: { name: `x${place}`, type }, type };
  });
  const node = {
    op: application.op,
    inputs: inputs.map((_, place) => place),
    attributes: application.attributes,
    type: { dtype: application.dtype, shape: application.shape },
  } as GraphNode;
  const name = `${op}_${index}`;
  return {
    name,
    op,
    fn: { name, nodes: [...inputs, node], outputs: [{ name: "y", value: inputs.length }], updates: [] },
    feeds: Object.fromEntries(
      application.operands.map(({ dtype, shape, data }, place) => [
        `x${place}`,
        { shape, data: dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data) },
      ]),
    ),
  };
}

/** `perOp` random applications of every op; the same ones every time. */
export function opCases(perOp: number): readonly OpCase[] {
  return (Object.keys(generators) as OpName[]).flatMap((op, place) =>
    fc
      .sample(generators[op], { numRuns: perOp, seed: 1000 + place })
      .map((application, index) => toCase(op, index, application)),
  );
}
