import { describe, expect, it } from "vitest";
import {
  createInterpreter,
  type GraphFunction,
  initialize,
  multiplyFixedTables,
  type Program,
  stateOf,
} from "../../src/compiler/graph/index.js";
import { flopsOfNode } from "../../src/compiler/cost/flops.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { type FittedSizes, hasTrees, type Model, tableOwner } from "../../src/compiler/model/index.js";
import { createSimdEngine } from "../../src/runtime/engine/simd/engine.js";
import { distance, functionOf, hostTensors, inputsOf, randomFeeds } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

/** How many ids each feature has: 2 to 46, those of a vocabulary that several have the same. */
function countsOf(model: Model): FittedSizes["ids"] {
  const owners = model.features.filter((feature) => feature.kind !== "numeric" && tableOwner(feature) === feature.name);
  const counts = new Map(owners.map(({ name }, i) => [name, 2 + ((i * 13) % 45)]));
  return Object.fromEntries(model.features.map((feature) => [feature.name, counts.get(tableOwner(feature)) ?? 2]));
}

const cases = shippedModels.flatMap(([name, model]) => {
  if (hasTrees(model)) return [];
  const program = lowerModel(model, { ids: countsOf(model) }, { serving: servingOnes(model) });
  const plain = functionOf(program, "predict");
  const whole = multiplyFixedTables(program, plain, 1 << 24);
  return whole.derived.length === 0 ? [] : [{ name, model, program, plain, whole }];
});

/** The program with what is derived, of first values. */
function stateFor(program: Program, { fn, derived }: ReturnType<typeof multiplyFixedTables>) {
  const values = new Map(program.state.map((variable) => [variable.name, initialize(variable, 1)]));
  const valueOf = (name: string): ArrayLike<number> => values.get(name) ?? [];
  for (const { variable, compute } of derived) values.set(variable.name, compute(valueOf));
  const state = [...program.state, ...derived.map(({ variable }) => variable)];
  return { program: { state, functions: [fn] }, values };
}

function work({ nodes }: GraphFunction): number {
  const bound = (node: GraphFunction["nodes"][number]): number =>
    flopsOfNode(
      node,
      node.inputs.flatMap((id) => nodes[id]?.type ?? []),
      new Map([["B", 1]]),
    );
  return nodes.reduce((sum, node) => sum + bound(node), 0);
}

describe("a prediction with products of tables", () => {
  it("is that of many shipped specs", () => {
    expect(cases.map(({ name }) => name)).toContain("census/mmoe.mtl");
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)("of $name is the same, with all tables and with some, also of the engine simd", (each) => {
    const { model, program, plain, whole } = each;
    const rows = Number(whole.derived[0]?.variable.type.shape[0]);
    const units = Number(whole.derived[0]?.variable.type.shape[1]);
    const half = multiplyFixedTables(program, plain, Math.ceil(rows / 2) * units);
    const engine = createSimdEngine();
    if ("reasons" in engine) throw new Error(engine.reasons.join());
    const counts = countsOf(model);
    const feeds = randomFeeds(model, 40, 3, (feature) => counts[feature] ?? 2);
    const expected = createInterpreter(
      program,
      new Map(program.state.map((variable) => [variable.name, initialize(variable, 1)])),
    ).run("predict", feeds);
    for (const multiplied of [whole, half]) {
      const { program: better, values } = stateFor(program, multiplied);
      const oracle = createInterpreter(better, values).run("predict", feeds);
      const read = stateOf(better, multiplied.fn);
      const session = engine.openNow({ state: read, functions: [multiplied.fn] }, { rowsApart: true });
      session.set(
        new Map(
          read.map(({ name, type }) => [name, { shape: type.shape.map(Number), data: values.get(name)! }] as const),
        ),
      );
      const found = session.run("predict", hostTensors(feeds, new Set(inputsOf(program, "predict"))));
      for (const [head, { data }] of Object.entries(expected)) {
        expect(distance([...(oracle[head]?.data ?? [])], [...data]), head).toBeLessThan(1e-6);
        expect(distance([...(found[head]?.data ?? [])], [...data]), head).toBeLessThan(1e-6);
      }
      session.close();
    }
  });

  it("of census has less than a fifth of the work, and reads neither tables nor the weights that they meet", () => {
    const { program, plain, whole } = cases.find(({ name }) => name === "census/mmoe.mtl") ?? {};
    if (program === undefined || plain === undefined || whole === undefined) throw new Error("there is no such spec");
    expect(work(whole.fn)).toBeLessThan(work(plain) / 5);
    const read = stateOf(stateFor(program, whole).program, whole.fn).map(({ name }) => name);
    expect(read.filter((name) => /embeddings|pool\.0\.weight|^for_/.test(name))).toEqual([]);
  });

  it("is left as it is where tables are too large", () => {
    for (const { program, plain } of cases) expect(multiplyFixedTables(program, plain, 1).fn).toBe(plain);
  });
});
