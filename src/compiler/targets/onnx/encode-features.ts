/**
 * From raw columns to the ids and numbers of features, as ONNX nodes: what `runtime/data/encode` does with the rows of a program. Numbers
 * are doubles until they are scaled.
 */
import {
  affineOf,
  canMiss,
  type FeatureModel,
  fillOf,
  type FittedFeature,
  idOfText,
  isListFeature,
  isLogarithmic,
  largestFloat,
  nullId,
  type NumberFeature,
} from "../../model/index.js";
import { encodeExpression, finite, isFiniteTensor } from "./encode-expression.js";
import { AttributeType, ElementType } from "./proto.js";
import { intAttribute, type NodeList, type TensorName } from "./node-list.js";
import type { RawInput, RawReading } from "./raw-inputs.js";

const encoder = new TextEncoder();

type NumberFit = Extract<FittedFeature, { kind: "number" }>;

/** How numbers are read: of a column, or computed from several. */
type NumberReading = Extract<RawReading, { kind: "column" | "computed" }>;

export interface ColumnContext {
  readonly list: NodeList;
  /** Texts that mean null besides the empty one. */
  readonly nulls: readonly string[];
  /** An input as [B, W]. */
  readonly matrix: (input: RawInput) => TensorName;
  /** Columns that are read as numbers already. */
  readonly numbers: Map<RawInput, TensorName>;
}

/** The scaled numbers [B, W] of a feature, float32. */
export function encodeNumbers(
  context: ColumnContext,
  feature: NumberFeature,
  fit: NumberFit,
  reading: NumberReading,
): TensorName {
  const { list } = context;
  const { value, known } = numbersOf(context, feature, reading);
  const { shift, factor } = affineOf(feature, fit);
  const present = isLogarithmic(feature) ? logOf(list, value) : value;
  const filled = list.add("Where", [known, present, list.constant("float64", fillOf(feature, fit.mean))]);
  const scaled = list.add("Mul", [
    list.add("Sub", [filled, list.constant("float64", shift)]),
    list.constant("float64", factor),
  ]);
  const above = list.add("Max", [scaled, list.constant("float64", -largestFloat)]);
  const inRange = list.add("Min", [above, list.constant("float64", largestFloat)]);
  const number = list.add("Cast", [inRange], [intAttribute("to", ElementType.float32)], { name: feature.name });
  if (reading.kind === "computed" || reading.length === undefined) return number;
  return list.add("Where", [inLength(context, reading), number, list.constant("float32", 0)], [], {
    name: feature.name,
  });
}

/** The bucket [B, 1] of a feature, int64. */
export function encodeBucket(
  context: ColumnContext,
  feature: Extract<FeatureModel, { kind: "bucket" }>,
  { boundaries }: Extract<FittedFeature, { kind: "bucket" }>,
  reading: NumberReading,
): TensorName {
  const { list } = context;
  const { value, known } = numbersOf(context, feature, reading);
  const bucket = (x: number): number => boundaries.filter((boundary) => boundary <= x).length + 1;
  const { missing } = feature;
  const unknown = missing === undefined ? 0 : missing.kind === "zeros" ? -1 : bucket(Number(missing.value));
  const below = list.add("LessOrEqual", [list.constantOf("float64", [1, boundaries.length], boundaries), value]);
  const counted = list.add("Cast", [below], [intAttribute("to", ElementType.int64)]);
  const count = list.add("ReduceSum", [counted, list.constant("int64", [1])], [intAttribute("keepdims", 1)]);
  const id = list.add("Add", [count, list.constant("int64", 1)]);
  return list.add("Where", [known, id, list.constant("int64", unknown)], [], { name: feature.name });
}

export interface EncodedIds {
  /** [B, W] int64; −1 where a list has no more. */
  readonly ids: TensorName;
  /** Of a bag with a value for rows that have none: which rows [B, 1] these are. */
  readonly isEmpty?: TensorName;
}

/** The ids of a feature with a vocabulary. */
export function encodeIds(
  context: ColumnContext,
  feature: FeatureModel,
  fit: FittedFeature,
  reading: Extract<RawReading, { kind: "column" }>,
): EncodedIds {
  const { list } = context;
  const isList = isListFeature(feature);
  // Of a list along others, a null is a value that is unknown, and its length says where it ends.
  const empty = isList ? (reading.length === undefined ? -1 : 0) : nullId(feature, idsOf(fit));
  const missing = canMiss(feature) ? feature.missing : undefined;
  const outside = missing?.outside === true ? empty : 0;
  const ids = lookUp(context, feature.name, fit, reading.input, { empty, outside });
  const name = { name: feature.name };
  if (reading.length !== undefined)
    return { ids: list.add("Where", [inLength(context, reading), ids, list.constant("int64", -1)], [], name) };
  if (!isList || missing === undefined) return { ids };
  const most = list.add("ReduceMax", [ids, list.constant("int64", [1])], [intAttribute("keepdims", 1)]);
  const isEmpty = list.add("Less", [most, list.constant("int64", 0)]);
  const instead = firstOf(feature.max, nullId(feature, idsOf(fit)), -1);
  return {
    ids: list.add("Where", [isEmpty, list.constantOf("int64", [1, feature.max], instead), ids], [], name),
    isEmpty,
  };
}

/** The weights [B, W] of a bag, float32: 0 where there is no value, and 1 for the value of a row that has none. */
export function encodeWeights(
  { list, matrix }: ColumnContext,
  max: number,
  weight: RawInput,
  { ids, isEmpty }: EncodedIds,
): TensorName {
  const given = list.add("Cast", [matrix(weight)], [intAttribute("to", ElementType.float32)]);
  const isThere = list.add("GreaterOrEqual", [ids, list.constant("int64", 0)]);
  const weights = list.add("Where", [isThere, given, list.constant("float32", 0)], [], { name: weight.name });
  if (isEmpty === undefined) return weights;
  const instead = list.constantOf("float32", [1, max], firstOf(max, 1, 0));
  return list.add("Where", [isEmpty, instead, weights], [], { name: weight.name });
}

function firstOf(length: number, first: number, others: number): readonly number[] {
  return Array.from({ length }, (_, at) => (at === 0 ? first : others));
}

interface OtherIds {
  /** Of a missing value. */
  readonly empty: number;
  /** Of a value that the vocabulary does not hold. */
  readonly outside: number;
}

function lookUp(
  { list, nulls, matrix }: ColumnContext,
  name: string,
  fit: FittedFeature,
  input: RawInput,
  { empty, outside }: OtherIds,
): TensorName {
  const value = matrix(input);
  if (input.kind === "text") {
    const keys = new Map(["", ...nulls].map((text) => [text, empty]));
    for (const [text, id] of listedIds(fit)) if (!keys.has(text)) keys.set(text, id);
    return labelEncoder(list, value, "strings", keys, outside, name);
  }
  const { whole, isWhole } = wholeNumbers(list, value, input, nulls);
  const least = list.constant("int64", 0);
  const wholeIds = (): ReadonlyMap<number, number> =>
    new Map([...listedIds(fit)].map(([text, id]) => [Number(text), id]));
  const found =
    fit.kind === "ids"
      ? idsBelow(list, whole, fit.count, outside)
      : labelEncoder(list, whole, "int64s", wholeIds(), outside, name);
  const isNull = list.add("Less", [whole, least]);
  const known =
    isWhole === undefined ? found : list.add("Where", [isWhole, found, list.constant("int64", outside)], [], { name });
  return list.add("Where", [isNull, list.constant("int64", empty), known], [], { name });
}

/** The ids of whole numbers that are ids: `outside` from `count` on. */
function idsBelow(list: NodeList, whole: TensorName, count: number, outside: number): TensorName {
  const isListed = list.add("Less", [whole, list.constant("int64", count)]);
  const id = list.add("Add", [whole, list.constant("int64", 1)]);
  return list.add("Where", [isListed, id, list.constant("int64", outside)]);
}

/** A column of whole numbers, −1 where it is null; of doubles also which are whole. */
function wholeNumbers(
  list: NodeList,
  value: TensorName,
  { kind }: RawInput,
  nulls: readonly string[],
): { readonly whole: TensorName; readonly isWhole: TensorName | undefined } {
  if (kind !== "number") return { whole: withoutNulls(list, value, "int64", nulls), isWhole: undefined };
  const clean = withoutNulls(list, value, "float64", nulls);
  const known = isFiniteTensor(list, clean);
  const floor = list.add("Floor", [list.add("Where", [known, clean, list.constant("float64", -1)])]);
  const isWhole = list.add("Or", [list.add("Equal", [floor, clean]), list.add("Not", [known])]);
  return { whole: list.add("Cast", [floor], [intAttribute("to", ElementType.int64)]), isWhole };
}

/** Numbers that the spec reads as null, as the numbers that are. */
function withoutNulls(
  list: NodeList,
  value: TensorName,
  dtype: "int64" | "float64",
  nulls: readonly string[],
): TensorName {
  const numbers = nulls
    .map(Number)
    .filter((number) => (dtype === "int64" ? Number.isSafeInteger(number) : !isNaN(number)));
  const none = dtype === "int64" ? list.constant("int64", -1) : list.constant("float64", NaN);
  return [...new Set(numbers)].reduce(
    (found, number) => list.add("Where", [list.add("Equal", [found, list.constant(dtype, number)]), none, found]),
    value,
  );
}

/** The numbers of a feature as doubles, and where they are finite. */
function numbersOf(
  context: ColumnContext,
  { source }: FeatureModel,
  reading: NumberReading,
): { readonly value: TensorName; readonly known: TensorName } {
  if (reading.kind === "column") return readNumbers(context, reading.input);
  const { list } = context;
  const value = encodeExpression(list, source, (name) => {
    const input = reading.columns.get(name);
    if (input === undefined) throw new Error(`there is no input of the column ${name}`);
    return finite(list, readNumbers(context, input).value);
  });
  return { value, known: isFiniteTensor(list, value) };
}

/** A column as doubles [B, W], and where they are finite. */
function readNumbers(
  { list, nulls, matrix, numbers }: ColumnContext,
  input: RawInput,
): { readonly value: TensorName; readonly known: TensorName } {
  const known = numbers.get(input);
  const value =
    known ??
    (input.kind === "text" ? parsed(list, matrix(input), nulls) : withoutNulls(list, matrix(input), "float64", nulls));
  numbers.set(input, value);
  return { value, known: isFiniteTensor(list, value) };
}

/** Texts as numbers: those that mean null are NaN. */
function parsed(list: NodeList, text: TensorName, nulls: readonly string[]): TensorName {
  const isNull = labelEncoder(list, text, "strings", new Map(["", ...nulls].map((each) => [each, 1])), 0, "null");
  const none = list.initializer({ dims: [], dataType: ElementType.string, stringData: [encoder.encode("NaN")] }, "nan");
  const flag = list.add("Cast", [isNull], [intAttribute("to", ElementType.bool)]);
  return list.add("Cast", [list.add("Where", [flag, none, text])], [intAttribute("to", ElementType.float64)]);
}

/** ±log(1 + |x|). */
function logOf(list: NodeList, x: TensorName): TensorName {
  const size = list.add("Log", [list.add("Add", [list.add("Abs", [x]), list.constant("float64", 1)])]);
  return list.add("Mul", [list.add("Sign", [x]), size]);
}

/** Which positions [B, W] a row's lists have. */
function inLength(
  { list, matrix }: ColumnContext,
  { input, length }: Extract<RawReading, { kind: "column" }>,
): TensorName {
  const positions = Array.from({ length: input.max ?? 1 }, (_, at) => at);
  const at = list.constantOf("int64", [1, positions.length], positions);
  return list.add("Less", [at, length === undefined ? at : matrix(length)]);
}

function labelEncoder(
  list: NodeList,
  value: TensorName,
  keys: "strings" | "int64s",
  ids: ReadonlyMap<string | number, number>,
  otherwise: number,
  name: string,
): TensorName {
  const keyAttribute =
    keys === "strings"
      ? { type: AttributeType.strings, strings: [...ids.keys()].map((key) => encoder.encode(String(key))) }
      : { type: AttributeType.ints, ints: [...ids.keys()].map(Number) };
  return list.add(
    "LabelEncoder",
    [value],
    [
      { name: `keys_${keys}`, ...keyAttribute },
      { name: "values_int64s", type: AttributeType.ints, ints: [...ids.values()] },
      intAttribute("default_int64", otherwise),
    ],
    { name, domain: "ai.onnx.ml" },
  );
}

/** The values of a vocabulary with their ids. */
function* listedIds(fit: FittedFeature): Iterable<readonly [string, number]> {
  if (fit.kind === "vocabulary") for (const [at, text] of fit.values.entries()) yield [text, at + 1];
  if (fit.kind === "ids") for (let value = 0; value < fit.count; value += 1) yield [String(value), value + 1];
}

/** The ids of values that ONNX can find out. */
function idsOf(fit: FittedFeature): { ofText(text: string): number } {
  return {
    ofText: (text) => {
      if (fit.kind === "ids") return idOfText(text, fit.count);
      return fit.kind === "vocabulary" ? fit.values.indexOf(text) + 1 : 0;
    },
  };
}
