/** What `init` of the `train` block says of first values. */
import { describe, expect, it } from "vitest";
import { initialize, type Initializer, parseProgram, printProgram } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { codesOf, compileText, messagesOf } from "../semantics/compile.js";
import { modelOf } from "./harness.js";

const spec = (init: string): string => `model m
features { u: categorical(ids: 99, embed: 4), age: numeric }
labels { click: event }
input x = [u, age]
experts pool[3] = mlp(x, [8], norm: batch)
bottoms own[a, b] = stitch(x, [8])
gates g[a, b] = softmax(x, bias: true) over [pool, own]
tower crossed = cross(x, depth: 1)
tower t = mlp([g.a, g.b, crossed], [6])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { batch: 8${init === "" ? "" : `, init: { ${init} }`} }
`;

const programOf = (init: string, ids = 100) => lowerModel(modelOf(spec(init)), { ids: { u: ids } });

/** How each tensor starts. */
function startOf(init: string): Readonly<Record<string, Initializer>> {
  const pieces = programOf(init).state.flatMap((variable) => (variable.role === "parameter" ? variable.pieces : []));
  return Object.fromEntries(pieces.map(({ name, initializer }) => [name, initializer]));
}

const within = (limit: number): Initializer => ({ kind: "uniform", low: -limit, high: limit });

describe("init", () => {
  it("is by group, from the inputs and the units of each linear map; a table has its ids as inputs", () => {
    const start = startOf("weights: he_uniform, biases: fan_in_uniform, embeddings: glorot_normal");
    expect(start).toMatchObject({
      "u.embedding": { kind: "normal", deviation: Math.sqrt(2 / (99 + 4)) },
      "pool.0.weight": within(Math.sqrt(6 / 5)),
      "own.a.0.weight": within(Math.sqrt(6 / 5)),
      "own.b.0.bias": within(1 / Math.sqrt(5)),
      "g.a.weight": within(Math.sqrt(6 / 5)),
      "t.0.bias": within(1 / Math.sqrt(21)),
      "ctr/logit.weight": within(1),
    });
  });

  it("leaves what has to start as it does, and what it does not name", () => {
    const [plain, said] = [startOf(""), startOf("weights: constant(1), biases: constant(2)")];
    for (const name of ["pool.0.scale", "pool.0.shift", "own.0.stitch", "u.embedding"]) {
      expect(plain[name], name).toBeDefined();
      expect(said[name], name).toEqual(plain[name]);
    }
    expect(said["t.0.weight"]).toEqual({ kind: "constant", value: 1 });
    expect(said["t.0.bias"]).toEqual({ kind: "constant", value: 2 });
  });

  it("takes a part by its name before its group, a member of a family too, and `all` last", () => {
    const start = startOf("all: normal(0.1), weights: normal(0.2), crossed: uniform(0.3), own: normal(0.4)");
    const deviations = Object.fromEntries(
      Object.entries(start).map(([name, each]) => [name, each.kind === "normal" ? each.deviation : each.kind]),
    );
    expect(deviations).toMatchObject({
      "u.embedding": 0.1,
      "t.0.bias": 0.1,
      "t.0.weight": 0.2,
      "crossed.0.weight": "uniform",
      "crossed.0.bias": "uniform",
      "own.b.0.weight": 0.4,
    });
  });

  it("cuts a truncated normal off at two deviations, and comes back from the text of a program", () => {
    const program = programOf("embeddings: truncated_normal(0.5)", 2000);
    const table = program.state.find(({ pieces }) => pieces.some(({ name }) => name === "u.embedding"));
    if (table === undefined) throw new Error("no table");
    const values = [...initialize(table, 3)];
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1);
    expect(Math.max(...values)).toBeGreaterThan(0.9);
    // The variance of a standard normal that is cut off at ±2.
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(variance / 0.25).toBeCloseTo(0.774, 1);
    expect(printProgram(parseProgram(printProgram(program)))).toBe(printProgram(program));
  });

  it.each([
    ["weights: he", "MTL2004"],
    ["weights: normal", "MTL3001"],
    ["nobody: he_normal", "MTL2001"],
    ["weights: he_normal, weights: he_normal", "MTL2008"],
  ])("%s is an error", (init, code) => {
    expect(codesOf(spec(init))).toEqual([code]);
  });

  it("is a record by part", () => {
    const text = spec("").replace("batch: 8", "batch: 8, init: he_normal");
    expect(messagesOf(compileText(text))).toContain("{ embeddings: normal(0.01), weights: he_uniform }");
  });
});
