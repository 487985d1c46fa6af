import { describe, expect, it } from "vitest";
import {
  float32,
  type GraphError,
  GraphBuilder,
  int32,
  printFunction,
  type TensorType,
} from "../../src/compiler/graph/index.js";
import { array, evaluate, numbers, variable } from "./evaluate.js";

const builder = (): GraphBuilder => new GraphBuilder("f");

/** The lines of the nodes. */
function nodesOf(build: (b: GraphBuilder) => number): readonly string[] {
  const b = builder();
  const value = build(b);
  return printFunction(b.finish([{ name: "y", value }]))
    .split("\n")
    .filter((line) => line.startsWith("  %"))
    .map((line) => line.trim());
}

describe("equal values are one", () => {
  it("shares nodes with equal ops, inputs and attributes", () => {
    const b = builder();
    const x = b.input("x", float32("B", 4));
    expect(b.tanh(x)).toBe(b.tanh(x));
    expect(b.sum(x, { axes: [-1] })).toBe(b.sum(x, { axes: [1] }));
    expect(b.sum(x, { axes: [0, 1] })).toBe(b.sum(x));
    expect(b.sum(x, { axes: [1], keepDims: true })).not.toBe(b.sum(x, { axes: [1] }));
    expect(b.input("x", float32("B", 4))).toBe(x);
    expect(b.unique(b.input("ids", int32(3)))).toBe(b.unique(b.input("ids", int32(3))));
  });

  it("keeps numbers apart that print alike elsewhere", () => {
    const b = builder();
    const ids = [0, -0, Infinity, -Infinity, NaN].map((value) => b.scalar(value));
    expect(new Set(ids).size).toBe(5);
    expect(b.scalar(1)).not.toBe(b.scalar(1, "int32"));
  });

  it("draws other random numbers for another stream", () => {
    const b = builder();
    const step = b.input("step", int32());
    const draw = (stream: number): number => b.random(step, b.scalar(1, "int32"), { stream, shape: ["B"] });
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
  });
});

describe("what changes nothing is not written", () => {
  const unchanged: readonly [string, (b: GraphBuilder, x: number) => number][] = [
    ["x · 1", (b, x) => b.scale(x, 1)],
    ["1 · x", (b, x) => b.mul(b.ones(["B", 4]), x)],
    ["x + 0", (b, x) => b.add(x, b.zeros([4]))],
    ["0 + x", (b, x) => b.add(b.scalar(0), x)],
    ["x − 0", (b, x) => b.sub(x, b.scalar(0))],
    ["x / 1", (b, x) => b.div(x, b.scalar(1))],
    ["x ^ 1", (b, x) => b.pow(x, b.scalar(1))],
    ["−−x", (b, x) => b.neg(b.neg(x))],
    ["a reshape there and back", (b, x) => b.reshape(b.reshape(x, ["4*B"]), ["B", 4])],
    ["a transpose of nothing", (b, x) => b.transpose(x, [0, 1])],
    ["a broadcast to the same", (b, x) => b.broadcast(x, ["B", 4])],
    ["a cast to the same", (b, x) => b.cast(x, "float32")],
    ["a sum over no axis", (b, x) => b.sum(x, { axes: [] })],
    ["a concat of one", (b, x) => b.concat([x], 1)],
    ["a whole slice", (b, x) => b.slice(x, { axis: 1, begin: 0, size: 4 })],
    ["a pad of nothing", (b, x) => b.pad(x, { axis: 1, before: 0, after: 0 })],
    ["sumTo the same shape", (b, x) => b.sumTo(x, ["B", 4])],
  ];
  it.each(unchanged)("%s", (_name, build) => {
    const b = builder();
    const x = b.input("x", float32("B", 4));
    expect(build(b, x)).toBe(x);
  });

  it("keeps what stretches: x · 1 with a larger 1", () => {
    const b = builder();
    const x = b.input("x", float32(1, 4));
    expect(b.shape(b.mul(x, b.ones([3, 4])))).toEqual([3, 4]);
    expect(b.shape(b.add(b.zeros([3, 4]), x))).toEqual([3, 4]);
  });

  it("computes on constants at once", () => {
    expect(nodesOf((b) => b.add(b.exp(b.scalar(0)), b.scale(b.scalar(3), 2)))).toEqual([
      "%0: float32[] = constant type=float32[] value=7",
    ]);
    expect(nodesOf((b) => b.square(b.constant(float32(3), [1, 2, 3])))).toEqual([
      "%0: float32[3] = constant type=float32[3] value=[1, 4, 9]",
    ]);
  });
});

describe("types that do not fit", () => {
  const wrong: readonly [string, (b: GraphBuilder) => number, string][] = [
    [
      "shapes that do not broadcast",
      (b) => b.add(b.input("x", float32("B", 3)), b.input("y", float32("B", 4))),
      "`add` needs shapes that broadcast together, has float32[B, 3], float32[B, 4]",
    ],
    [
      "two symbolic sizes",
      (b) => b.mul(b.input("x", float32("B")), b.input("y", float32("U"))),
      "has float32[B], float32[U]",
    ],
    [
      "mixed element types",
      (b) => b.add(b.input("x", float32()), b.input("y", int32())),
      "`add` needs inputs of one element type, has float32[] and int32[]",
    ],
    ["floats for ids", (b) => b.gather(b.input("x", float32(3)), b.input("y", float32())), "`gather` needs int32"],
    [
      "a product that does not fit",
      (b) => b.matmul(b.input("x", float32("B", 3)), b.input("w", float32(4, 2)), { transposeB: true }),
      "`matmul` needs equal leading sizes and as many columns as rows, has float32[B, 3] and float32[4, 2]ᵀ",
    ],
    [
      "batches of matrices of unequal number",
      (b) => b.matmul(b.input("x", float32(2, "B", 3)), b.input("w", float32(3, 2))),
      "`matmul` needs equal leading sizes",
    ],
    [
      "a reshape to other elements",
      (b) => b.reshape(b.input("x", float32("B", 6)), ["B", 2, 4]),
      "`reshape` needs as many elements before as after, has float32[B, 6] (6*B) and [B, 2, 4] (8*B)",
    ],
    [
      "an axis that is not there",
      (b) => b.sum(b.input("x", float32("B")), { axes: [1] }),
      "`sum` has no axis 1 in float32[B]",
    ],
    ["an axis twice", (b) => b.sum(b.input("x", float32("B")), { axes: [0, 0] }), "`sum` names axis 0 twice"],
    [
      "a slice past the end",
      (b) => b.slice(b.input("x", float32("B", 4)), { axis: 1, begin: 3, size: 2 }),
      "`slice` has no [3, 5) on axis 1 of float32[B, 4]",
    ],
    [
      "a slice of a symbolic axis",
      (b) => b.slice(b.input("x", float32("B", 4)), { axis: 0, begin: 0, size: 2 }),
      "`slice` needs a known size on axis 0",
    ],
    [
      "a concat of sizes that do not add up",
      (b) => b.concat([b.input("x", float32("B")), b.input("y", float32(3))], 0),
      "`concat` needs inputs that differ only on axis 0, in sizes that add up, has float32[B], float32[3]",
    ],
    [
      "an invalid stretch",
      (b) => b.broadcast(b.input("x", float32("B", 2)), ["B", 4]),
      "`broadcast` cannot stretch float32[B, 2] to [B, 4]",
    ],
    [
      "a permutation with an axis twice",
      (b) => b.transpose(b.input("x", float32("B", 2)), [0, 0]),
      "`transpose` needs each axis of float32[B, 2] once",
    ],
    [
      "segment ids of another length",
      (b) => b.segmentSum(b.input("x", float32("B", 2)), b.input("i", int32("U")), 3),
      "`segmentSum` needs an id for each row, has float32[B, 2] and int32[U]",
    ],
    [
      "a constant of too few values",
      (b) => b.constant(float32(3), [1, 2]),
      "`constant` needs a value for each element",
    ],
    ["an invalid size", (b) => b.input("x", float32("B-1")), "`input` has `B-1` as a size"],
    [
      "unequal shapes of reluGrad",
      (b) => b.reluGrad(b.input("x", float32(2)), b.scalar(1)),
      "`reluGrad` needs inputs of one shape",
    ],
    ["a softmax of a scalar", (b) => b.softmax(b.scalar(1)), "`softmax` has no axis -1 in float32[]"],
    [
      "a list for random's step",
      (b) => b.random(b.input("s", int32(1)), b.scalar(1, "int32"), { stream: 1, shape: [] }),
      "`random` needs the step, int32[]",
    ],
    ["too few inputs", (b) => b.apply("add", [b.scalar(1)], {}), "`add` takes 2 inputs, has 1"],
  ];
  it.each(wrong)("%s", (_name, build, message) => {
    expect(() => build(builder())).toThrow(message);
  });

  it("name the part of the spec", () => {
    const b = builder();
    const span = { file: "m.mtl", start: 3, end: 9 };
    const fail = (): number =>
      b.within("towers", span, () => b.within("ctr", undefined, () => b.relu(b.input("x", int32("B")))));
    const expected: Partial<GraphError> = { span };
    expect(fail).toThrow(
      expect.objectContaining({ ...expected, message: "`relu` needs float32, has int32[B], in `towers/ctr`" }),
    );
  });

  it("two variables of one name", () => {
    const b = builder();
    b.state(variable("w", float32(2)));
    expect(() => b.state(variable("w", float32(3)))).toThrow("two variables that are called `w`");
  });
});

it("labels nodes with the path and the span of their context", () => {
  const b = builder();
  const span = { file: "m.mtl", start: 3, end: 9 };
  const x = b.input("x", float32("B"));
  const [inner, outer] = b.within("tower", span, () => [b.within("1", undefined, () => b.tanh(x)), b.exp(x)] as const);
  expect(b.node(inner)).toMatchObject({ label: "tower/1", span });
  expect(b.node(outer)).toMatchObject({ label: "tower", span });
  expect(b.node(b.neg(x))).not.toHaveProperty("label");
});

describe("finish", () => {
  it("drops what nothing needs, and keeps the input that says a size", () => {
    const b = builder();
    b.input("unused", float32("B", 2));
    b.exp(b.input("x", float32(2)));
    const fn = b.finish([{ name: "ones", value: b.ones(["B"]) }]);
    expect(fn.nodes.map((node) => node.op)).toEqual(["input", "constant", "broadcast"]);
    expect(fn.nodes[0]?.attributes).toMatchObject({ name: "unused" });
  });

  it("refuses a size that nothing says", () => {
    const b = builder();
    expect(() => b.finish([{ name: "y", value: b.ones(["B"]) }])).toThrow("nothing says the size `B`");
  });

  it("refuses two outputs of one name", () => {
    const b = builder();
    const x = b.input("x", float32());
    const outputs = [
      { name: "y", value: x },
      { name: "y", value: x },
    ];
    expect(() => b.finish(outputs)).toThrow("two outputs are called `y`");
  });
});

describe("conveniences", () => {
  const x = array([2, 3], 1, 2, 3, 4, 5, 6);
  const type: TensorType = float32("B", 3);

  it("mean over any axes, the symbolic one too", () => {
    const outputs = evaluate(
      (b) => {
        const value = b.input("x", type);
        return {
          all: b.mean(value),
          rows: b.mean(value, { axes: [1] }),
          columns: b.mean(value, { axes: [0], keepDims: true }),
        };
      },
      { x },
    );
    expect(numbers(outputs, "all")).toEqual([3.5]);
    expect(numbers(outputs, "rows")).toEqual([2, 5]);
    expect(outputs["columns"]).toMatchObject({ shape: [1, 3], data: Float64Array.of(2.5, 3.5, 4.5) });
  });

  it("sumTo undoes any broadcast", () => {
    const outputs = evaluate(
      (b) => {
        const value = b.input("x", type);
        return { row: b.sumTo(value, [3]), column: b.sumTo(value, ["B", 1]), scalar: b.sumTo(value, []) };
      },
      { x },
    );
    expect(numbers(outputs, "row")).toEqual([5, 7, 9]);
    expect(outputs["column"]).toMatchObject({ shape: [2, 1], data: Float64Array.of(6, 15) });
    expect(outputs["scalar"]).toMatchObject({ shape: [], data: Float64Array.of(21) });
  });

  it("moves axes of size 1", () => {
    const b = builder();
    const value = b.input("x", type);
    expect(b.shape(b.expandDims(value, 1))).toEqual(["B", 1, 3]);
    expect(b.shape(b.expandDims(value, -1))).toEqual(["B", 3, 1]);
    expect(b.squeeze(b.expandDims(value, 0), 0)).toBe(value);
    expect(() => b.squeeze(value, -1)).toThrow("axis -1 of [B, 3] is not of size 1");
    expect(b.shape(b.flatten(value))).toEqual(["3*B"]);
    expect(b.shape(b.flattenRows(b.input("y", float32("B", 5, 8)), 2))).toEqual(["5*B", 8]);
  });

  it("or, oneMinus, square", () => {
    const outputs = evaluate((b) => {
      const list = (...values: readonly number[]): number => b.constant({ dtype: "bool", shape: [4] }, values);
      return {
        or: b.or(list(0, 0, 1, 1), list(0, 1, 0, 1)),
        rest: b.oneMinus(b.scalar(0.25)),
        square: b.square(b.scalar(-3)),
      };
    });
    expect(numbers(outputs, "or")).toEqual([0, 1, 1, 1]);
    expect(numbers(outputs, "rest")).toEqual([0.75]);
    expect(numbers(outputs, "square")).toEqual([9]);
  });
});
