/** Shipped specs as models in ONNX, rows of them as their inputs, and what our engine predicts. */
import { cutWeight, isListFeature, isWeighted } from "../../../src/compiler/model/feature-lists.js";
import {
  batchLayout,
  type FeatureModel,
  type Fitted,
  type Model,
  readingOf,
} from "../../../src/compiler/model/index.js";
import { onnx, onnxFiles } from "../../../src/compiler/targets/onnx/index.js";
import { emitTarget } from "../../../src/runtime/artifact/target-files.js";
import { createRowEncoder, type RawRow } from "../../../src/runtime/data/index.js";
import { evaluate } from "../../../src/runtime/data/expressions/expression-evaluate.js";
import { numberOf, textOf } from "../../../src/runtime/data/expressions/values.js";
import { createProgram, functionOf } from "../../../src/runtime/engine/create-program.js";
import { type HostTensor, selectEngine } from "../../../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../../../src/runtime/engine/state.js";
import { createFeeds } from "../../../src/runtime/measure/feeds.js";
import { someFitted, someRows } from "../../web/some-rows.js";
import { bytesOf, weightsOf } from "../contents.js";

/** An input or output as `models.json` has it. */
export interface OnnxInput {
  readonly name: string;
  readonly type: "float32" | "float64" | "int32" | "int64" | "string";
  readonly shape: readonly (number | string)[];
  readonly holds?: "number" | "whole" | "text" | "length" | "weight" | "id";
  readonly missing?: string | number;
  readonly features?: readonly string[];
  readonly why?: string;
}

export interface OnnxDescription {
  readonly models: Readonly<
    Record<
      string,
      { readonly inputs: readonly OnnxInput[]; readonly outputs: readonly (OnnxInput & { head: string })[] }
    >
  >;
}

/** Row-major elements of an input; "NaN" is a number that is missing. */
export interface OnnxFeed {
  readonly type: OnnxInput["type"];
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

export interface OnnxCase {
  /** By the path in the target's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly description: OnnxDescription;
  /** By the file of the model, then by the input's name. */
  readonly feeds: Readonly<Record<string, Readonly<Record<string, OnnxFeed>>>>;
  /** By head. */
  readonly expected: Readonly<Record<string, readonly number[]>>;
}

export interface OnnxCaseOptions {
  readonly count?: number;
  readonly fitted?: Fitted;
  readonly rows?: readonly RawRow[];
  /** Whether the weights are in a file of their own. */
  readonly external?: boolean;
}

/** A model with its first weights, and rows of it. */
export async function onnxCase(model: Model, options: OnnxCaseOptions = {}): Promise<OnnxCase> {
  const fitted = options.fitted ?? someFitted(model);
  const program = createProgram(model, fitted);
  const rows = options.rows ?? someRows(model, fitted, options.count ?? 7);
  const { engine } = await selectEngine({ preference: "cpu", environment: {} });
  const target = functionOf(program, "predict");
  const session = await engine.open(program, { functions: ["predict"] });
  try {
    await fillSession(session, program.state, initialReader(3));
    const batch = createRowEncoder(model, fitted, { mode: "serving" })(rows);
    const encoded = createFeeds(target, batchLayout(model))(batch);
    const found = session.run("predict", encoded);
    const weights = weightsOf(session.get());
    const content = { model, program, fitted, weights, sources: [], trained: false };
    const emitted =
      options.external === true
        ? onnxFiles({ ...content, built: () => "", generator: "mtlc 0" }, 0)
        : emitTarget(onnx, content);
    const files = new Map(emitted.map(({ path, content }) => [path, bytesOf(content)]));
    const description = JSON.parse(String(files.get("models.json"))) as OnnxDescription;
    return {
      files,
      description,
      feeds: rowFeeds(description, model, rows, batch.ids, encoded),
      expected: Object.fromEntries(Object.entries(found).map(([head, { data }]) => [head, [...data]])),
    };
  } finally {
    session.close();
  }
}

/** Feeds by the file of the model, then by the input's name: `ids` and `encoded` are what our encoder makes of the rows. */
export function rowFeeds(
  { models }: OnnxDescription,
  model: Model,
  rows: readonly RawRow[],
  ids: Int32Array,
  encoded: Readonly<Record<string, HostTensor>>,
): OnnxCase["feeds"] {
  const columns = models["rows.onnx"]?.inputs.map((input) => [input.name, feedOf(input, model, rows, ids)] as const);
  const parts = Object.entries(encoded).map(([name, { shape, data }]): [string, OnnxFeed] => [
    name,
    { type: data instanceof Float32Array ? "float32" : "int32", shape, data: [...data] },
  ]);
  return {
    "model.onnx": Object.fromEntries(parts),
    ...(columns === undefined ? {} : { "rows.onnx": Object.fromEntries(columns) }),
  };
}

/** Rows as a caller hands them in: the values of a column, lists filled up. */
function feedOf(input: OnnxInput, model: Model, rows: readonly RawRow[], ids: Int32Array): OnnxFeed {
  const { type, holds } = input;
  const [, max] = input.shape;
  const width = typeof max === "number" ? max : undefined;
  const [first] = input.features ?? [];
  const feature = model.features.find(({ name }) => name === first)!;
  const data = rows.flatMap((row, at): readonly (number | string)[] => {
    if (holds === "id") {
      const layout = batchLayout(model);
      const { offset } = layout.ids.find((slot) => slot.feature === feature.name)!;
      return [...ids.subarray(at * layout.idWidth + offset, at * layout.idWidth + offset + (width ?? 1))];
    }
    if (holds === "length") return [listOf(feature, row).length];
    const isColumn = rows.some((each) => Object.hasOwn(each, input.name));
    if (width === undefined && isColumn) return [cellOf(row[input.name], input)];
    const rules = readingOf(model.data)?.options ?? { nulls: [], trim: false };
    if (width === undefined) return [cellOf(evaluate(feature.source, row, rules), input)];
    const cells = listOf(feature, row).map((value) => {
      if (!isWeighted(feature)) return cellOf(value, input);
      const cut = cutWeight(String(value));
      return holds === "weight" ? Number(cut.weight ?? 1) : cellOf(cut.value, input);
    });
    return [...cells, ...Array<number | string>(width - cells.length).fill(input.missing ?? 0)];
  });
  return { type, shape: width === undefined ? [rows.length] : [rows.length, width], data };
}

function listOf(feature: FeatureModel, row: RawRow): readonly unknown[] {
  if (!isListFeature(feature) || feature.source.kind !== "column") throw new Error(`${feature.name} is not a list`);
  const list = (row[feature.source.name] ?? []) as readonly unknown[];
  const values = feature.kind === "bag" || feature.along === undefined ? list.filter((value) => value !== null) : list;
  const isLast = feature.kind !== "bag" && feature.keep === "last";
  return isLast ? values.slice(-feature.max) : values.slice(0, feature.max);
}

function cellOf(value: unknown, { holds, missing = 0 }: OnnxInput): number | string {
  if (value === null || value === undefined || value === "") return missing;
  const scalar = value as string | number | boolean;
  if (holds === "text") return textOf(scalar);
  const number = numberOrNaN(scalar);
  return holds === "whole" ? (Number.isInteger(number) ? number : 10 ** 9) : Number.isNaN(number) ? "NaN" : number;
}

function numberOrNaN(value: string | number | boolean): number {
  try {
    return numberOf(value) ?? NaN;
  } catch {
    return NaN;
  }
}
