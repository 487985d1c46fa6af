/** Random well-formed functions, for properties that must hold of every graph. */
import fc from "fast-check";
import {
  type ArrayValue,
  float32,
  GraphBuilder,
  type GraphFunction,
  int32,
  type Program,
  type Update,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { variable } from "./evaluate.js";

export const batch = 5;
const width = 4;
const table = variable("item.embedding", float32(6, width), "parameter", { kind: "normal", mean: 0, deviation: 0.1 });
const matrix = variable("pool/0.weight", float32(width, width), "parameter", { kind: "uniform", low: -1, high: 1 });
const step = variable("step", int32(), "step");
export const randomState = [table, matrix, step];

/** Values of type float32[B, 4] made from earlier ones; several of them go through ops that no compiler takes. */
const makers: readonly ((b: GraphBuilder, x: ValueId, y: ValueId) => ValueId)[] = [
  (b, x) => b.tanh(x),
  (b, x) => b.within("gate", { file: "a b.mtl", start: 1, end: 7 }, () => b.softmax(x)),
  (b, x, y) => b.add(x, y),
  (b, x, y) => b.mul(x, b.oneMinus(y)),
  (b, x, y) => b.select(b.less(x, y), x, b.scalar(-0.5)),
  (b, x) => b.within("dense, 0", undefined, () => b.relu(b.matmul(x, b.state(matrix), { transposeB: true }))),
  (b, x) => b.sub(x, b.mean(x, { axes: [0], keepDims: true })),
  (b, x) => b.transpose(b.transpose(b.exp(b.neg(b.abs(x))), [1, 0]), [1, 0]),
  (b, x, y) => b.slice(b.concat([x, y], 1), { axis: 1, begin: 2, size: width }),
  (b, x) => b.pad(b.slice(x, { axis: 1, begin: 1, size: 2 }), { axis: 1, before: 0, after: 2 }),
  (b, x) => b.reshape(b.sigmoid(b.reshape(x, [`${width}*B`])), ["B", width]),
  (b, x) => b.maximum(x, b.max(x, { axes: [1], keepDims: true })),
  (b, x) => b.add(x, b.gather(b.state(table), b.input("ids", int32("B")))),
  (b, x) => b.mul(x, b.random(b.state(step), b.scalar(3, "int32"), { stream: 11, shape: ["B", width] })),
  (b, x) => {
    const ids = b.input("ids", int32("B"));
    const distinct = b.unique(ids);
    const index = b.uniqueIndex(ids);
    return b.gather(b.segmentSum(x, index, b.shape(distinct)[0] ?? 0), index);
  },
  (b, x) => b.mul(x, b.constant(float32(width), [1e-30, -0, 0.1, 3])),
];

export interface RandomProgram {
  readonly program: Program;
  readonly fn: GraphFunction;
  readonly feeds: Readonly<Record<string, ArrayValue>>;
}

const feeds = {
  x: { shape: [batch, width], data: Array.from({ length: batch * width }, (_, place) => Math.sin(place)) },
  ids: { shape: [batch], data: [3, 0, 3, 5, 1] },
};

const choice = fc.tuple(fc.nat({ max: makers.length - 1 }), fc.nat(), fc.nat());

export const randomProgram: fc.Arbitrary<RandomProgram> = fc
  .array(choice, { minLength: 1, maxLength: 25 })
  .map((choices): RandomProgram => {
    const b = new GraphBuilder("train");
    const values: ValueId[] = [b.input("x", float32("B", width))];
    const pick = (place: number): ValueId => values[place % values.length] ?? 0;
    for (const [maker, first, second] of choices) {
      values.push(makers[maker]?.(b, pick(first), pick(second)) ?? 0);
    }
    const distinct = b.unique(b.input("ids", int32("B")));
    const last = pick(values.length - 1);
    const rows = b.add(b.gather(b.state(table), distinct), b.mean(last, { axes: [0] }));
    const updates: readonly Update[] = [
      { kind: "scatter", state: table.name, ids: distinct, rows },
      { kind: "assign", state: step.name, value: b.add(b.state(step), b.scalar(1, "int32")) },
    ];
    const fn = b.finish(
      [
        { name: "loss", value: b.mean(last) },
        { name: "middle part", value: pick(values.length >> 1) },
      ],
      updates,
    );
    return { program: { state: randomState, functions: [fn] }, fn, feeds };
  });
