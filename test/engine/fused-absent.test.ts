/** Rows that only padding reads, in steps of the fused engine: no count of what is touched, and no number of them changes. */
import { afterEach, describe, expect, it } from "vitest";
import { bindDims, createInterpreter, initialize } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { fusedPlan } from "../../src/compiler/targets/fused/index.js";
import { plannedStep } from "../../src/compiler/targets/fused/steps.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { distance, hostTensors, inputsOf, modelOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { fusedMissing } from "./engines.js";

const specOf = (train: string) => `model m
features {
  user: categorical(hash: 500, embed: 4)
  item: categorical(hash: 500, embed: 4)
  tags: bag(hash: 500, embed: 4, max: 5)
  seen: sequence(hash: 500, embed: 4, max: 3)
  age:  numeric(scale: none)
}
labels { click: event, like: event }
input x = [user, item, tags, pool(seen), age]
tower t = mlp(x, [8])
task ctr: P(click) = sigmoid(logit(t))
task ltr: P(like) = sigmoid(logit(t))
loss { ctr: bce, ltr: bce }
train { batch: 8, embeddings: sparse, ${train} }
`;

const settings = [
  "optimizer: adam(lr: 1e-2)",
  "optimizer: adagrad(lr: 1e-1), clip: norm(0.5)",
  "optimizer: momentum(lr: 1e-1)",
];

function programOf(train: string) {
  const model = modelOf(specOf(train));
  return { model, program: lowerModel(model, sizesOf(model, 500)) };
}

/** The last rows fill the batch up; of the first rows all ids are one, which a filled place of a list would read as well. */
function feedsOf({ model, program }: ReturnType<typeof programOf>, rows: number, seed: number) {
  const feeds = randomFeeds(model, rows, seed, 60);
  const { ids, weights } = feeds;
  if (ids === undefined || weights === undefined) throw new Error("no ids");
  const width = Number(ids.shape[1]);
  const last = Math.ceil(rows * 0.75);
  const data = Array.from(ids.data, (id, at) => (at >= last * width ? -1 : at < 2 * width ? Math.min(id, 0) : id + 1));
  const kept = Array.from(weights.data, (weight, row) => (row >= last ? 0 : weight));
  const changed = { ...feeds, ids: { ...ids, data }, weights: { ...weights, data: kept } };
  return hostTensors(changed, new Set(inputsOf(program, "train")));
}

describe("a step of sparse tables", () => {
  it.each(settings)("chooses no rows by a count of what is there (%s)", (train) => {
    const { program } = programOf(train);
    const fn = program.functions.find(({ name }) => name === "train");
    const planned = fn === undefined ? undefined : plannedStep(bindDims(fn, { B: 64 }));
    const loops = planned === undefined ? [] : (fusedPlan(planned, 64)?.phases.flat() ?? []);
    const changing = loops.filter(({ instructions }) => instructions.some(({ code }) => code === "scatter"));
    expect(changing.length).toBeGreaterThan(0);
    expect(changing.flatMap(({ instructions }) => instructions).filter(({ code }) => code === "select")).toEqual([]);
  });

  const cases = settings.flatMap((train) =>
    [8, 70, 300].flatMap((rows) => [1, 2, 3].map((threads) => ({ train, rows, threads }))),
  );
  it.skipIf(fusedMissing !== undefined).each(cases)(
    "gives what the interpreter does over $rows rows with $threads threads ($train)",
    ({ train, rows, threads }) => {
      process.env["MTLC_THREADS"] = String(threads);
      const made = programOf(train);
      const { program } = made;
      const first = new Map(program.state.map((each) => [each.name, initialize(each, 3)]));
      const session = openFusedOnly(program, { functions: ["train"], trainBatch: rows });
      if (session === undefined) throw new Error("the engine does not run it");
      session.set(
        new Map(
          program.state.map(({ name, type }) => [
            name,
            { shape: type.shape.map(Number), data: first.get(name) ?? new Float32Array(0) },
          ]),
        ),
      );
      const oracle = createInterpreter(program, first);
      for (const seed of [1, 2, 3]) {
        const feeds = feedsOf(made, rows, seed);
        const found = session.run("train", feeds);
        for (const [name, { data }] of Object.entries(oracle.run("train", feeds)))
          expect([name, distance([...data], [...(found[name]?.data ?? [])]) < 1e-4]).toEqual([name, true]);
      }
      for (const [name, { data }] of session.get())
        expect([name, distance([...data], [...oracle.get(name).data]) < 1e-4]).toEqual([name, true]);
      session.close();
    },
  );
  afterEach(() => {
    delete process.env["MTLC_THREADS"];
  });
});
