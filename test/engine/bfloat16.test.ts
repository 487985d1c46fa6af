/** Products in bfloat16 against sums in float64 of factors that are rounded as they are, for each kind of instructions that this processor has. */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { float32, type GraphFunction, GraphBuilder, initialize, type Program } from "../../src/compiler/graph/index.js";
import { fusedPlan } from "../../src/compiler/targets/fused/index.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import type { Bfloat16Kind } from "../../src/runtime/engine/fused/steps-addon.js";
import type { HostTensor, Session } from "../../src/runtime/engine/engine.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { bfloat16Kind } from "../../src/runtime/engine/fused/bfloat16.js";
import { selectEngine } from "../../src/runtime/engine/index.js";
import { distance } from "../lower/harness.js";
import { fusedMissing } from "./engines.js";
import { variable } from "./programs.js";
import { bytesOf, queueOf, stepsOf } from "./steps.js";

const addon = loadStepsAddon()?.addon;
const taken = addon?.bfloat16() ?? "processor";
const processor = process.platform === "linux" ? readFileSync("/proc/cpuinfo", "utf8") : "";
/** Dot products are right, if slow, where a training would not take them. */
const hasDots = taken !== "compiler" && / avx512_bf16\b/.test(processor);
const kinds: readonly Bfloat16Kind[] = [
  ...(taken === "tiles" ? (["tiles"] as const) : []),
  ...(hasDots ? (["dots"] as const) : []),
];
const missing =
  fusedMissing ??
  (kinds.length > 0 ? undefined : `products in bfloat16: the ${taken} has neither AMX nor AVX-512 BF16`);

/** To eight bits, halves to the even one. */
function rounded(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  const even = bits + 0x7fff + ((bits >>> 16) & 1);
  return new Float32Array(Uint32Array.of((even & 0xffff0000) >>> 0).buffer)[0] ?? NaN;
}

/** `count` matrices, [rows, depth] · [depth, columns]. */
interface Case {
  readonly count?: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const named = (each: Case): string =>
  `${each.count === undefined ? "" : `${each.count} × `}[${each.rows}, ${each.depth}]${each.transposeA === true ? "ᵀ" : ""} · [${each.depth}, ${each.columns}]${each.transposeB === true ? "ᵀ" : ""}`;

const shapeOf = ({ count }: Case, rows: number, columns: number): readonly number[] =>
  count === undefined ? [rows, columns] : [count, rows, columns];

function programOf(given: Case): { readonly program: Program; readonly fn: GraphFunction } {
  const { rows, depth, columns, transposeA = false, transposeB = false } = given;
  const b = new GraphBuilder("train");
  const step = variable("step", "float32", 1);
  const a = b.input("a", float32(...(transposeA ? shapeOf(given, depth, rows) : shapeOf(given, rows, depth))));
  const w = b.input("w", float32(...(transposeB ? shapeOf(given, columns, depth) : shapeOf(given, depth, columns))));
  const y = b.matmul(a, w, { transposeA, transposeB });
  const next = b.add(b.state(step), b.scalar(1));
  const fn = b.finish([{ name: "y", value: y }], [{ kind: "assign", state: "step", value: next }]);
  return { program: { state: [step], functions: [fn] }, fn };
}

/** Numbers of three magnitudes, none of which bfloat16 has. */
const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from(
    { length: size },
    (_, at) => Math.sin(1 + at * 12.9898 + seed) * (at % 7 === 0 ? 30 : at % 3 === 0 ? 0.01 : 1),
  );

function feedsOf(given: Case): { readonly a: Float32Array; readonly w: Float32Array } {
  const { count = 1, rows, depth, columns } = given;
  return { a: numbers(count * rows * depth, 1), w: numbers(count * depth * columns, 2) };
}

interface Sums {
  readonly of: Float64Array;
  /** Of the absolute values of what is added up. */
  readonly sizes: Float64Array;
  /** Of factors that are not rounded. */
  readonly exact: Float64Array;
}

function reference(given: Case): Sums {
  const { count = 1, rows, depth, columns, transposeA = false, transposeB = false } = given;
  const { a, w } = feedsOf(given);
  const [left, right] = [a.map(rounded), w.map(rounded)];
  const [of, sizes, exact] = [0, 1, 2].map(() => new Float64Array(count * rows * columns)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let matrix = 0; matrix < count; matrix++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const at = (matrix * rows + i) * columns + j;
        for (let k = 0; k < depth; k++) {
          const x = matrix * rows * depth + (transposeA ? k * rows + i : i * depth + k);
          const y = matrix * depth * columns + (transposeB ? j * depth + k : k * columns + j);
          const product = left[x]! * right[y]!;
          of[at]! += product;
          sizes[at]! += Math.abs(product);
          exact[at]! += a[x]! * w[y]!;
        }
      }
  return { of, sizes, exact };
}

/** How far a result is from sums, as a part of what adding up in float32 may cost. */
function errorOf(data: ArrayLike<number>, { of, sizes }: Sums, depth: number): number {
  let most = 0;
  for (const [at, value] of of.entries()) {
    const error = Math.abs((data[at] ?? NaN) - value) / (2 ** -24 * (depth + 2) * (sizes[at] ?? 0));
    if (!(error <= most)) most = Number.isNaN(error) ? Infinity : error;
  }
  return most;
}

function run(given: Case, kind: Bfloat16Kind | undefined, change: (data: Float32Array) => void = () => undefined) {
  const { program } = programOf(given);
  const session = openFusedOnly(
    program,
    { functions: ["train"], trainBatch: given.count ?? given.rows },
    undefined,
    kind,
  );
  if (session === undefined) throw new Error("the engine does not run it");
  const { count, rows, depth, columns, transposeA = false, transposeB = false } = given;
  const { a, w } = feedsOf(given);
  change(a);
  const shape = (first: number, second: number, isTurned: boolean): readonly number[] => [
    ...(count === undefined ? [] : [count]),
    ...(isTurned ? [second, first] : [first, second]),
  ];
  const { y } = session.run("train", {
    a: { shape: shape(rows, depth, transposeA), data: a },
    w: { shape: shape(depth, columns, transposeB), data: w },
  });
  session.close();
  return y?.data ?? [];
}

const forward: readonly Case[] = [16, 33, 70].flatMap((rows) =>
  [
    [16, 32],
    [33, 16],
    [64, 8],
    [272, 31],
    [7 * 32, 72],
    [515, 17],
    [1030, 24],
    [48, 300],
  ].map(([depth = 1, columns = 1]): Case => ({ rows, depth, columns })),
);

const cases: readonly Case[] = [
  ...forward,
  // Back through a weight, and of a weight: over rows.
  ...forward.map((each): Case => ({ ...each, transposeB: true })),
  ...[16, 31, 64, 300, 700].flatMap((depth) =>
    [[16, 32], [9, 57], [33, 260], ...(depth < 300 ? [[79, 272]] : [[300, 17]])].map(
      ([rows = 1, columns = 1]): Case => ({ rows, depth, columns, transposeA: true }),
    ),
  ),
  ...[
    [17, 33, 31],
    [40, 270, 20],
  ].map(([rows = 1, depth = 1, columns = 1]): Case => ({ rows, depth, columns, transposeA: true, transposeB: true })),
  ...[false, true].flatMap((transposeA) =>
    [
      [16, 33, 32],
      [35, 64, 17],
      [40, 270, 20],
      [33, 16, 270],
    ].map(([rows = 1, depth = 1, columns = 1]): Case => ({ count: 3, rows, depth, columns, transposeA })),
  ),
];

const threadCounts = [1, 2, 3];

describe.skipIf(missing !== undefined)(`products in bfloat16 (${missing ?? kinds.join(", ")})`, () => {
  const before = process.env["MTLC_THREADS"];
  const withThreads = (threads: number): void => {
    process.env["MTLC_THREADS"] = String(threads);
  };
  afterEach(() => {
    if (before === undefined) delete process.env["MTLC_THREADS"];
    else process.env["MTLC_THREADS"] = before;
  });

  it("are those of rounded factors, whatever the shape and the threads", () => {
    const wrong: string[] = [];
    for (const each of cases) {
      const sums = reference(each);
      for (const threads of threadCounts) {
        withThreads(threads);
        for (const kind of kinds) {
          const error = errorOf(run(each, kind), sums, each.depth);
          if (!(error <= 1)) wrong.push(`${named(each)} by ${kind} with ${threads} threads: ${error}`);
        }
      }
      // Factors that are not rounded are further away, so that the bound tells them apart.
      if (!(errorOf(sums.exact, sums, each.depth) > 3)) wrong.push(`${named(each)}: the bound is too wide`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(kinds)("by %s are of a row's own numbers: what is not one in a row stays in it", (kind) => {
    withThreads(2);
    for (const each of cases.filter(({ transposeA, count }) => transposeA !== true && count === undefined)) {
      const usual = run(each, kind);
      const other = run(each, kind, (data) => data.fill(NaN, 5 * each.depth, 6 * each.depth));
      const isOwn = (at: number): boolean => Math.floor(at / each.columns) === 5;
      const moved = [...other].flatMap((value, at) => (Object.is(value, isOwn(at) ? NaN : usual[at]) ? [] : [at]));
      expect([named(each), moved]).toEqual([named(each), []]);
    }
  });

  it.each(kinds)("by %s are the same for a row, however many there are", (kind) => {
    withThreads(1);
    const [few, many] = [21, 130].map((rows) => [...run({ rows, depth: 272, columns: 31 }, kind)]);
    expect(many?.slice(0, 21 * 31)).toEqual(few);
  });

  it("are left to float32 where there are few numbers", () => {
    withThreads(2);
    const [kind] = kinds;
    const small: readonly Case[] = [
      { rows: 70, depth: 16, columns: 31 },
      { rows: 70, depth: 15, columns: 64 },
      { rows: 70, depth: 272, columns: 7 },
      { rows: 15, depth: 64, columns: 64 },
      { rows: 16, depth: 70, columns: 31, transposeA: true },
      { count: 20, rows: 8, depth: 64, columns: 64 },
    ];
    for (const each of small) expect([named(each), run(each, kind)]).toEqual([named(each), run(each, undefined)]);
    const codes = (each: Case): readonly string[] => {
      const plan = fusedPlan(programOf(each).fn, each.count ?? each.rows, new Map(), "bfloat16");
      return plan?.phases.flat().flatMap(({ instructions }) => instructions.map(({ code }) => code)) ?? [];
    };
    for (const each of small) expect(codes(each).filter((code) => code.endsWith(".bfloat16"))).toEqual([]);
    for (const each of cases) expect(codes(each).filter((code) => code.endsWith(".bfloat16"))).toHaveLength(1);
  });

  const opened = (program: Program, rows: number, kind: Bfloat16Kind | undefined): Session => {
    const functions = ["train", "evaluate"];
    const session = openFusedOnly(program, { functions, trainBatch: rows }, undefined, kind);
    if (session === undefined) throw new Error("the engine does not run it");
    session.set(
      new Map(
        program.state.map((each): readonly [string, HostTensor] => [
          each.name,
          { shape: each.type.shape.map(Number), data: initialize(each, 3) },
        ]),
      ),
    );
    return session;
  };

  it.each(kinds)("by %s train to the same bytes each time, also several steps in a call", (kind) => {
    const { program, feeds } = stepsOf("census/mmoe", 70, 6);
    const trained = (threads: number, products: Bfloat16Kind | undefined, isOneCall = false) => {
      withThreads(threads);
      const session = opened(program, 70, products);
      if (isOneCall) session.runSteps?.("train", queueOf(feeds), feeds.length);
      else for (const each of feeds) session.run("train", each);
      const state = session.get();
      session.close();
      return state;
    };
    const first = trained(3, kind);
    for (let again = 0; again < 3; again += 1) expect(bytesOf(trained(3, kind))).toEqual(bytesOf(first));
    expect(bytesOf(trained(3, kind, true))).toEqual(bytesOf(first));
    const others = [trained(1, kind), trained(3, undefined)];
    for (const other of others) {
      expect(bytesOf(other)).not.toEqual(bytesOf(first));
      for (const [name, { data }] of first)
        expect([name, distance([...data], [...(other.get(name)?.data ?? [])]) < 2e-2]).toEqual([name, true]);
    }
  });

  it("are of training only: the same weights are measured as ever", () => {
    withThreads(2);
    const { program, feeds } = stepsOf("census/mmoe", 70, 1);
    const [half, whole] = [kinds[0], undefined].map((kind) => opened(program, 70, kind));
    const fed = program.functions.find(({ name }) => name === "evaluate")?.nodes ?? [];
    const names = new Set(fed.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])));
    const inputs = Object.fromEntries(Object.entries(feeds[0] ?? {}).filter(([name]) => names.has(name)));
    expect(half?.run("evaluate", inputs)).toEqual(whole?.run("evaluate", inputs));
    half?.close();
    whole?.close();
  });

  it.skipIf(taken !== "tiles" && taken !== "dots")("are what the engine's line says", async () => {
    withThreads(2);
    const { engine } = await selectEngine({ products: "bfloat16" });
    expect(engine.description).toMatch(/^fused: AVX-512, bfloat16 products, 2 threads$/);
    const { engine: usual } = await selectEngine({ preference: "fused", products: "float32" });
    expect(usual.description).toMatch(/^fused: AVX-512, 2 threads$/);
  });
});

describe("products in bfloat16 are refused", () => {
  it.each(["native", "wasm", "cpu"] as const)("on the engine %s", async (preference) => {
    await expect(selectEngine({ preference, products: "bfloat16" })).rejects.toThrow(
      `MTL7441: products in bfloat16 cannot be made: the engine ${preference} makes all of them in float32; without \`--products\` they are of float32`,
    );
  });

  it("where the processor or the compiler does not know them", () => {
    expect(() => bfloat16Kind({ bfloat16: () => "processor" })).toThrow(
      "MTL7441: products in bfloat16 cannot be made: the processor has neither AMX",
    );
    expect(() => bfloat16Kind({ bfloat16: () => "compiler" })).toThrow("the C++ compiler at the set-up was too old");
  });

  it.skipIf(taken !== "tiles" && taken !== "dots")("for a model whose steps the engine does not run", async () => {
    const { engine } = await selectEngine({ products: "bfloat16" });
    const { program } = stepsOf("bpr", 16, 1);
    await expect(engine.open(program, { functions: ["train"], trainBatch: 16 })).rejects.toThrow(
      "MTL7441: products in bfloat16 cannot be made: the fused engine does not run steps of this model",
    );
  });
});
