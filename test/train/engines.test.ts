import { describe, expect, it } from "vitest";
import type { Program } from "../../src/compiler/graph/graph.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { batchLayout } from "../../src/compiler/model/layout.js";
import type { Model } from "../../src/compiler/model/model.js";
import { type Engine, type HostTensor, selectEngine } from "../../src/runtime/engine/index.js";
import { functionInputs } from "../../src/compiler/graph/reads.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { functionOf } from "../../src/runtime/engine/create-program.js";
import { createOnnxEngine } from "../../src/runtime/engine/onnx/engine.js";
import { listFeeds, someGroups } from "../lower/harness.js";
import { servingOnes, shippedModels } from "../shipped-models.js";

/** Engines that run here: fused and native where they are installed, wasm, cpu. The interpreter is held against them in test/graph. */
const engines: Engine[] = [];
for (const preference of ["fused", "native", "wasm", "cpu"] as const) {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  delete environment["MTLC_ENGINE"];
  try {
    engines.push((await selectEngine({ preference, environment })).engine);
  } catch (error) {
    if (preference !== "native" && preference !== "fused") throw error;
    console.warn(`the ${preference} engine is not installed, so it is not compared: ${(error as Error).message}`);
  }
}

/** Predicts with what the others trained. */
const onnx = createOnnxEngine();
if ("reasons" in onnx) console.warn(`the engine onnx is not compared: ${onnx.reasons.join("; ")}`);

const rows = 48;

/** Seeded rows with nulls, padding of bags and a tail of weight 0. */
function randomBatches(model: Model, ids: Readonly<Record<string, number>>, count: number) {
  const layout = batchLayout(model);
  const lists = Object.fromEntries(
    Object.entries(listFeeds(someGroups(rows))).map(([name, { shape, data }]) => [
      name,
      { shape, data: Int32Array.from(data) },
    ]),
  );
  let state = 7;
  const uniform = (): number => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff;
  return Array.from({ length: count }, (): Readonly<Record<string, HostTensor>> => {
    const idData = new Int32Array(rows * layout.idWidth);
    for (const { feature, offset, width } of layout.ids)
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < width; k++)
          idData[row * layout.idWidth + offset + k] =
            width > 1 && uniform() < 0.3 ? -1 : Math.floor(uniform() * (ids[feature] ?? 1));
    const labels = layout.labels.length;
    const floats = (size: number, draw: (i: number) => number): Float32Array =>
      Float32Array.from({ length: size }, (_, i) => draw(i));
    return {
      ids: { shape: [rows, layout.idWidth], data: idData },
      numbers: { shape: [rows, layout.numberWidth], data: floats(rows * layout.numberWidth, uniform) },
      labels: { shape: [rows, labels], data: floats(rows * labels, () => Number(uniform() < 0.6)) },
      known: { shape: [rows, labels], data: floats(rows * labels, () => Number(uniform() < 0.9)) },
      weights: { shape: [rows], data: floats(rows, (i) => Number(i < rows - 3)) },
      ...lists,
    };
  });
}

type Feeds = Readonly<Record<string, HostTensor>>;

/** What `predict` says on onnxruntime, with the state of a session. */
async function predictOnnx(program: Program, state: ReadonlyMap<string, HostTensor>, feeds: Feeds): Promise<Feeds> {
  if ("reasons" in onnx) return {};
  const session = await onnx.open(program, { functions: ["predict"] });
  try {
    session.set(state);
    return session.run("predict", feeds);
  } finally {
    session.close();
  }
}

/** Losses of the steps, then what `evaluate` and `predict` say of the last batch. */
async function trace(
  engine: Engine,
  program: Program,
  batches: ReturnType<typeof randomBatches>,
  compiled: boolean,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const session = await engine.open(program, compiled ? { trainBatch: rows } : {});
  try {
    await fillSession(session, program.state, initialReader(3));
    const feed = (name: "train" | "evaluate" | "predict", batch: Readonly<Record<string, HostTensor>>) =>
      Object.fromEntries(
        functionInputs(functionOf(program, name)).map((input) => [input.name, batch[input.name] as HostTensor]),
      );
    const found = new Map<string, readonly number[]>();
    found.set(
      "loss",
      batches.map((batch) => session.run("train", feed("train", batch))["loss"]?.data[0] ?? NaN),
    );
    const last = batches.at(-1) ?? {};
    for (const name of ["evaluate", "predict"] as const)
      for (const [output, { data }] of Object.entries(session.run(name, feed(name, last))))
        found.set(`${name} ${output}`, [...data]);
    if (engine === engines[0])
      for (const [output, { data }] of Object.entries(await predictOnnx(program, session.get(), feed("predict", last))))
        expectSame(output, found.get(`predict ${output}`) ?? [], [...data]);
    return found;
  } finally {
    session.close();
  }
}

/** One set of weights gives the same values on two engines: relative to the value, from 1e-2 on. */
function expectSame(output: string, one: readonly number[], other: readonly number[]): void {
  expect(other.length, output).toBe(one.length);
  one.forEach((value, at) => {
    const difference = Math.abs(value - (other[at] ?? NaN)) / Math.max(1e-2, Math.abs(value));
    expect(difference, `${output} at ${at}, ${engines[0]?.name} and onnx`).toBeLessThanOrEqual(1e-5);
  });
}

function programOf(model: Model, vocabulary: number) {
  const ids = Object.fromEntries(
    model.features.flatMap((feature) => (feature.kind === "numeric" ? [] : [[feature.name, vocabulary]])),
  );
  return { ids, program: lowerModel(model, { ids }, { serving: servingOnes(model) }) };
}

/**
 * Relative to the value, from 1e-2 on. A score counts from 1 on, as only its differences mean something; and what is trained on
 * lists is compared around its mean, as the gradient of its bias is 0 but for rounding, which Adam makes steps of.
 */
function expectAlike(
  model: Model,
  output: string,
  one: readonly number[],
  other: readonly number[],
  engines: string,
): void {
  const head = model.heads.find(({ name }) => output.endsWith(` ${name}`));
  const isScore = head?.type.kind === "score";
  const isRanked = isScore && model.loss.terms.some((term) => term.head === head.name && term.by !== undefined);
  const mean = (values: readonly number[]): number =>
    isRanked ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
  const [center, otherCenter] = [mean(one), mean(other)];
  one.forEach((value, at) => {
    const difference = Math.abs(value - center - ((other[at] ?? NaN) - otherCenter));
    expect(difference / Math.max(isScore ? 1 : 1e-2, Math.abs(value)), `${output} at ${at}, ${engines}`).toBeLessThan(
      1e-4,
    );
  });
}

/** The specs that engines train: not parts that others import, nor specs of only formulas and rules, nor trees. */
/**
 * What runs through XLA, whose compiling takes longer than all else here: some structures, and with `MTLC_ALL=1` one of each. Ops
 * are compiled one by one in test/engine. One vocabulary of each is enough: the compiled part does not hold the tables.
 */
const compiledSpecs: ReadonlySet<string> = new Set([
  "census/mmoe.mtl",
  "synthetic/esmm.mtl",
  "examples/cross_stitch.mtl",
  "examples/din.mtl",
  "examples/lambdarank.mtl",
  "examples/ple.mtl",
  ...(process.env["MTLC_ALL"] === "1"
    ? [
        "census/pcgrad.mtl",
        "examples/aitm.mtl",
        "examples/dselect_k.mtl",
        "examples/pepnet.mtl",
        "examples/watch_time.mtl",
      ]
    : []),
]);

it("compiles specs that are there", () => {
  expect([...compiledSpecs].filter((file) => !shippedModels.some(([name]) => name === file))).toEqual([]);
});

describe.each(shippedModels)("%s", (file, model) => {
  const steps = /^(census|synthetic)\/(mmoe|esmm)\.mtl$/.test(file) ? 50 : 4;

  // A vocabulary of 20 is updated densely, one of 5,000 by touched rows: both for one spec of each structure, else in turn.
  const compiles = compiledSpecs.has(file);
  const vocabularies = compiles
    ? [20, 5000]
    : [shippedModels.findIndex(([name]) => name === file) % 2 === 0 ? 20 : 5000];
  it.each(vocabularies)(
    `trains and predicts alike on every engine for ${steps} steps, with %d values a vocabulary`,
    async (vocabulary) => {
      const { ids, program } = programOf(model, vocabulary);
      const isWhole = vocabulary === vocabularies[0] || steps > 4;
      const compiled = compiles && isWhole;
      const batches = randomBatches(model, ids, steps);
      // wasm and cpu share their ops but for the kernels, which the first vocabulary has compared.
      const compared = isWhole ? engines : engines.filter(({ name }) => name !== "cpu");
      const [first, ...others] = await Promise.all(compared.map((engine) => trace(engine, program, batches, compiled)));
      expect(first?.get("loss")?.every(Number.isFinite)).toBe(true);
      for (const [i, other] of others.entries())
        for (const [name, values] of first ?? [])
          expectAlike(model, name, values, other.get(name) ?? [], `${engines[0]?.name} and ${engines[i + 1]?.name}`);
    },
  );
});
