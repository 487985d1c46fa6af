/** The gradient of every op against central differences in float64, on random shapes and values away from kinks. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  gradients,
  int32,
  type OpName,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { largestError, numbers } from "./evaluate.js";

interface Operand {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  /** What the gradient is taken of. */
  readonly operands: readonly Operand[];
  readonly build: (builder: GraphBuilder, operands: readonly ValueId[]) => ValueId;
}

const count = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
const side = fc.integer({ min: 1, max: 3 });
const shapes = (min: number, max: number): fc.Arbitrary<number[]> => fc.array(side, { minLength: min, maxLength: max });
/** Multiples of 0.1 with an offset: never 0, and far enough from it for a difference quotient. */
const real = fc.integer({ min: -20, max: 20 }).map((value) => value / 10 + 0.03);
const positive = fc.integer({ min: 3, max: 30 }).map((value) => value / 10);

const operand = (shape: readonly number[], element = real): fc.Arbitrary<Operand> =>
  fc.array(element, { minLength: count(shape), maxLength: count(shape) }).map((data) => ({ shape, data }));

/** Elements that all differ by 0.1 or more: maxima stay where they are. */
const distinctOperands = (...wanted: readonly (readonly number[])[]): fc.Arbitrary<readonly Operand[]> => {
  const total = wanted.reduce((sum, shape) => sum + count(shape), 0);
  const values = fc.shuffledSubarray(
    Array.from({ length: total }, (_, place) => place / 10 - total / 20 + 0.02),
    { minLength: total },
  );
  return values.map((all) => {
    let used = 0;
    return wanted.map((shape) => {
      const data = all.slice(used, used + count(shape));
      used += data.length;
      return { shape, data };
    });
  });
};

const unary = (
  build: (builder: GraphBuilder, x: ValueId) => ValueId,
  element: fc.Arbitrary<number> = real,
): fc.Arbitrary<Case> =>
  shapes(0, 3)
    .chain((shape) => operand(shape, element))
    .map((x) => ({ operands: [x], build: (builder, [id = -1]) => build(builder, id) }));

const shrunken = (shape: readonly number[]): fc.Arbitrary<readonly number[]> =>
  fc
    .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([drop, ones]) => shape.map((size, axis) => (ones[axis] === true ? 1 : size)).slice(drop));

const pair = (left: fc.Arbitrary<number>, right: fc.Arbitrary<number>): fc.Arbitrary<readonly Operand[]> =>
  shapes(0, 3)
    .chain((shape) => fc.tuple(shrunken(shape), shrunken(shape)))
    .chain(([a, b]) => fc.tuple(operand(a, left), operand(b, right)));

const binary = (
  build: (builder: GraphBuilder, x: ValueId, y: ValueId) => ValueId,
  operands: fc.Arbitrary<readonly Operand[]> = pair(real, real),
): fc.Arbitrary<Case> =>
  operands.map((both) => ({ operands: both, build: (builder, [x = -1, y = -1]) => build(builder, x, y) }));

const distinctPair = shapes(0, 3)
  .chain((shape) => fc.tuple(shrunken(shape), shrunken(shape)))
  .chain(([a, b]) => distinctOperands(a, b));

const bits = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count(shape), maxLength: count(shape) });
const axisOf = (shape: readonly number[]): fc.Arbitrary<number> => fc.nat({ max: shape.length - 1 });
const someAxes = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray(
    shape.map((_, axis) => axis),
    { minLength: 1 },
  );

const idsBelow = (limit: number, shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: limit - 1 }), { minLength: count(shape), maxLength: count(shape) });

/** Ops whose inputs or results are not float, or that are constant between their jumps: nothing flows through them. */
const none = "none";

const cases: Readonly<Record<OpName, fc.Arbitrary<Case> | typeof none>> = {
  input: none,
  state: none,
  constant: none,
  random: none,
  unique: none,
  uniqueIndex: none,
  not: none,
  and: none,
  less: none,
  lessEqual: none,
  equal: none,
  sign: none,
  stopGradient: none,
  neg: unary((b, x) => b.neg(x)),
  abs: unary((b, x) => b.abs(x)),
  exp: unary((b, x) => b.exp(x)),
  expm1: unary((b, x) => b.expm1(x)),
  log: unary((b, x) => b.log(x), positive),
  log1p: unary((b, x) => b.log1p(x), positive),
  sqrt: unary((b, x) => b.sqrt(x), positive),
  cos: unary((b, x) => b.cos(x)),
  erf: unary((b, x) => b.erf(x)),
  sigmoid: unary((b, x) => b.sigmoid(x)),
  softplus: unary((b, x) => b.softplus(x)),
  tanh: unary((b, x) => b.tanh(x)),
  relu: unary((b, x) => b.relu(x)),
  cast: unary((b, x) => b.add(b.cast(x, "float32"), b.cast(b.cast(x, "int32"), "float32"))),
  add: binary((b, x, y) => b.add(x, y)),
  sub: binary((b, x, y) => b.sub(x, y)),
  mul: binary((b, x, y) => b.mul(x, y)),
  div: binary((b, x, y) => b.div(x, y), pair(real, positive)),
  pow: binary((b, x, y) => b.pow(x, y), pair(positive, real)),
  maximum: binary((b, x, y) => b.maximum(x, y), distinctPair),
  minimum: binary((b, x, y) => b.minimum(x, y), distinctPair),
  reluGrad: binary(
    (b, x, y) => b.reluGrad(x, y),
    shapes(0, 3).chain((shape) => fc.tuple(operand(shape), operand(shape))),
  ),
  select: shapes(1, 3)
    .chain((shape) => fc.tuple(shrunken(shape), shrunken(shape), shrunken(shape)))
    .chain(([c, x, y]) => fc.tuple(fc.constant(c), bits(c), operand(x), operand(y)))
    .map(([shape, condition, x, y]) => ({
      operands: [x, y],
      build: (b, [left = -1, right = -1]) => b.select(b.constant({ dtype: "bool", shape }, condition), left, right),
    })),
  matmul: fc
    .tuple(shapes(0, 2), side, side, side, fc.boolean(), fc.boolean())
    .chain(([batch, rows, inner, columns, transposeA, transposeB]) =>
      fc
        .tuple(
          operand([...batch, ...(transposeA ? [inner, rows] : [rows, inner])]),
          operand([...batch, ...(transposeB ? [columns, inner] : [inner, columns])]),
        )
        .map((operands): Case => ({
          operands,
          build: (b, [x = -1, y = -1]) => b.matmul(x, y, { transposeA, transposeB }),
        })),
    ),
  softmax: shapes(1, 3)
    .chain((shape) => operand(shape))
    .map((x) => ({ operands: [x], build: (b, [id = -1]) => b.softmax(id) })),
  sum: shapes(1, 4)
    .chain((shape) => fc.tuple(operand(shape), someAxes(shape), fc.boolean()))
    .map(([x, axes, keepDims]) => ({ operands: [x], build: (b, [id = -1]) => b.sum(id, { axes, keepDims }) })),
  max: shapes(1, 4)
    .chain((shape) => fc.tuple(distinctOperands(shape), someAxes(shape), fc.boolean()))
    .map(([operands, axes, keepDims]) => ({ operands, build: (b, [id = -1]) => b.max(id, { axes, keepDims }) })),
  reshape: shapes(1, 3)
    .chain((shape) => operand(shape))
    .map((x) => ({ operands: [x], build: (b, [id = -1]) => b.reshape(id, [1, ...x.shape.toReversed()]) })),
  transpose: shapes(1, 4)
    .chain((shape) =>
      fc.tuple(
        operand(shape),
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      ),
    )
    .map(([x, permutation]) => ({ operands: [x], build: (b, [id = -1]) => b.transpose(id, permutation) })),
  broadcast: shapes(0, 3)
    .chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        shrunken(shape).chain((small) => operand(small)),
      ),
    )
    .map(([shape, x]) => ({ operands: [x], build: (b, [id = -1]) => b.broadcast(id, shape) })),
  concat: shapes(1, 3)
    .chain((shape) => fc.tuple(fc.constant(shape), axisOf(shape), fc.array(side, { minLength: 1, maxLength: 3 })))
    .chain(([shape, axis, sides]) =>
      fc
        .tuple(...sides.map((size) => operand(shape.map((other, index) => (index === axis ? size : other)))))
        .map((operands): Case => ({ operands, build: (b, ids) => b.concat(ids, axis) })),
    ),
  slice: shapes(1, 3)
    .chain((shape) => fc.tuple(operand(shape), axisOf(shape), fc.nat(), fc.nat()))
    .map(([x, axis, from, length]) => {
      const whole = x.shape[axis] ?? 1;
      const begin = from % whole;
      const size = 1 + (length % (whole - begin));
      return { operands: [x], build: (b, [id = -1]) => b.slice(id, { axis, begin, size }) };
    }),
  pad: shapes(1, 3)
    .chain((shape) => fc.tuple(operand(shape), axisOf(shape), fc.nat({ max: 2 }), fc.nat({ max: 2 })))
    .map(([x, axis, before, after]) => ({
      operands: [x],
      build: (b, [id = -1]) => b.pad(id, { axis, before, after }),
    })),
  gather: fc
    .tuple(shapes(1, 3), shapes(0, 2))
    .chain(([table, places]) => fc.tuple(operand(table), fc.constant(places), idsBelow(table[0] ?? 1, places)))
    .map(([table, places, ids]) => ({
      operands: [table],
      build: (b, [id = -1]) => b.gather(id, b.constant(int32(...places), ids)),
    })),
  segmentSum: fc
    .tuple(shapes(1, 3), side)
    .chain(([shape, segments]) =>
      fc.tuple(operand(shape), fc.constant(segments), idsBelow(segments, shape.slice(0, 1))),
    )
    .map(([values, segments, ids]) => ({
      operands: [values],
      build: (b, [id = -1]) => b.segmentSum(id, b.constant(int32(ids.length), ids), segments),
    })),
};

/** Σ weight · value with other weights for every element, so that no gradient is symmetric by chance. */
function weightedSum(builder: GraphBuilder, value: ValueId): ValueId {
  const { shape } = builder.type(value);
  const length = count(shape.filter((dim) => typeof dim === "number"));
  const weights = Array.from({ length }, (_, place) => Math.sin(place + 1) + 1.5);
  return builder.sum(builder.mul(value, builder.constant(float32(...shape), weights)));
}

/** [analytic, numeric] gradients of the weighted sum, all operands one after the other. */
function compare({ operands, build }: Case): readonly [readonly number[], readonly number[]] {
  const builder = new GraphBuilder("f");
  const ids = operands.map(({ shape }, place) => builder.input(`x${place}`, float32(...shape)));
  const loss = weightedSum(builder, build(builder, ids));
  const grads = gradients(builder, loss, ids);
  const outputs = [{ name: "loss", value: loss }, ...grads.map((value, place) => ({ name: `g${place}`, value }))];
  const interpreter = createInterpreter({ state: [], functions: [builder.finish(outputs)] });
  const feeds = (changed: readonly Operand[]): Readonly<Record<string, Operand>> =>
    Object.fromEntries(changed.map((x, place) => [`x${place}`, x]));
  const analytic = interpreter.run("f", feeds(operands));
  const lossAt = (place: number, element: number, shift: number): number => {
    const moved = operands.map((x, other) =>
      other === place ? { ...x, data: x.data.map((value, index) => (index === element ? value + shift : value)) } : x,
    );
    return numbers(interpreter.run("f", feeds(moved)), "loss")[0] ?? NaN;
  };
  const h = 1e-5;
  return [
    operands.flatMap((_, place) => numbers(analytic, `g${place}`)),
    operands.flatMap((x, place) =>
      x.data.map((_, element) => (lossAt(place, element, h) - lossAt(place, element, -h)) / (2 * h)),
    ),
  ];
}

describe("the gradient of each op equals the difference quotient", () => {
  for (const [op, arbitrary] of Object.entries(cases)) {
    if (arbitrary === none) continue;
    it(op, () => {
      fc.assert(
        fc.property(arbitrary, (example) => {
          const [analytic, numeric] = compare(example);
          expect(analytic.length).toBeGreaterThan(0);
          expect(largestError(analytic, numeric)).toBeLessThan(1e-6);
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  }
});

describe("ops without a gradient", () => {
  it.each(["sign", "stopGradient"] as const)("%s lets none through", (op) => {
    const [analytic] = compare({
      operands: [{ shape: [2], data: [0.5, -2] }],
      build: (b, [x = -1]) => b.apply(op, [x], {}),
    });
    expect(analytic).toEqual([0, 0]);
  });

  it("a comparison lets none through", () => {
    const [analytic] = compare({
      operands: [
        { shape: [2], data: [0.5, -2] },
        { shape: [2], data: [1, 1] },
      ],
      build: (b, [x = -1, y = -1]) => b.cast(b.less(x, y), "float32"),
    });
    expect(analytic).toEqual([0, 0, 0, 0]);
  });
});

describe("at kinks", () => {
  const at = (example: Case): readonly number[] => compare(example)[0];

  it("relu has gradient 0 at 0", () => {
    expect(at({ operands: [{ shape: [], data: [0] }], build: (b, [x = -1]) => b.relu(x) })).toEqual([0]);
  });

  it("equal maxima share the gradient", () => {
    const [first, second, third] = at({
      operands: [{ shape: [3], data: [2, 2, 1] }],
      build: (b, [x = -1]) => b.max(x),
    });
    expect(first).toBeCloseTo(second ?? NaN, 12);
    expect(third).toBe(0);
    expect((first ?? 0) + (second ?? 0)).toBeCloseTo(Math.sin(1) + 1.5, 12);
  });

  it("at a tie the first input of maximum and minimum takes all", () => {
    const operands = [
      { shape: [], data: [2] },
      { shape: [], data: [2] },
    ];
    const weight = Math.sin(1) + 1.5;
    expect(at({ operands, build: (b, [x = -1, y = -1]) => b.maximum(x, y) })).toEqual([weight, 0]);
    expect(at({ operands, build: (b, [x = -1, y = -1]) => b.minimum(x, y) })).toEqual([weight, 0]);
  });

  it("0 to a power has a finite gradient of the power", () => {
    const [, power] = at({
      operands: [
        { shape: [], data: [0] },
        { shape: [], data: [2] },
      ],
      build: (b, [x = -1, y = -1]) => b.pow(x, y),
    });
    expect(power).toBe(0);
  });
});

describe("second derivatives", () => {
  const second = (build: Case["build"], ...operands: readonly Operand[]): void => {
    const [analytic, numeric] = compare({
      operands,
      build: (b, ids) => {
        const grads = gradients(b, weightedSum(b, build(b, ids)), ids);
        return b.concat(
          grads.map((gradient) => b.flatten(gradient)),
          0,
        );
      },
    });
    expect(largestError(analytic, numeric)).toBeLessThan(1e-6);
  };
  const x = { shape: [2, 3], data: [0.3, -1.2, 0.7, 1.4, -0.4, 0.9] };
  const y = { shape: [3, 2], data: [1.1, 0.2, -0.6, 0.5, 0.8, -1.3] };

  it("of a softmax", () => second((b, [a = -1]) => b.softmax(a), x));
  it("of a product through tanh", () => second((b, [a = -1, c = -1]) => b.tanh(b.matmul(a, c)), x, y));
  it("of a stable logistic loss", () => second((b, [a = -1]) => b.softplus(b.square(a)), x));
});
