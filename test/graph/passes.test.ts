import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bindDims,
  createInterpreter,
  eliminateDeadCode,
  float32,
  GraphBuilder,
  type GraphFunction,
  initialize,
  int32,
  isStatic,
  liveValues,
  optimizers,
  appendTrainStep,
  padDistinct,
  partition,
  repeatedStep,
  schedules,
  type ValueId,
} from "../../src/compiler/graph/index.js";
import { variable } from "./evaluate.js";
import { batch, randomProgram, type RandomProgram, randomState } from "./random-graph.js";

function outcome({ program, feeds }: RandomProgram, fn: GraphFunction): unknown {
  const initial = new Map(randomState.map((each) => [each.name, initialize(each, 1)]));
  const interpreter = createInterpreter({ ...program, functions: [fn] }, initial);
  const outputs = interpreter.run(fn.name, feeds);
  return { outputs, state: randomState.map((each) => interpreter.get(each.name)) };
}

describe("a pass changes no result", () => {
  it("bindDims", () => {
    fc.assert(
      fc.property(randomProgram, (random) => {
        const bound = bindDims(random.fn, { B: batch });
        expect(outcome(random, bound)).toEqual(outcome(random, random.fn));
        const open = bound.nodes.filter((node) => !isStatic(node.type.shape)).flatMap((node) => node.type.shape);
        expect(open.filter((dim) => typeof dim === "string" && /\bB\b/.test(dim))).toEqual([]);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("eliminateDeadCode", () => {
    fc.assert(
      fc.property(randomProgram, (random) => {
        const fewer = { ...random.fn, outputs: random.fn.outputs.slice(1) };
        const swept = eliminateDeadCode(fewer);
        expect(outcome(random, swept)).toEqual(outcome(random, fewer));
        const read = swept.nodes.filter((node, id) => node.op !== "input" && !liveValues(swept).has(id));
        expect(read).toEqual([]);
        expect(eliminateDeadCode(swept)).toBe(swept);
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});

/** Whether some path leaves the set and comes back. */
function isConvex(fn: GraphFunction, set: ReadonlySet<ValueId>): boolean {
  const left = new Set<ValueId>();
  let convex = true;
  fn.nodes.forEach((node, id) => {
    if (set.has(id)) convex &&= !node.inputs.some((input) => left.has(input));
    else if (node.inputs.some((input) => set.has(input) || left.has(input))) left.add(id);
  });
  return convex;
}

/** The training step of two layers over a table that is updated sparsely, and a dense feature. */
function trainFunction(clip: boolean, sparse: ReadonlySet<string> = new Set(["table"])): GraphFunction {
  const b = new GraphBuilder("train");
  const table = variable("table", float32(1000, 8));
  const first = variable("w0", float32(27, 16));
  const second = variable("w1", float32(16, 1));
  const looked = b.slice(b.input("ids", int32("B", 4)), { axis: 1, begin: 0, size: 3 });
  const rows = b.reshape(b.gather(b.state(table), looked), ["B", 24]);
  const x = b.concat([rows, b.log1p(b.abs(b.input("numbers", float32("B", 3))))], 1);
  const keep = b.less(b.random(b.state(step), b.scalar(1, "int32"), { stream: 1, shape: ["B", 16] }), b.scalar(0.9));
  const hidden = b.select(keep, b.relu(b.matmul(x, b.state(first))), b.scalar(0));
  const loss = b.mean(b.softplus(b.matmul(hidden, b.state(second))));
  const train = appendTrainStep(b, {
    loss,
    variables: [table, first, second],
    sparse,
    optimizer: { kind: optimizers.adam, settings: {} },
    schedule: { kind: schedules.cosine, settings: { steps: 100, warmup: 10 } },
    clip: clip ? { kind: "norm", limit: 1 } : { kind: "none" },
    step,
  });
  return bindDims(b.finish([{ name: "loss", value: loss }], train.updates), { B: 1024 });
}

const step = variable("step", int32(), "step");

describe("partition", () => {
  it("is convex, of known sizes, and without what must stay outside, in random programs", () => {
    fc.assert(
      fc.property(randomProgram, ({ fn }) => {
        const bound = bindDims(fn, { B: batch });
        const set = partition(bound);
        expect(isConvex(bound, set)).toBe(true);
        for (const id of set) {
          const node = bound.nodes[id];
          expect(["input", "state", "constant", "random", "unique", "uniqueIndex", "segmentSum"]).not.toContain(
            node?.op,
          );
          expect(isStatic(node?.type.shape ?? ["?"])).toBe(true);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it("takes all products and dense updates of a training step, and leaves the table's rows outside", () => {
    const fn = trainFunction(false);
    const set = partition(fn);
    expect(isConvex(fn, set)).toBe(true);
    const left = fn.nodes.flatMap((node, id) => (set.has(id) ? [] : [node]));
    expect(left.filter((node) => node.op === "matmul")).toEqual([]);
    const dense = fn.updates.flatMap((update) =>
      update.kind === "assign" && update.state !== "step" ? [update.value] : [],
    );
    expect(dense).toHaveLength(6);
    expect(dense.filter((id) => !set.has(id))).toEqual([]);
    // What no compiler needs to see: the slice of the ids before the gather, the rows of the table after the step.
    const ids = fn.nodes.findIndex((node) => node.op === "slice" && node.type.dtype === "int32");
    expect(set.has(ids)).toBe(false);
    for (const update of fn.updates) {
      if (update.kind === "scatter") expect(set.has(update.rows)).toBe(false);
    }
  });

  it("takes the products also when clipping puts the updates after the rows", () => {
    const fn = trainFunction(true);
    const set = partition(fn);
    expect(isConvex(fn, set)).toBe(true);
    expect(fn.nodes.filter((node, id) => node.op === "matmul" && !set.has(id))).toEqual([]);
  });

  it("leaves steps of an update outside that the rest of it does not follow", () => {
    const fn = trainFunction(false, new Set());
    const set = partition(fn);
    const lone = fn.nodes.findIndex(
      (node) => node.op === "mul" && fn.nodes[node.inputs[0] ?? -1]?.type.shape[0] === 1000,
    );
    expect(fn.nodes[lone]?.type.shape).toEqual([1000, 8]);
    expect(set.has(lone)).toBe(false);
    expect(fn.nodes.filter((node, id) => node.op === "matmul" && !set.has(id))).toEqual([]);
  });

  it("is empty where nothing has a known size", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32("B", 3));
    const fn = b.finish([{ name: "y", value: b.tanh(b.matmul(x, b.state(variable("w", float32(3, 2))))) }]);
    expect(partition(fn)).toEqual(new Set());
    expect(partition(bindDims(fn, { B: 4 })).size).toBe(2);
  });

  it("sees through the test's own measure of convexity", () => {
    const b = new GraphBuilder("f");
    const x = b.input("x", float32(2));
    const inside = b.tanh(x);
    const outside = b.exp(inside);
    const back = b.add(inside, outside);
    const fn = b.finish([{ name: "y", value: back }]);
    expect(isConvex(fn, new Set([inside, back]))).toBe(false);
    expect(isConvex(fn, new Set([inside, outside, back]))).toBe(true);
  });
});

describe("a step for a compiled loop", () => {
  const table = variable("table", float32(50, 4));
  const narrow = variable("narrow", float32(70, 1));
  const ofIds = (
    make: (
      b: GraphBuilder,
      ids: { readonly distinct: ValueId; readonly index: ValueId; readonly count: string },
    ) => ValueId,
    rows = 6,
  ): GraphFunction => {
    const b = new GraphBuilder("f");
    const ids = b.input("ids", int32("B"));
    const distinct = b.unique(ids);
    const of = { distinct, index: b.uniqueIndex(ids), count: String(b.shape(distinct)[0]) };
    const value = make(b, of);
    const update = {
      kind: "scatter",
      state: table.name,
      ids: distinct,
      rows: b.gather(b.state(table), distinct),
    } as const;
    return bindDims(b.finish([{ name: "y", value }], [update]), { B: rows });
  };
  const summed = (b: GraphBuilder, index: ValueId, count: string): ValueId =>
    b.segmentSum(b.input("x", float32("B")), index, count);

  it("is one with its random numbers, its tables, and rows that it touches, clipped or not", () => {
    for (const clip of [false, true])
      for (const sparse of [new Set<string>(), new Set(["table"])]) {
        const step = repeatedStep(trainFunction(clip, sparse));
        expect(step?.fn.nodes.filter(({ type }) => !isStatic(type.shape))).toEqual([]);
        expect(step?.distinct.map(({ rows }) => rows)).toEqual(sparse.size === 0 ? [] : [1000]);
      }
  });

  it("has a list of distinct ids as long as the ids, of the largest table that is read by it", () => {
    const step = repeatedStep(
      ofIds((b, { distinct, index, count }) =>
        b.sum(
          b.gather(b.mul(b.gather(b.state(narrow), distinct), b.reshape(summed(b, index, count), [count, 1])), index),
        ),
      ),
    );
    expect(step?.fn.nodes.find(({ op }) => op === "unique")?.type.shape).toEqual([6]);
    expect(step?.distinct).toEqual([{ ids: 0, rows: 70 }]);
  });

  it("sums over distinct ids only what is 0 where none is", () => {
    const square = ofIds((b, { index, count }) => b.sum(b.square(summed(b, index, count))));
    expect(padDistinct(square)).toBeDefined();
    const scaled = ofIds((b, { distinct, index, count }) =>
      b.sum(b.mul(b.gather(b.state(narrow), distinct), b.reshape(summed(b, index, count), [count, 1]))),
    );
    expect(padDistinct(scaled)).toBeDefined();
    const quotient = (b: GraphBuilder, index: ValueId, count: string): ValueId =>
      b.div(b.scalar(1), summed(b, index, count));
    expect(
      padDistinct(ofIds((b, { index, count }) => b.sum(b.mul(summed(b, index, count), quotient(b, index, count))))),
    ).toBeUndefined();
    // What fills up has rows of the table, and e^0.
    expect(padDistinct(ofIds((b, { distinct }) => b.sum(b.gather(b.state(table), distinct))))).toBeUndefined();
    expect(padDistinct(ofIds((b, { index, count }) => b.sum(b.exp(summed(b, index, count)))))).toBeUndefined();
    expect(padDistinct(ofIds((b, { index, count }) => b.max(summed(b, index, count))))).toBeUndefined();
  });

  it("is none where the number of distinct ids shows, or the ids are too many", () => {
    expect(padDistinct(ofIds((b, { index, count }) => summed(b, index, count)))).toBeUndefined();
    expect(padDistinct(ofIds((b, { index, count }) => b.reshape(summed(b, index, count), [1, count])))).toBeUndefined();
    const plain = (rows: number): GraphFunction => ofIds((b, { index, count }) => b.sum(summed(b, index, count)), rows);
    expect(repeatedStep(plain(2 ** 17))).toBeDefined();
    expect(repeatedStep(plain(2 ** 17 + 1))).toBeUndefined();
  });

  it("is none where rows are written by ids that are not distinct, or a batch decides a size", () => {
    const b = new GraphBuilder("f");
    const ids = b.input("ids", int32(3));
    const rows = b.gather(b.state(table), ids);
    const update = { kind: "scatter", state: table.name, ids, rows } as const;
    expect(repeatedStep(b.finish([{ name: "y", value: b.sum(rows) }], [update]))).toBeUndefined();
    const c = new GraphBuilder("f");
    const y = c.sum(c.input("x", float32("L")));
    const next = { kind: "assign", state: step.name, value: c.add(c.state(step), c.scalar(1, "int32")) } as const;
    const ofList = c.finish([{ name: "y", value: y }], [next]);
    expect(repeatedStep(ofList)).toBeUndefined();
    expect(repeatedStep(bindDims(ofList, { L: 4 }))).toBeDefined();
  });
});
