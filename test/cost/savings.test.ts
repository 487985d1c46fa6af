import { describe, expect, it } from "vitest";
import { assumedProgram, countSavings, idCounts, sizesOfCounts } from "../../src/compiler/cost/index.js";
import { functionInputs } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { openFusedOnly } from "../../src/runtime/engine/fused/engine.js";
import { hasTrees } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

const text = `model m
features { user: categorical(hash: 10, embed: 4), item: categorical(hash: 10, embed: 4), age: numeric(scale: none) }
labels { click: event, like: event }
input x = [user, item, age]
tower t = mlp(x, [3])
task ctr: P(click) = sigmoid(logit(t))
task ltr: P(like) = sigmoid(logit(t))
loss { ctr: bce, ltr: bce }
train { batch: 8 }
`;

describe("what the passes save", () => {
  it("is counted by function, with the tables that are joined and what XLA compiles", () => {
    // More looked up than a loop takes that is compiled as a whole.
    const wide = text.replaceAll("categorical(hash: 10, embed: 4)", "bag(hash: 10, embed: 4, max: 10_000)");
    const sparse = wide.replace("batch: 8", "batch: 8, embeddings: sparse");
    const { functions, fused, ...rest } = countSavings(modelOf(sparse), { ids: { user: 10, item: 10 } });
    const train = functions.find(({ name }) => name === "train");
    expect({ ...rest, compiled: { ...rest.compiled, ops: 0, flops: 0, saved: {} } }).toEqual({
      model: "m",
      batch: 8,
      tables: { declared: 2, variables: 1 },
      compiled: { ops: 0, flops: 0, whole: false, saved: {} },
    });
    expect(functions.map(({ name }) => name)).toEqual(["train", "evaluate", "predict"]);
    // The weight of a row is known when the second loss asks for it.
    expect(train?.saved.shared.ops).toBeGreaterThan(0);
    expect(fused).toBeDefined();
    expect(rest.compiled?.ops).toBeLessThan(train?.left.ops ?? 0);
    expect(rest.compiled?.flops).toBeGreaterThan(0.5 * (train?.left.flops ?? Infinity));
  });

  it.each(["dense", "sparse"])("has all of a step with %s tables in what XLA compiles", (embeddings) => {
    const model = modelOf(text.replace("batch: 8", `batch: 8, embeddings: ${embeddings}`));
    const { functions, compiled } = countSavings(model, { ids: { user: 10, item: 10 } });
    const { saved, ...amount } = compiled ?? {};
    const left = functions.find(({ name }) => name === "train")?.left;
    const ops = Object.values(saved ?? {}).reduce((sum, each) => sum + each.ops, 0);
    const flops = (left?.flops ?? 0) - (saved?.narrowed.flops ?? 0);
    expect(amount).toEqual({ ops: (left?.ops ?? 0) - ops, flops, whole: true });
    // Its rows and their slots are read and written by the same ids.
    expect(saved?.joined.ops === 0).toBe(embeddings === "dense");
  });

  it("has what the engine fused runs, and the memory in which it does", () => {
    const sizes = { ids: { user: 10, item: 10 } };
    const of = (batch: number) => countSavings(modelOf(text.replace("batch: 8", `batch: ${batch}`)), sizes);
    const { fused, functions } = of(64);
    const left = functions.find(({ name }) => name === "train")?.left;
    if (fused === undefined) throw new Error("the engine does not run the step");
    const { ops, saved, phases, loops, instructions, localBytes, sumBytes, sharedBytes } = fused;
    expect(ops).toBe((left?.ops ?? 0) - Object.values(saved).reduce((sum, each) => sum + each.ops, 0));
    expect(loops).toBeGreaterThanOrEqual(phases);
    expect(instructions).toBeGreaterThan(loops);
    expect(Math.min(localBytes, sumBytes, sharedBytes)).toBeGreaterThan(0);
    // Of more rows the same instructions take more loads, and no more memory of a thread.
    const wider = of(100_000).fused;
    expect(wider).toMatchObject({ phases, loops, instructions });
    expect(of(200_000).fused?.localBytes).toBe(wider?.localBytes);
    // Lists whose length the batch decides are another engine's.
    const compared = text
      .replace("ctr: bce, ltr", "ctr: bpr, ltr")
      .replace("labels {", "data { group: user }\nlabels {");
    expect(countSavings(modelOf(compared), sizes).fused).toBeUndefined();
  });

  it.runIf(loadStepsAddon() !== undefined)("has as many instructions as the engine is seen to do", () => {
    process.env["MTLC_THREADS"] = "1";
    try {
      const model = modelOf(text);
      const sizes = { ids: { user: 10, item: 10 } };
      const program = lowerModel(model, sizes);
      const { fused } = countSavings(model, sizes);
      const session = openFusedOnly(program, { trainBatch: 8, functions: ["train", "evaluate"], traced: true });
      const train = program.functions.find(({ name }) => name === "train")!;
      const feeds = Object.fromEntries(
        functionInputs(train).map(({ name, type: { dtype, shape } }) => {
          const dims = shape.map((dim) => (dim === "B" ? 8 : Number(dim)));
          const size = dims.reduce((product, dim) => product * dim, 1);
          return [name, { shape: dims, data: dtype === "float32" ? new Float32Array(size) : new Int32Array(size) }];
        }),
      );
      session?.run("train", feeds);
      // One load has all rows of a batch of 8.
      expect(session?.trace?.(() => void session.run("train", feeds))).toHaveLength(fused?.instructions ?? -1);
      session?.close();
    } finally {
      delete process.env["MTLC_THREADS"];
    }
  });

  it("has the passes over a step that XLA compiles", () => {
    const heads = Array.from(
      { length: 9 },
      (_, i) => `tower t${i} = mlp(g${i}, [4])
      task k${i}: P(click) = sigmoid(logit(t${i}))
      gate g${i} = softmax(x) over pool`,
    ).join("\n");
    const model = modelOf(`model m
      features { user: categorical(hash: 500, embed: 4), item: categorical(hash: 500, embed: 4), age: numeric(scale: none) }
      labels { click: event }
      input x = [user, item, age]
      experts pool[3] = mlp(x, [64])
      ${heads}
      loss { ${Array.from({ length: 9 }, (_, i) => `k${i}: bce`).join(", ")} }
      train { batch: 8, embeddings: sparse }`);
    const { compiled } = countSavings(model, { ids: { user: 500, item: 500 } });
    // Nine towers and heads are computed at once, which is far fewer ops of the same arithmetic.
    expect(compiled?.saved.stacked.ops).toBeGreaterThan(100);
    // A table with two slots is read once and not three times, and cut.
    expect(compiled?.saved.joined.ops).not.toBe(0);
  });

  it.each(shippedModels.filter(([, model]) => model.heads.length > 0))(
    "%s: what is left is what was written without what was saved",
    (_, model) => {
      const sizes = sizesOfCounts(idCounts(model));
      const { functions } = countSavings(model, sizes, { serving: servingOnes(model) });
      const program = assumedProgram(model);
      expect(functions.map(({ name }) => name)).toEqual(program.functions.map(({ name }) => name));
      expect(functions.some(({ name }) => name === "train")).toBe(!hasTrees(model));
      for (const { written, saved, left } of functions) {
        const gone = Object.values(saved);
        expect(left.ops).toBe(gone.reduce((ops, each) => ops - each.ops, written.ops));
        const flops = gone.reduce((sum, each) => sum - each.flops, written.flops);
        expect(flops / Math.max(1, left.flops)).toBeCloseTo(left.flops === 0 ? flops : 1, 6);
      }
    },
  );
});
