import { describe, expect, it } from "vitest";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  int32,
  type OpName,
  parseProgram,
  philoxUniform,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { array, evaluate, numbers, variable } from "./evaluate.js";

/** One op on given arrays. */
function run(op: OpName, build: (b: GraphBuilder) => ValueId): readonly number[] {
  const outputs = evaluate((b) => {
    const value = build(b);
    expect([op, "constant"]).toContain(b.node(value).op);
    return { value };
  });
  return numbers(outputs, "value");
}

const list = (b: GraphBuilder, ...values: readonly number[]): ValueId => b.constant(float32(values.length), values);
const matrix = (b: GraphBuilder, rows: readonly (readonly number[])[]): ValueId =>
  b.constant(float32(rows.length, rows[0]?.length ?? 0), rows.flat());

/** Correctly rounded values. */
const erfTable: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [-1.5, -0.9661051464753108],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [7, 1],
]);

describe("values written out by hand", () => {
  const unary: readonly [OpName, (x: number) => number, readonly number[]][] = [
    ["neg", (x) => -x, [1, -2, 0.5]],
    ["abs", Math.abs, [1, -2, 0]],
    ["sign", Math.sign, [1.5, -2, 0]],
    ["exp", Math.exp, [0, 1, -2]],
    ["expm1", Math.expm1, [1e-10, 1]],
    ["log", Math.log, [1, 2, 0]],
    ["log1p", Math.log1p, [1e-10, 2]],
    ["sqrt", Math.sqrt, [4, 2]],
    ["cos", Math.cos, [0, 1, 3]],
    ["erf", (x) => erfTable.get(x) ?? NaN, [...erfTable.keys()]],
    ["sigmoid", (x) => 1 / (1 + Math.exp(-x)), [0, 3, -3]],
    ["softplus", (x) => Math.log(1 + Math.exp(x)), [0, 3, -3]],
    ["tanh", Math.tanh, [0, 3, -0.3]],
    ["relu", (x) => (x > 0 ? x : 0), [2, -2, 0]],
  ];
  it.each(unary)("%s", (op, compute, xs) => {
    const actual = run(op, (b) => b.apply(op as "neg", [list(b, ...xs)], {}));
    xs.forEach((x, place) => expect(actual[place]).toBeCloseTo(compute(x), 12));
  });

  it("softplus and sigmoid at large numbers", () => {
    expect(run("softplus", (b) => b.softplus(list(b, 800, -800)))).toEqual([800, 0]);
    expect(run("sigmoid", (b) => b.sigmoid(list(b, 800, -800)))).toEqual([1, 0]);
  });

  const binary: readonly [OpName, readonly number[]][] = [
    ["add", [5, 1, 3]],
    ["sub", [-1, -3, 3]],
    ["mul", [6, -2, 0]],
    ["div", [2 / 3, -1 / 2, Infinity]],
    ["pow", [8, 1, 1]],
    ["maximum", [3, 2, 3]],
    ["minimum", [2, -1, 0]],
    ["less", [1, 1, 0]],
    ["lessEqual", [1, 1, 0]],
    ["equal", [0, 0, 0]],
  ];
  it.each(binary)("%s", (op, expected) => {
    expect(run(op, (b) => b.apply(op as "add", [list(b, 2, -1, 3), list(b, 3, 2, 0)], {}))).toEqual(expected);
  });

  it("comparisons of equal numbers", () => {
    expect(run("equal", (b) => b.equal(list(b, 2), list(b, 2)))).toEqual([1]);
    expect(run("lessEqual", (b) => b.lessEqual(list(b, 2), list(b, 2)))).toEqual([1]);
    expect(run("less", (b) => b.less(list(b, 2), list(b, 2)))).toEqual([0]);
  });

  it("cast truncates to integers and asks for non-zero as bool", () => {
    expect(run("cast", (b) => b.cast(list(b, 2.7, -2.7), "int32"))).toEqual([2, -2]);
    expect(run("cast", (b) => b.cast(list(b, 0, -0.5), "bool"))).toEqual([0, 1]);
  });

  it("not, and, select, reluGrad", () => {
    const bits = (b: GraphBuilder, ...values: readonly number[]): ValueId =>
      b.constant({ dtype: "bool", shape: [values.length] }, values);
    expect(run("not", (b) => b.not(bits(b, 1, 0)))).toEqual([0, 1]);
    expect(run("and", (b) => b.and(bits(b, 0, 0, 1, 1), bits(b, 0, 1, 0, 1)))).toEqual([0, 0, 0, 1]);
    expect(run("select", (b) => b.select(bits(b, 1, 0), list(b, 1, 2), list(b, 3, 4)))).toEqual([1, 4]);
    expect(run("reluGrad", (b) => b.reluGrad(list(b, 5, 6, 7), list(b, 1, 0, -1)))).toEqual([5, 0, 0]);
  });

  it("binary ops broadcast on either side", () => {
    const sum = evaluate((b) => ({ y: b.add(matrix(b, [[1], [2]]), list(b, 10, 20, 30)) }));
    expect(sum["y"]).toMatchObject({ shape: [2, 3], data: Float64Array.of(11, 21, 31, 12, 22, 32) });
  });

  it("matmul in its four forms, and of stacks", () => {
    const product = [19, 22, 43, 50];
    const a = [
      [1, 2],
      [3, 4],
    ];
    const c = [
      [5, 6],
      [7, 8],
    ];
    const flip = (m: readonly (readonly number[])[]): number[][] =>
      [0, 1].map((column) => m.map((row) => row[column] ?? 0));
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const form = { transposeA, transposeB };
        const sides = (b: GraphBuilder): ValueId =>
          b.matmul(matrix(b, transposeA ? flip(a) : a), matrix(b, transposeB ? flip(c) : c), form);
        expect(run("matmul", sides)).toEqual(product);
      }
    }
    const stacked = run("matmul", (b) =>
      b.matmul(b.constant(float32(2, 1, 2), [1, 2, 3, 4]), b.constant(float32(2, 2, 1), [1, 10, 100, 1000])),
    );
    expect(stacked).toEqual([21, 4300]);
  });

  it("softmax of large numbers", () => {
    const [first = 0, second = 0] = run("softmax", (b) => b.softmax(list(b, 1000, 1000 + Math.log(3))));
    expect(first).toBeCloseTo(0.25, 12);
    expect(second).toBeCloseTo(0.75, 12);
  });

  it("sum and max over any axes", () => {
    const x = (b: GraphBuilder): ValueId => b.constant(float32(2, 2, 2), [1, 2, 3, 4, 5, 6, 7, -8]);
    expect(run("sum", (b) => b.sum(x(b), { axes: [1] }))).toEqual([4, 6, 12, -2]);
    expect(run("sum", (b) => b.sum(x(b), { axes: [0, 2] }))).toEqual([14, 6]);
    expect(run("max", (b) => b.max(x(b), { axes: [2] }))).toEqual([2, 4, 6, 7]);
    expect(run("max", (b) => b.max(x(b)))).toEqual([7]);
  });

  it("transpose, slice, pad, concat", () => {
    const x = (b: GraphBuilder): ValueId =>
      matrix(b, [
        [1, 2, 3],
        [4, 5, 6],
      ]);
    expect(run("transpose", (b) => b.transpose(x(b), [1, 0]))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(run("slice", (b) => b.slice(x(b), { axis: 1, begin: 1, size: 2 }))).toEqual([2, 3, 5, 6]);
    expect(run("slice", (b) => b.slice(x(b), { axis: 0, begin: 1, size: 1 }))).toEqual([4, 5, 6]);
    expect(run("pad", (b) => b.pad(x(b), { axis: 1, before: 1, after: 0 }))).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
    const one = (b: GraphBuilder): ValueId => matrix(b, [[7], [8]]);
    expect(run("concat", (b) => b.concat([x(b), one(b)], -1))).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
    expect(run("concat", (b) => b.concat([x(b), x(b)], 0))).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  });

  it("broadcast to a shape with the sizes of the call", () => {
    const outputs = evaluate(
      (b) => {
        b.input("x", float32("B"));
        return { y: b.broadcast(b.input("row", float32(2)), ["B", 2]) };
      },
      { x: array([2], 0, 0), row: array([2], 1, 2) },
    );
    expect(outputs["y"]).toMatchObject({ shape: [2, 2], data: Float64Array.of(1, 2, 1, 2) });
  });

  it("gather, segmentSum, unique, uniqueIndex", () => {
    const outputs = evaluate(
      (b) => {
        const ids = b.input("ids", int32("B"));
        const rows = b.gather(
          matrix(b, [
            [1, 10],
            [2, 20],
            [3, 30],
          ]),
          ids,
        );
        const distinct = b.unique(ids);
        const index = b.uniqueIndex(ids);
        return { rows, distinct, index, sums: b.segmentSum(rows, index, b.shape(distinct)[0] ?? 0) };
      },
      { ids: array([4], 2, 0, 2, 1) },
    );
    expect(numbers(outputs, "rows")).toEqual([3, 30, 1, 10, 3, 30, 2, 20]);
    expect(numbers(outputs, "distinct")).toEqual([2, 0, 1]);
    expect(numbers(outputs, "index")).toEqual([0, 1, 0, 2]);
    expect(outputs["sums"]).toMatchObject({ shape: [3, 2], data: Float64Array.of(6, 60, 1, 10, 2, 20) });
  });

  it("random by its seed, stream and step", () => {
    const outputs = evaluate(
      (b) => ({ y: b.random(b.input("step", int32()), b.scalar(7, "int32"), { stream: 9, shape: [2, 3] }) }),
      {
        step: array([], 5),
      },
    );
    expect(numbers(outputs, "y")).toEqual([...philoxUniform(7, 9, 5, 6)]);
  });
});

const program = parseProgram(`state w: float32[2] parameter
  piece w row=0 rows=2 constant value=0
state old: float32[2] statistic
  piece old row=0 rows=2 constant value=0
state table: float32[3, 1] parameter
  piece table row=0 rows=3 constant value=0
function train
  %0: float32[2] = input name=x type=float32[2]
  %1: float32[2] = state name=w
  %2: float32[2] = add %1 %0
  %3: int32[N] = input name=ids type=int32[N]
  %4: float32[N, 1] = input name=rows type=float32[N, 1]
  %5: float32[3, 1] = state name=table
  %6: float32[N, 1] = gather %5 %3
  output before = %6
  assign w = %2
  assign old = %1
  scatter table rows %3 = %4
`);

describe("state", () => {
  const feeds = { x: array([2], 1, 2), ids: array([2], 2, 0), rows: array([2, 1], 5, 6) };

  it("is read as it was before the call and updated together at its end", () => {
    const interpreter = createInterpreter(program, new Map([["w", [10, 20]]]));
    expect(numbers(interpreter.run("train", feeds), "before")).toEqual([0, 0]);
    expect([...interpreter.get("w").data]).toEqual([11, 22]);
    expect([...interpreter.get("old").data]).toEqual([10, 20]);
    expect([...interpreter.get("table").data]).toEqual([6, 0, 5]);
    expect(numbers(interpreter.run("train", feeds), "before")).toEqual([5, 6]);
    expect([...interpreter.get("old").data]).toEqual([11, 22]);
  });

  it("can be replaced, and what was taken out is a copy", () => {
    const interpreter = createInterpreter(program);
    interpreter.set("w", [3, 4]);
    interpreter.get("w").data.fill(9);
    expect([...interpreter.get("w").data]).toEqual([3, 4]);
    expect(() => interpreter.set("w", [3])).toThrow("a tensor of shape [2] has 2 elements, not 1");
    expect(() => interpreter.get("v")).toThrow("the program has no state `v`");
  });

  it("refuses what does not fit", () => {
    const { run: call } = createInterpreter(program);
    expect(() => call("test", {})).toThrow("the program has no function `test`");
    expect(() => call("train", { x: feeds.x })).toThrow("`train` needs the input `ids`");
    expect(() => call("train", { ...feeds, x: array([3], 1, 2, 3) })).toThrow(
      "`x` has the shape [3]; it is float32[2]",
    );
    expect(() => call("train", { ...feeds, ids: array([1], 0) })).toThrow("`rows` has the shape [2, 1]");
    expect(() => call("train", { ...feeds, ids: array([2], 0, 3) })).toThrow("id 3 is outside of [0, 3)");
    expect(() => call("train", { ...feeds, ids: array([2], 0, 0) })).toThrow("the rows to replace are distinct");
  });
});

it("reads state through the builder like the program does", () => {
  const w = variable("w", float32(2));
  const outputs = evaluate((b) => ({ y: b.scale(b.state(w), 2) }), {}, new Map([["w", [1.5, 2.5]]]));
  expect(numbers(outputs, "y")).toEqual([3, 5]);
});
