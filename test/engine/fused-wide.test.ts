/** Instructions of the fused engine that take several vectors of columns, or several rows, at a time: of every remainder, against the interpreter. */
import { afterEach, describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  float32,
  GraphBuilder,
  int32,
  type Program,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { fusedPlan } from "../../src/compiler/targets/fused/index.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { distance } from "../lower/harness.js";
import { fusedMissing } from "./engines.js";

const rows = 140;
const widths = [1, 7, 8, 15, 16, 31, 48, 64, 70, 136, 272];

type Feeds = Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }>;

const numbers = (...shape: readonly number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => Math.sin(at * 1.7)),
});

/** Most rows have one id, as values of a feature do. */
const idsBelow = (limit: number) => ({
  shape: [rows],
  data: Int32Array.from({ length: rows }, (_, at) => (at % 3 === 0 ? (at * 7) % limit : limit - 1)),
});

interface Case {
  readonly fn: ReturnType<GraphBuilder["finish"]>;
  readonly feeds: Feeds;
}

function built(
  feeds: Feeds,
  write: (b: GraphBuilder, inputs: Readonly<Record<string, ValueId>>) => Record<string, ValueId>,
): Case {
  const b = new GraphBuilder("f");
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [
      name,
      b.input(name, data instanceof Float32Array ? float32(...shape) : int32(...shape)),
    ]),
  );
  const outputs = Object.entries(write(b, inputs)).map(([name, value]) => ({ name, value }));
  return { fn: b.finish(outputs), feeds };
}

function expectSame({ fn, feeds }: Case): void {
  const program: Program = { state: [], functions: [fn] };
  const session = openFusedOnly(program, { trainBatch: rows });
  if (session === undefined) throw new Error("the engine does not run it");
  const found = session.run("f", feeds);
  for (const [name, { data }] of Object.entries(createInterpreter(program).run("f", feeds)))
    expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 2e-5]).toEqual([name, true]);
  session.close();
}

const sumsBySegment = (width: number): Case =>
  built({ x: numbers(rows, width), few: idsBelow(3), more: idsBelow(23), most: idsBelow(139) }, (b, inputs) => {
    const { x = -1, few = -1, more = -1, most = -1 } = inputs;
    // Computed, so that the sums are of the rows at hand.
    const rowsOf = b.mul(x, b.scalar(2));
    return {
      few: b.segmentSum(rowsOf, few, 3),
      more: b.segmentSum(rowsOf, more, 23),
      most: b.segmentSum(rowsOf, most, 139),
    };
  });

const sumsOfRows = (width: number): Case =>
  built(
    {
      ...Object.fromEntries([5, 9, 40].map((size) => [`table${size}`, numbers(size, width)])),
      ...Object.fromEntries([5, 9, 40].map((size) => [`ids${size}`, idsBelow(size)])),
    },
    (b, inputs) => {
      const gathers = [5, 9, 40].map((size) => b.gather(inputs[`table${size}`] ?? -1, inputs[`ids${size}`] ?? -1));
      return {
        sum: gathers.reduce((sum, each) => b.add(sum, each)),
        over: b.sum(inputs["table40"] ?? -1, { axes: [0] }),
      };
    },
  );

const productsOfEach = (width: number): Case =>
  built({ wide: numbers(rows, 5, width), row: numbers(rows, 1, width), few: numbers(rows, 1, 5) }, (b, inputs) => {
    const { wide = -1, row = -1, few = -1 } = inputs;
    return {
      mix: b.matmul(few, wide),
      dots: b.matmul(row, wide, { transposeB: true }),
      outer: b.matmul(few, row, { transposeA: true }),
      normal: b.softmax(b.reshape(wide, [rows, 5 * width])),
      sums: b.sum(wide, { axes: [0, 1] }),
    };
  });

describe.skipIf(fusedMissing !== undefined)("instructions for wide rows", () => {
  afterEach(() => {
    delete process.env["MTLC_THREADS"];
  });

  const cases = widths.flatMap((width) => [1, 2, 3].map((threads) => [width, threads] as const));
  it.each(cases)("add up rows of %i numbers as the interpreter does, with %i threads", (width, threads) => {
    process.env["MTLC_THREADS"] = String(threads);
    expectSame(sumsBySegment(width));
    expectSame(sumsOfRows(width));
  });

  it.each(cases)("multiply rows of %i numbers as the interpreter does, with %i threads", (width, threads) => {
    process.env["MTLC_THREADS"] = String(threads);
    expectSame(productsOfEach(width));
  });

  it.each([1, 2, 3, 4, 5, 8, 9, 16])("make shares of %i numbers as the interpreter does", (size) => {
    const x = numbers(rows, size);
    // A row far from the others, whose shares are those of its own highest number.
    x.data.fill(200, 0, size);
    expectSame(
      built({ x }, (b, { x: given = -1 }) => ({
        y: b.softmax(b.add(given, b.scalar(0))),
        z: b.softmax(b.mul(given, b.scalar(3))),
      })),
    );
  });
});

describe("values that are joined", () => {
  const joined = built({ x: numbers(rows, 16), a: numbers(16, 32), c: numbers(rows, 32) }, (b, inputs) => {
    const { x = -1, a = -1, c = -1 } = inputs;
    const made = b.matmul(x, a);
    const twice = b.concat([made, b.mul(c, b.scalar(2)), made], 0);
    const all = b.concat([b.mul(x, b.scalar(3)), b.reshape(twice, [6 * rows, 16])], 0);
    const ids = b.constant(
      int32(40),
      Array.from({ length: 40 }, (_, at) => (at * 19) % (7 * rows)),
    );
    return { read: b.gather(all, ids), sum: b.sum(twice, { axes: [1] }) };
  });

  it("are computed where they are joined, but for one that is there twice", () => {
    const plan = fusedPlan(bindDims(joined.fn, {}), rows);
    const copies = (plan?.phases.flat() ?? [])
      .flatMap(({ instructions }) => instructions)
      .filter(({ code, operands }) => code === "copy" && plan?.buffers[operands[0]?.buffer ?? -1]?.kind !== "output");
    expect(copies).toHaveLength(1);
  });

  it.skipIf(fusedMissing !== undefined)("are what the interpreter has", () => {
    expectSame(joined);
  });

  const beside = built({ x: numbers(rows, 16), a: numbers(16, 40), c: numbers(rows, 32) }, (b, inputs) => {
    const { x = -1, a = -1, c = -1 } = inputs;
    const made = b.relu(b.matmul(x, a));
    const wide = b.mul(c, b.scalar(2));
    const few = b.exp(b.slice(c, { axis: 1, begin: 3, size: 4 }));
    const viewed = b.neg(c);
    const all = b.concat([made, wide, few, b.slice(viewed, { axis: 1, begin: 0, size: 32 }), wide], 1);
    return {
      product: b.matmul(
        all,
        b.constant(
          float32(140, 8),
          Array.from({ length: 140 * 8 }, (_, at) => Math.cos(at)),
        ),
      ),
      slope: b.matmul(all, c, { transposeA: true }),
      sum: b.sum(made, { axes: [0] }),
      again: b.softmax(wide),
      turned: b.matmul(b.reshape(viewed, [rows, 4, 8]), b.reshape(wide, [rows, 8, 4])),
    };
  });

  it("are computed beside each other where they are columns", () => {
    const plan = fusedPlan(bindDims(beside.fn, {}), rows);
    const widths = (plan?.phases.flat() ?? []).flatMap(({ instructions }) =>
      instructions.flatMap(({ code, operands, numbers: [, , width] }) =>
        code === "copy" && plan?.buffers[operands[0]?.buffer ?? -1]?.kind !== "output" ? [width] : [],
      ),
    );
    expect(widths.filter((width) => width === 40)).toEqual([]);
  });

  it.skipIf(fusedMissing !== undefined).each([1, 2, 3])(
    "are what the interpreter has beside each other, with %i threads",
    (threads) => {
      process.env["MTLC_THREADS"] = String(threads);
      expectSame(beside);
      delete process.env["MTLC_THREADS"];
    },
  );
});
