import { functionInputs, type GraphFunction } from "../../graph/index.js";
import { hashModel, type Model } from "../../model/index.js";
import { predictRefusals, programOf } from "../network.js";
import type { Target, TargetFile, TargetInput } from "../target.js";
import { leftToCaller } from "./left-to-caller.js";
import { functionGraph, modelFiles, type OnnxFile, opsets, pureFunction, type StateValue } from "./model.js";
import { type ElementTypeName } from "./proto.js";
import type { RawInput, RawInputs } from "./raw-inputs.js";
import { rawTypes, rowsGraph } from "./rows-graph.js";

const encodedName = "model.onnx";
const rowsName = "rows.onnx";
const weightsName = "weights.data";

export const onnx: Target = {
  name: "onnx",
  summary: "Models in ONNX for onnxruntime and others: one of raw columns, and one of encoded features",
  folder: "onnx",
  carries: ["predict"],
  inEveryArtifact: false,
  refusals: (subject) => predictRefusals("onnx", subject),
  leftToCaller,
  emit: (input) => onnxFiles(input),
};

/** The files of the target. `inline`: bytes of weights up to which they are in the models; see {@link modelFiles}. */
export function onnxFiles(input: TargetInput, inline?: number): readonly TargetFile[] {
  const { model, fitted, weights, generator } = input;
  const program = programOf(input);
  const fn = pureFunction(program, "predict");
  const values: StateValue = ({ name }, from, to) => weights(name, from, to);
  const version = generator.replace(/^\S+ /, "");
  const metadata = { model: model.name, hash: hashModel(model) };
  const encoded = functionGraph(program, fn);
  const rows = rowsGraph(model, fitted, program, fn);
  // What both read, they read in one order: a file of weights is that of both.
  const files = (name: string, { graph, state }: Pick<typeof encoded, "graph" | "state">): readonly OnnxFile[] =>
    modelFiles(graph, state, values, {
      version,
      name,
      metadata,
      data: weightsName,
      ...(inline === undefined ? {} : { inline }),
    });
  const made = [...files(encodedName, encoded), ...(rows === undefined ? [] : files(rowsName, rows).slice(0, 1))];
  const described = {
    ...metadata,
    generator,
    opsets: { "ai.onnx": opsets[""], "ai.onnx.ml": opsets["ai.onnx.ml"] },
    models: {
      [encodedName]: encodedModel(fn),
      ...(rows === undefined ? {} : { [rowsName]: rowsModel(model, rows.inputs, rows.outputs) }),
    },
  };
  return [
    ...made.map(({ name, content }) => ({ path: name, content })),
    { path: "models.json", content: `${JSON.stringify(described, undefined, 2)}\n` },
  ];
}

/** An input or an output as `models.json` has it. */
interface TensorDescription {
  readonly name: string;
  readonly type: ElementTypeName;
  readonly shape: readonly (number | string)[];
}

function encodedModel(fn: GraphFunction): unknown {
  const inputs = functionInputs(fn).map(({ name, type }): TensorDescription => ({
    name,
    type: type.dtype,
    shape: type.shape,
  }));
  return { inputs, outputs: outputsOf(fn.outputs.map(({ name }) => [name, name])) };
}

function rowsModel(
  { features }: Pick<Model, "features">,
  { inputs, readings }: RawInputs,
  outputs: ReadonlyMap<string, string>,
): unknown {
  const readersOf = (input: RawInput): readonly string[] =>
    features.flatMap(({ name }) => {
      const reading = readings.get(name);
      if (reading === undefined || reading.kind === "unread") return [];
      if (reading.kind === "computed") return [...reading.columns.values()].includes(input) ? [name] : [];
      const read = [reading.input, reading.weight, reading.kind === "column" ? reading.length : undefined];
      return read.includes(input) ? [name] : [];
    });
  const whyOf = (input: RawInput): string | undefined =>
    [...readings.values()].flatMap((reading) =>
      reading.kind === "id" && reading.input === input ? [reading.why] : [],
    )[0];
  return {
    inputs: inputs.map((input) => ({
      name: input.name,
      type: rawTypes[input.kind],
      shape: input.max === undefined ? ["B"] : ["B", input.max],
      holds: input.kind,
      missing: missingOf(input),
      features: readersOf(input),
      why: whyOf(input),
    })),
    outputs: outputsOf([...outputs]),
  };
}

/** What is fed for a value that is not known, and where a list has no more. */
function missingOf({ kind, max }: RawInput): string | number | undefined {
  switch (kind) {
    case "number":
      return "NaN";
    case "whole":
      return -1;
    case "text":
      return "";
    case "weight":
      return 0;
    case "id":
      return max === undefined ? 0 : -1;
    case "length":
      return undefined;
  }
}

function outputsOf(
  names: readonly (readonly [string, string])[],
): readonly (TensorDescription & { readonly head: string })[] {
  return names.map(([head, name]) => ({ name, head, type: "float32", shape: ["B"] }));
}
