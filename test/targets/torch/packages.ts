/** Packages of shipped specs, and a Python that has torch to run them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { initialize, type Program } from "../../../src/compiler/graph/index.js";
import { lowerModel } from "../../../src/compiler/lower/index.js";
import {
  type Fitted,
  type FittedFeature,
  type FeatureModel,
  type Model,
  tableOwner,
} from "../../../src/compiler/model/index.js";
import { packageFiles } from "../../../src/compiler/targets/torch/package.js";
import { loadSpec } from "../../../src/runtime/specs/load-spec.js";
import { type Feeds, sizesOf } from "../../lower/harness.js";
import { servingOnes } from "../../shipped-models.js";
import { bytesOf, weightsOf } from "../contents.js";
import { python, pythonHas, pythonHasFor } from "../../python.js";

export const hasTorch = pythonHasFor("packages for PyTorch are not run", "torch", "numpy");

/** Whether it has TorchRec as well. */
export const hasTorchrec = hasTorch && pythonHas("torchrec");
if (hasTorch && !hasTorchrec)
  console.warn(`${python} has no torchrec, so tables in shards are not run (scripts/install-torchrec.sh)`);

/** Runs a tool that is a module of this Python; undefined where it has none. */
export function runTool(module: string, words: readonly string[], folder: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(python, ["-m", module, ...words], { cwd: folder, encoding: "utf8" });
  return /No module named/.test(stderr) ? undefined : status === 0 ? "" : stdout + stderr;
}

/** Tests and benchmarks run in the project's folder. */
const specs = resolve("specs");

/** A fit with 6 ids besides "unknown" for each feature that has any. */
export function someFit(model: Model): Fitted {
  const owners = model.features.filter((feature) => tableOwner(feature) === feature.name);
  return { rows: 100, features: Object.fromEntries(owners.map((feature) => [feature.name, fitOf(feature)])) };
}

function fitOf(feature: FeatureModel): FittedFeature {
  switch (feature.kind) {
    case "numeric":
    case "numbers":
      return { kind: "number", mean: 0.5, deviation: 2, minimum: -1, maximum: 3 };
    case "bucket":
      return { kind: "bucket", boundaries: [0, 1, 2, 3, 4] };
    default:
      return { kind: "vocabulary", values: [served(feature), "b", "c", "d", "e", "f"] };
  }
}

export interface WrittenPackage {
  readonly model: Model;
  readonly program: Program;
  readonly folder: string;
}

/** The package of a shipped spec with the first weights; `embeddings` instead of what the spec says of its tables, which are small here. */
export function writePackage(name: string, folder: string, embeddings?: Model["train"]["embeddings"]): WrittenPackage {
  const { model: written, sources } = loadSpec(join(specs, name));
  const { train } = written;
  const model = { ...written, train: { ...train, embeddings: embeddings ?? train.embeddings } };
  const fitted = someFit(model);
  const program = lowerModel(model, sizesOf(model), { serving: servingOnes(model) });
  const values = new Map(program.state.map((variable) => [variable.name, initialize(variable, model.train.seed)]));
  const weights = weightsOf(new Map([...values].map(([variable, data]) => [variable, { data }])));
  const input = { model, sources, fitted, program, weights, trained: false, built: () => "", generator: "mtlc" };
  mkdirSync(folder, { recursive: true });
  for (const { path, content } of packageFiles(input)) writeFileSync(join(folder, path), bytesOf(content));
  return { model, program, folder };
}

/** What serving sees of a feature has the id 1, as the programs of tests have it. */
function served({ serving }: FeatureModel): string {
  return serving.kind === "value" ? String(serving.value) : "a";
}

/** What `steps.py` is given: a package, and the batches on which it takes steps, again and again. */
export interface Job {
  readonly package: string;
  readonly steps: number;
  readonly batches: readonly Feeds[];
  readonly layout: unknown;
}

/** What `steps.py` says of a job. */
export interface Answer {
  readonly error?: string;
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly predictions: Readonly<Record<string, readonly number[]>>;
}

/** Has Python take the steps. Throws what it writes where it fails. */
export function takeSteps(jobs: readonly Job[]): readonly Answer[] {
  const { status, stdout, stderr } = spawnSync(python, [resolve("test/targets/torch/steps.py")], {
    input: JSON.stringify(jobs),
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0 || stderr !== "") throw new Error(`${python} failed: ${stderr}`);
  return JSON.parse(stdout) as readonly Answer[];
}

/** Shipped specs that draw random numbers in training, which are others in PyTorch: only what comes before them can be compared. */
export const drawing: ReadonlySet<string> = new Set(
  ["aman", "deepfm", "feed", "position_bias", "sparse_moe"].map((name) => `examples/${name}.mtl`),
);
