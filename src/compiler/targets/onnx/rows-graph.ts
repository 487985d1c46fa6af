/** `predict` over raw columns: the encoding of features, then the network, as one graph. */
import type { GraphFunction, Program, StateVariable } from "../../graph/index.js";
import {
  batchInputs,
  type FeatureModel,
  type Fitted,
  fittedOf,
  hasIds,
  isListFeature,
  isWeighted,
  type Model,
  nullTexts,
  readingOf,
} from "../../model/index.js";
import {
  type ColumnContext,
  encodeBucket,
  type EncodedIds,
  encodeIds,
  encodeNumbers,
  encodeWeights,
} from "./encode-features.js";
import { finishGraph, lowerFunction } from "./model.js";
import { intAttribute, NodeList, type TensorName, valueInfo } from "./node-list.js";
import { ElementType, type ElementTypeName, type GraphProto } from "./proto.js";
import { type RawInput, type RawInputs, type RawKind, rawInputs } from "./raw-inputs.js";

export const rawTypes: Readonly<Record<RawKind, Exclude<ElementTypeName, "bool">>> = {
  number: "float64",
  whole: "int64",
  text: "string",
  length: "int64",
  weight: "float64",
  id: "int64",
};

export interface RowsGraph {
  readonly graph: GraphProto;
  readonly state: ReadonlyMap<StateVariable, TensorName>;
  readonly inputs: RawInputs;
  /** The output of each head: its name, with a tail where an input has that. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Undefined for a model of which serving reads no column. */
export function rowsGraph(
  model: Pick<Model, "features" | "data">,
  fitted: Fitted,
  program: Program,
  fn: GraphFunction,
): RowsGraph | undefined {
  const inputs = rawInputs(model, fitted);
  const [first] = inputs.inputs;
  if (first === undefined) return undefined;
  const names = new Set(inputs.inputs.map(({ name }) => name));
  const outputs = new Map(fn.outputs.map(({ name }) => [name, names.has(name) ? `${name}_predicted` : name]));
  const list = new NodeList([...names, ...outputs.values()]);
  list.bindSize("B", first.name, 0);
  const matrices = new Map<RawInput, TensorName>();
  const matrix = (input: RawInput): TensorName => {
    if (input.max !== undefined) return input.name;
    const known = matrices.get(input) ?? list.add("Unsqueeze", [input.name, list.constant("int64", [1])]);
    matrices.set(input, known);
    return known;
  };
  const nulls = nullTexts(readingOf(model.data)?.options.nulls ?? []);
  const context = { list, nulls, matrix, numbers: new Map<RawInput, TensorName>() };
  const slots = model.features.map((feature) => encodeFeature(context, feature, fitted, inputs));
  const read = new Set(fn.nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])));
  const parts = { ids: slots.flatMap(({ ids }) => ids ?? []), numbers: slots.flatMap(({ numbers }) => numbers ?? []) };
  const feeds = new Map(
    (["ids", "numbers"] as const)
      .filter((part) => read.has(batchInputs[part]))
      .map((part) => [batchInputs[part], joined(list, parts[part], part)]),
  );
  const named = {
    ...fn,
    outputs: fn.outputs.map((output) => ({ ...output, name: outputs.get(output.name) ?? output.name })),
  };
  const lowered = lowerFunction(list, program, named, feeds);
  const infos = inputs.inputs.map(({ name, kind, max }) =>
    valueInfo(name, rawTypes[kind], max === undefined ? ["B"] : ["B", max]),
  );
  return { graph: finishGraph(list, named, lowered, infos), state: lowered.state, inputs, outputs };
}

interface FeatureSlots {
  /** [B, W] int64. */
  readonly ids?: TensorName;
  /** [B, W] float32. */
  readonly numbers?: TensorName;
}

function encodeFeature(
  context: ColumnContext,
  feature: FeatureModel,
  fitted: Fitted,
  { readings }: RawInputs,
): FeatureSlots {
  const reading = readings.get(feature.name) ?? { kind: "unread" };
  if (reading.kind === "unread") return unread(context.list, feature);
  const withWeights = (encoded: EncodedIds, weight: RawInput | undefined): FeatureSlots => {
    const { ids } = encoded;
    if (weight === undefined || !isListFeature(feature)) return { ids };
    return { ids, numbers: encodeWeights(context, feature.max, weight, encoded) };
  };
  if (reading.kind === "id") return withWeights({ ids: context.matrix(reading.input) }, reading.weight);
  const fit = fittedOf(fitted, feature);
  switch (fit.kind) {
    case "number":
      if (!hasIds(feature)) return { numbers: encodeNumbers(context, feature, fit, reading) };
      break;
    case "bucket":
      if (feature.kind === "bucket") return { ids: encodeBucket(context, feature, fit, reading) };
      break;
    case "vocabulary":
    case "ids":
    case "hash":
      if (reading.kind === "column") return withWeights(encodeIds(context, feature, fit, reading), reading.weight);
      break;
  }
  throw new Error(`the fit of ${feature.name} is of another kind`);
}

/** Zeros in the place of what nothing reads. */
function unread(list: NodeList, feature: FeatureModel): FeatureSlots {
  const shape = list.shape(["B", isListFeature(feature) ? feature.max : 1]);
  const zeros = (dtype: "int64" | "float32"): TensorName => list.add("Expand", [list.constant(dtype, 0), shape]);
  if (!hasIds(feature)) return { numbers: zeros("float32") };
  return { ids: zeros("int64"), ...(isWeighted(feature) ? { numbers: zeros("float32") } : {}) };
}

/** What the network reads, [B, W] of all features. */
function joined(list: NodeList, parts: readonly TensorName[], name: "ids" | "numbers"): TensorName {
  const whole = list.add("Concat", parts, [intAttribute("axis", 1)], { name });
  return name === "numbers" ? whole : list.add("Cast", [whole], [intAttribute("to", ElementType.int32)], { name });
}
