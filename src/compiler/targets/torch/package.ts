/** A model as one Python package. */
import type { StateVariable } from "../../graph/index.js";
import { type Forward, lowerForward } from "../../lower/index.js";
import { optimizerChoice, scheduleChoice } from "../../lower/index.js";
import { type Fitted, type FittedSizes, hashModel, type Model } from "../../model/index.js";
import type { TargetFile, TargetInput } from "../target.js";
import { programOf } from "../network.js";
import { dataFile } from "./files/data.js";
import { encodersFile } from "./files/encoders.js";
import { featuresFile, tableKey } from "./files/features.js";
import { lossesFile } from "./files/losses.js";
import { measuredHeads, metricsFile } from "./files/metrics.js";
import { modelFile } from "./files/model.js";
import { optimFile, type OptimInput } from "./files/optim.js";
import { checkpointFile, evalFile, processesFile, trainFile } from "./files/program.js";
import { readmeFile } from "./files/readme.js";
import { valuesFile } from "./files/values.js";
import { createNetwork, type Network } from "./network.js";
import type { Placement } from "./parameters.js";
import { atom } from "./python.js";
import { createSpecText } from "./spec-text.js";
import { weightsContent } from "./weights.js";

/** A package before its weights. */
export interface TorchPackage {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Where each variable of the spec is in the state dict. */
  readonly placements: readonly Placement[];
  readonly forward: Forward;
}

export type PackageInput = Pick<TargetInput, "model" | "sources" | "fitted" | "trained" | "generator">;

export function sizesOf({ features }: Fitted): FittedSizes {
  const ids = Object.entries(features).flatMap(([name, feature]): [string, number][] => {
    switch (feature.kind) {
      case "vocabulary":
        return [[name, feature.values.length + 1]];
      case "hash":
        return [[name, feature.buckets + 1]];
      case "ids":
        return [[name, feature.count + 1]];
      case "bucket":
        return [[name, feature.boundaries.length + 2]];
      case "number":
        return [];
    }
  });
  return { ids: Object.fromEntries(ids) };
}

/** `hasWeights`: whether `weights.safetensors` will be beside the files. */
export function createPackage(input: PackageInput, sizes: FittedSizes, hasWeights: boolean): TorchPackage {
  const { model, fitted, generator, sources } = input;
  const forward = lowerForward(model, sizes);
  const spec = createSpecText(model, sources);
  const network = createNetwork(model, forward, spec.node);
  const placements = allPlacements(network, forward);
  const keys = new Map(placements.map(({ variable, key }) => [variable.name, key]));
  const trained = trainedVariables(forward);
  const frozen = network.placements
    .filter(({ variable }) => variable.role === "parameter" && !trained.has(variable.name))
    .map(({ key }) => key);
  const frozenTables = new Set(forward.tables.map(({ name }) => name).filter((name) => !trained.has(name)));
  const inputs = new Set(
    [forward.training, forward.served].flatMap(({ nodes }) =>
      nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])),
    ),
  );
  const state = (name: string): ReturnType<typeof atom> => {
    const own = network.state(name)?.text.replace(/^self\b/, "model");
    return atom(own ?? `model.features.tables[${JSON.stringify(tableKey(name))}].weight`);
  };
  const lossesText = lossesFile({ network, state, lineOf: spec.loss }, `The losses of ${model.name}.`);
  const encoders = encodersFile(model);
  const data = dataFile(model);
  const measures = measuredHeads(model, forward).length > 0;
  const readsModel = /\bModel\b/.test(lossesText);
  const modelText = modelFile(network, frozen, docOf(model));
  const featuresText = featuresFile({ model, tables: forward.tables, inputs, frozen: frozenTables });
  const optimizers = optimInput(model, forward, keys, trained);
  const program = {
    model,
    hasWeights,
    readsModel,
    measures,
    draws: /\b(?:dropout|Dropout|rand|randn)\(/.test(modelText + featuresText),
    hasSparse: optimizers.sparse.size > 0,
    hasStatistics: network.placements.some(({ variable }) => variable.role === "statistic"),
  };
  const used = [...new Set([...encoders.values, ...data.values])].join(" ");
  const files = [
    { path: "README.md", content: readmeFile({ model, generator, forward, hasWeights, measures }) },
    { path: "pyproject.toml", content: projectFile(model) },
    { path: "model.py", content: modelText },
    { path: "losses.py", content: lossesText },
    { path: "features.py", content: featuresText },
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
    { path: "fitted.json", content: `${JSON.stringify({ rows: fitted.rows, features: fitted.features })}\n` },
    { path: "mtlc.json", content: manifestText(input, placements) },
  ];
  return { files, placements, forward };
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
  const reached = new Set<number>();
  const visit = (id: number): void => {
    if (reached.has(id)) return;
    reached.add(id);
    const node = fn.nodes[id];
    if (node === undefined || node.op === "stopGradient") return;
    for (const input of node.inputs) visit(input);
  };
  for (const { name, value } of fn.outputs) if (/^(?:loss\/|penalty\/)/.test(name)) visit(value);
  const names = new Set<string>();
  for (const id of reached) {
    const node = fn.nodes[id];
    if (node?.op === "state") names.add(node.attributes.name);
    if (node?.op === "input") {
      const [kind, piece = ""] = node.attributes.name.split(" ");
      if (kind === "embedding") names.add(piece);
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
  const made = createPackage(input, sizesOf(input.fitted), true);
  const { state } = programOf(input);
  return [
    { path: "weights.safetensors", content: weightsContent(made.placements, state, input.weights) },
    ...made.files,
  ];
}
