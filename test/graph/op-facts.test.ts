import { describe, expect, it } from "vitest";
import { GraphBuilder, float32, int32, type OpName } from "../../src/compiler/graph/index.js";
import { nodeFlops, opTable } from "../../src/compiler/graph/ops/table.js";
import { sizeOfShape } from "../../src/compiler/graph/tensor.js";

const ops = Object.keys(opTable) as readonly OpName[];

/** Operations of the node that a function makes. */
function flopsOf(make: (builder: GraphBuilder) => number): number {
  const builder = new GraphBuilder("f");
  const node = builder.node(make(builder));
  const inputs = node.inputs.map((input) => builder.type(input));
  return nodeFlops(node, inputs, (shape) => sizeOfShape(shape.filter((size) => typeof size === "number")));
}

describe("the rows of ops", () => {
  it("leave out of compiled calls what reads, decides sizes or is slow there", () => {
    expect(ops.filter((op) => !opTable[op].compilable).toSorted()).toEqual(
      ["input", "random", "segmentSum", "state", "unique", "uniqueIndex"].toSorted(),
    );
  });

  it("fold constants, but what a call decides", () => {
    expect(ops.filter((op) => !opTable[op].foldable).toSorted()).toEqual(
      ["constant", "input", "random", "state", "unique"].toSorted(),
    );
  });

  it("count operations by what goes in, what comes out, or neither", () => {
    const x = (builder: GraphBuilder): number => builder.input("x", float32(2, 3));
    expect(flopsOf((b) => b.add(x(b), b.input("y", float32(3))))).toBe(6);
    expect(flopsOf((b) => b.exp(x(b)))).toBe(6);
    expect(flopsOf((b) => b.sum(x(b), { axes: [1] }))).toBe(6);
    expect(flopsOf((b) => b.softmax(x(b)))).toBe(30);
    expect(flopsOf((b) => b.matmul(x(b), b.input("w", float32(3, 5))))).toBe(2 * 2 * 3 * 5);
    expect(flopsOf((b) => b.matmul(x(b), b.input("w", float32(2, 5)), { transposeA: true }))).toBe(2 * 3 * 2 * 5);
    expect(flopsOf((b) => b.segmentSum(x(b), b.input("ids", int32(2)), 4))).toBe(6);
    expect(flopsOf((b) => b.reshape(x(b), [6]))).toBe(0);
    expect(flopsOf((b) => b.gather(x(b), b.input("ids", int32(7))))).toBe(0);
  });
});
