import { describe, expect, it } from "vitest";
import {
  createInterpreter,
  float32,
  GraphBuilder,
  gradients,
  int32,
  stateGradients,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { array, evaluate, numbers, variable } from "./evaluate.js";

const table = variable("table", float32(5, 2));
const ids = array([2, 3], 0, 4, 4, 1, 0, 4);

/** A loss over two reads of one table whose every row has another weight. */
function lossOfTwoReads(b: GraphBuilder): { readonly loss: ValueId; readonly read: ValueId } {
  const read = b.state(table);
  const many = b.gather(read, b.input("ids", int32("B", 3)));
  const few = b.gather(read, b.input("more", int32("B")));
  const weights = b.input("weights", float32("B", 3, 2));
  const loss = b.add(b.sum(b.mul(b.square(many), weights)), b.sum(b.exp(few)));
  return { loss, read };
}

const feeds = {
  ids,
  more: array([2], 1, 3),
  weights: array([2, 3, 2], ...Array.from({ length: 12 }, (_, place) => place + 1)),
};
const values = new Map([["table", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]]]);

describe("sparse gradients", () => {
  it("are the rows of every gather, and add up to the dense gradient", () => {
    const outputs = evaluate(
      (b) => {
        const { loss, read } = lossOfTwoReads(b);
        const [dense = -1] = gradients(b, loss, [read]);
        const [sparse] = stateGradients(b, loss, [read], new Set([read]));
        if (sparse?.kind !== "sparse") throw new Error("the gradient is not sparse");
        expect(sparse.parts.map((part) => [b.shape(part.ids), b.shape(part.rows)])).toEqual(
          expect.arrayContaining([
            [["3*B"], ["3*B", 2]],
            [["B"], ["B", 2]],
          ]),
        );
        const summed = sparse.parts.map((part) => b.segmentSum(part.rows, part.ids, 5));
        return { dense, sparse: summed.reduce((sum, part) => b.add(sum, part)) };
      },
      feeds,
      values,
    );
    const dense = numbers(outputs, "dense");
    expect(dense.some((value) => value !== 0)).toBe(true);
    numbers(outputs, "sparse").forEach((value, place) => expect(value).toBeCloseTo(dense[place] ?? NaN, 12));
  });

  it("never make an array of the table's size", () => {
    const b = new GraphBuilder("f");
    const { loss, read } = lossOfTwoReads(b);
    const [sparse] = stateGradients(b, loss, [read], new Set([read]));
    if (sparse?.kind !== "sparse") throw new Error("the gradient is not sparse");
    const outputs = sparse.parts.flatMap(({ ids, rows }, place) => [
      { name: `ids${place}`, value: ids },
      { name: `rows${place}`, value: rows },
    ]);
    const wide = b.finish(outputs).nodes.filter((node) => node.op !== "state" && node.type.shape[0] === 5);
    expect(wide).toEqual([]);
  });

  it("are dense when the table is also read whole", () => {
    const outputs = evaluate(
      (b) => {
        const read = b.state(table);
        const rows = b.gather(read, b.input("ids", int32("B", 3)));
        const loss = b.add(b.sum(rows), b.sum(b.square(read)));
        const [gradient] = stateGradients(b, loss, [read], new Set([read]));
        if (gradient?.kind !== "dense") throw new Error("the gradient is not dense");
        return { gradient: gradient.value, expected: gradients(b, loss, [read])[0] ?? -1 };
      },
      { ids },
      values,
    );
    expect(numbers(outputs, "gradient")).toEqual(numbers(outputs, "expected"));
    expect(numbers(outputs, "gradient").slice(0, 2)).toEqual([2 + 2 * 0.1, 2 + 2 * 0.2]);
  });

  it("are none where the loss does not depend on the variable", () => {
    const b = new GraphBuilder("f");
    const read = b.state(table);
    const x = b.input("x", float32("B"));
    expect(stateGradients(b, b.sum(x), [read], new Set([read]))).toEqual([{ kind: "none" }]);
  });
});

describe("gradients", () => {
  it("are zeros where the value does not reach the output", () => {
    const outputs = evaluate(
      (b) => {
        const x = b.input("x", float32("B", 2));
        const y = b.input("y", float32("B"));
        const [gradient = -1] = gradients(b, b.sum(y), [x]);
        return { gradient };
      },
      { x: array([2, 2], 1, 2, 3, 4), y: array([2], 1, 2) },
    );
    expect(outputs["gradient"]).toMatchObject({ shape: [2, 2], data: new Float64Array(4) });
  });

  it("pass a value that is both an end and on the way", () => {
    const outputs = evaluate(
      (b) => {
        const x = b.input("x", float32());
        const square = b.square(x);
        const [dx = -1, dsquare = -1] = gradients(b, b.exp(square), [x, square]);
        return { dx, dsquare };
      },
      { x: array([], 0.5) },
    );
    expect(numbers(outputs, "dsquare")[0]).toBeCloseTo(Math.exp(0.25), 12);
    expect(numbers(outputs, "dx")[0]).toBeCloseTo(Math.exp(0.25), 12);
  });

  it("go on from a given gradient of the output", () => {
    const outputs = evaluate(
      (b) => {
        const x = b.input("x", float32("B"));
        const shared = b.square(x);
        const loss = b.sum(b.mul(shared, shared));
        const [upstream = -1] = gradients(b, loss, [shared]);
        return { whole: gradients(b, loss, [x])[0] ?? -1, parts: gradients(b, shared, [x], upstream)[0] ?? -1 };
      },
      { x: array([3], 1, -2, 0.5) },
    );
    expect(numbers(outputs, "whole")).toEqual([4, -32, 0.5]);
    expect(numbers(outputs, "parts")).toEqual(numbers(outputs, "whole"));
  });

  it("refuse an output that is not a scalar", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32("B"));
    expect(() => gradients(b, x, [x])).toThrow("only a scalar of float32 has a gradient, not float32[B]");
  });

  it("write nothing for what leads to no wanted value", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32("B", 3));
    const w = b.state(variable("w", float32(3, 2)));
    const loss = b.sum(b.matmul(x, w));
    const before = b.finish([{ name: "loss", value: loss }]).nodes.length;
    const [gradient = -1] = gradients(b, loss, [w]);
    const nodes = b.finish([{ name: "g", value: gradient }]).nodes;
    // Only the product with xᵀ, and what its factor is made of.
    expect(nodes.filter((node) => node.op === "matmul")).toHaveLength(1);
    expect(nodes.length).toBeLessThanOrEqual(before + 3);
  });

  it("carry the label and the span of what they are the gradient of", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32("B"));
    const span = { file: "m.mtl", start: 1, end: 2 };
    const y = b.within("tower", span, () => b.tanh(x));
    const [gradient = -1] = gradients(b, b.sum(y), [x]);
    expect(b.node(gradient)).toMatchObject({ label: "gradient/tower", span });
  });
});

describe("slices of one value", () => {
  const parts = (sizes: readonly (readonly [number, number])[]): readonly [readonly string[], readonly number[]] => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32("B", 6));
    const terms = sizes.map(([begin, size], place) =>
      b.sum(b.scale(b.square(b.slice(x, { axis: 1, begin, size })), place + 1)),
    );
    const [gradient = -1] = gradients(
      b,
      terms.reduce((sum, term) => b.add(sum, term)),
      [x],
    );
    const fn = b.finish([{ name: "g", value: gradient }]);
    const run = createInterpreter({ state: [], functions: [fn] }).run("f", { x: array([1, 6], 1, 1, 1, 1, 1, 1) });
    return [fn.nodes.map((node) => node.op), numbers(run, "g")];
  };

  it("have gradients that are laid side by side", () => {
    const [ops, gradient] = parts([
      [2, 2],
      [0, 2],
      [4, 2],
    ]);
    expect(gradient).toEqual([4, 4, 2, 2, 6, 6]);
    expect(ops).toContain("concat");
    expect(ops).not.toContain("pad");
  });

  it("may leave gaps", () => {
    const [ops, gradient] = parts([
      [1, 1],
      [3, 2],
    ]);
    expect(gradient).toEqual([0, 2, 0, 4, 4, 0]);
    expect(ops).not.toContain("pad");
  });

  it("are added where they overlap", () => {
    const [ops, gradient] = parts([
      [0, 4],
      [2, 4],
    ]);
    expect(gradient).toEqual([2, 2, 6, 6, 4, 4]);
    expect(ops).toContain("pad");
  });
});
