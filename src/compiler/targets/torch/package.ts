/** A model as one Python package. */
import type { StateVariable } from "../../graph/index.js";
import { type Forward, lowerForward, optimizerChoice, parseForwardInput, scheduleChoice } from "../../lower/index.js";
import { fittedSizes, hashModel, type Model } from "../../model/index.js";
import type { TargetFile, TargetInput } from "../target.js";
import { programOf } from "../network.js";
import { dataFile } from "./files/data.js";
import { encodersFile } from "./files/encoders.js";
import { droppedFeatures, featuresFile, tableKey } from "./files/features.js";
import { lossesFile } from "./files/losses.js";
import { measuredHeads, metricsFile } from "./files/metrics.js";
import { modelFile } from "./files/model.js";
import { optimFile, type OptimInput } from "./files/optim.js";
import { checkpointFile, evalFile, processesFile, trainFile } from "./files/program.js";
import { readmeFile } from "./files/readme.js";
import { embeddingFile, shardingFile } from "./files/sharding.js";
import { valuesFile } from "./files/values.js";
import { isLoss } from "./attributes.js";
import { readFrom } from "./needs.js";
import { createNetwork, type Network } from "./network.js";
import type { Placement } from "./parameters.js";
import { atom } from "./python.js";
import { createSpecText } from "./spec-text.js";
import { weightsContent } from "./weights.js";

type PackageInput = Pick<TargetInput, "model" | "sources" | "fitted" | "generator">;

/** The files besides the weights, and where each variable of the spec is in the state dict. */
function createPackage(input: PackageInput): {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly placements: readonly Placement[];
} {
  const { model, fitted, generator, sources } = input;
  const forward = lowerForward(model, fittedSizes(fitted));
  const spec = createSpecText(model, sources);
  const network = createNetwork(model, forward, spec.node);
  const placements = allPlacements(network, forward);
  const keys = new Map(placements.map(({ variable, key }) => [variable.name, key]));
  const trained = trainedVariables(forward);
  const frozen = network.placements
    .filter(({ variable }) => variable.role === "parameter" && !trained.has(variable.name))
    .map(({ key }) => key);
  const frozenTables = new Set(forward.tables.map(({ name }) => name).filter((name) => !trained.has(name)));
  const names = [forward.training, forward.served].flatMap(({ nodes }) =>
    nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])),
  );
  const inputs = [...new Set(names)].map(parseForwardInput);
  const readTables: string[] = [];
  const state = (name: string): ReturnType<typeof atom> => {
    const own = network.state(name)?.text.replace(/^self\b/, "model");
    if (own === undefined) readTables.push(name);
    return atom(own ?? `model.features.tables[${JSON.stringify(tableKey(name))}].weight`);
  };
  const losses = lossesFile({ network, state, lineOf: spec.loss }, `The losses of ${model.name}.`);
  const encoders = encodersFile(model);
  const data = dataFile(model);
  const measures = measuredHeads(model, forward).length > 0;
  const features = { model, tables: forward.tables, inputs, frozen: frozenTables };
  const optimizers = optimInput(model, forward, keys, trained);
  const program = {
    model,
    readsModel: losses.readsModel,
    measures,
    draws: network.views.training.fn.nodes.some(({ op }) => op === "random") || droppedFeatures(features).length > 0,
    hasSparse: optimizers.sparse.size > 0,
    hasStatistics: network.placements.some(({ variable }) => variable.role === "statistic"),
  };
  const refused = refusedShards(model, forward.tables.length, readTables);
  const used = [...new Set([...encoders.values, ...data.values])].join(" ");
  const files = [
    { path: "README.md", content: readmeFile({ model, generator, forward, measures, refused }) },
    { path: "pyproject.toml", content: projectFile(model) },
    { path: "model.py", content: modelFile(network, frozen, docOf(model)) },
    { path: "losses.py", content: losses.text },
    { path: "features.py", content: featuresFile(features) },
    { path: "encoders.py", content: encoders.text },
    { path: "values.py", content: valuesFile(model, used) },
    { path: "data.py", content: data.text },
    { path: "optim.py", content: optimFile(optimizers) },
    ...(measures
      ? [
          { path: "metrics.py", content: metricsFile(model, forward) },
          { path: "eval.py", content: evalFile(program) },
        ]
      : []),
    { path: "checkpoint.py", content: checkpointFile },
    { path: "processes.py", content: processesFile(program) },
    { path: "train.py", content: trainFile(program) },
    { path: "embedding.py", content: embeddingFile(refused) },
    ...(refused === undefined ? [{ path: "sharding.py", content: shardingFile }] : []),
    { path: "fitted.json", content: `${JSON.stringify({ rows: fitted.rows, features: fitted.features })}\n` },
    { path: "mtlc.json", content: manifestText(input, placements) },
  ];
  return { files, placements };
}

/** What of a model does not go with tables in shards, and why; undefined where nothing is. */
function refusedShards({ train }: Model, tables: number, readTables: readonly string[]): string | undefined {
  if (tables === 0) return "a model without embedding tables";
  if (train.clip.kind === "norm") return "clipping by the norm of all gradients";
  if (readTables.length > 0) return "losses that read whole tables";
  return undefined;
}

function docOf({ name, doc }: Model): string {
  const text = doc === undefined ? `${name}: the network.` : (doc.split("\n")[0]?.trim() ?? "");
  return text.length <= 92 ? text.replaceAll("\\", "\\\\").replaceAll('"', "'") : `${name}: the network.`;
}

function allPlacements(network: Network, forward: Forward): readonly Placement[] {
  const tables = forward.tables.map(({ name, rows, width, pieces }): Placement => ({
    variable: tableOf(name, rows, width, pieces),
    key: `features.tables.${tableKey(name)}.weight`,
    transposed: false,
    shape: [rows, width],
  }));
  return [...tables, ...network.placements];
}

function tableOf(
  name: string,
  rows: number,
  width: number,
  pieces: Forward["tables"][number]["pieces"],
): StateVariable {
  return { name, type: { dtype: "float32", shape: [rows, width] }, role: "parameter", pieces };
}

/** Variables that a loss reaches, besides those that the spec freezes. */
function trainedVariables({ training: fn, owned }: Forward): ReadonlySet<string> {
  const losses = fn.outputs.filter(({ name }) => isLoss(name)).map(({ value }) => value);
  const names = new Set<string>();
  for (const id of readFrom(fn, losses, (each) => fn.nodes[each]?.op === "stopGradient")) {
    const node = fn.nodes[id];
    if (node?.op === "state") names.add(node.attributes.name);
    if (node?.op === "input") {
      const input = parseForwardInput(node.attributes.name);
      if (input.kind === "embedding") names.add(input.piece);
    }
  }
  for (const name of owned.frozen) names.delete(name);
  return names;
}

function optimInput(
  model: Model,
  { owned, tables }: Forward,
  keys: ReadonlyMap<string, string>,
  trained: ReadonlySet<string>,
): OptimInput {
  const sparse = new Set(
    tables.flatMap(({ name, update }) => (update === "sparse" && trained.has(name) ? [keys.get(name) ?? name] : [])),
  );
  const byChoice = new Map<NonNullable<ReturnType<typeof owned.choices.get>>, string[]>();
  for (const [name, choice] of owned.choices) {
    const key = keys.get(name);
    if (key === undefined || owned.frozen.has(name)) continue;
    byChoice.set(choice, [...(byChoice.get(choice) ?? []), key]);
  }
  return {
    optimizer: optimizerChoice(model.train.optimizer),
    schedule: scheduleChoice(model.train.schedule),
    groups: [...byChoice].map(([choice, own]) => ({ choice, keys: own })),
    sparse,
    dense: new Set([...trained].flatMap((name) => keys.get(name) ?? []).filter((key) => !sparse.has(key))),
    clip: model.train.clip,
  };
}

/** What `mtlc import` needs: the spec, and which tensor is which variable of it. */
function manifestText({ model, sources, generator }: PackageInput, placements: readonly Placement[]): string {
  const manifest = {
    format: "mtlc-torch",
    version: 1,
    generator,
    model: model.name,
    hash: hashModel(model),
    // A caller may have set others than the spec says.
    train: { seed: model.train.seed, epochs: model.train.epochs, steps: model.train.steps },
    sources: relativeSources(sources),
    tensors: placements.map(({ variable, key, transposed }) => ({
      name: variable.name,
      key,
      transposed,
      shape: variable.type.shape,
      pieces: variable.pieces.map(({ name, row, rows }) => ({ name, row, rows })),
    })),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Paths below the folder that all files of the spec share: they say nothing of the machine. */
function relativeSources(sources: PackageInput["sources"]): PackageInput["sources"] {
  const own = sources.filter(({ path }) => isFile(path)).map(({ path }) => path.split(/[\\/]/));
  const [first = []] = own;
  let shared = 0;
  while (shared < first.length - 1 && own.every((parts) => parts[shared] === first[shared])) shared += 1;
  return sources.map(({ path, text }) => ({
    path: isFile(path) ? path.split(/[\\/]/).slice(shared).join("/") : path,
    text,
  }));
}

/** Blocks of the standard library lie in no folder. */
function isFile(path: string): boolean {
  return !path.startsWith("<");
}

function projectFile(model: Model): string {
  const parquet = [model.data.format, model.data.train].some((source) => source?.format === "parquet");
  const dependencies = ["numpy>=1.26", ...(parquet ? ["pyarrow>=15"] : []), "torch>=2.4"];
  return [
    "[project]",
    `name = "${model.name.replaceAll("_", "-")}"`,
    'version = "0.1.0"',
    'requires-python = ">=3.10"',
    "dependencies = [",
    ...dependencies.map((each) => `    "${each}",`),
    "]",
    "",
    "[tool.ruff]",
    "line-length = 100",
    "",
    "[tool.ruff.lint]",
    'select = ["E", "F", "I", "B", "UP"]',
    'ignore = ["B905"]  # zip of lists of one length',
    "",
  ].join("\n");
}

/** The package and its weights. */
export function packageFiles(input: TargetInput): readonly TargetFile[] {
  const made = createPackage(input);
  const { state } = programOf(input);
  return [
    { path: "weights.safetensors", content: weightsContent(made.placements, state, input.weights) },
    ...made.files,
  ];
}
