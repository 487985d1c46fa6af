/**
 * A model as one ES module without imports, for pages, workers, Deno, Bun and Node. In go the model, what was fitted, the program
 * with its weights and the code that the build bundled from `runtime/web`; out come the pieces of the module's text.
 */
import type { GraphModelFile, StateBytes } from "../tensorflow/graph-model.js";
import { createGraphModel } from "../tensorflow/graph-model.js";
import type { Program } from "../../graph/index.js";
import { hashModel, type Model, readingOf } from "../../model/index.js";
import { jsonText } from "../javascript/json-text.js";
import { encodeBase64 } from "./base64.js";

/** The code of {@link WebRuntime} declares this name. */
export const runtimeName = "webRuntime";

/** What every web module carries, made once by the build. */
export interface WebRuntime {
  /** A script that declares {@link runtimeName}: `runtime/web/entry.ts` and all that it imports, tfjs among it. */
  readonly source: string;
  /** tfjs's wasm backend in base 64. */
  readonly wasm: string;
}

export interface WebModuleOptions {
  readonly model: Model;
  /** What the training data decided, as plain values. */
  readonly fitted: unknown;
  /** Absent for a model without a network. */
  readonly program?: Program;
  readonly values: StateBytes;
  readonly runtime: WebRuntime;
  /** Name and version of mtlc. */
  readonly generator: string;
}

const encoder = new TextEncoder();

/** Bytes of weights in one text; a multiple of three, so that texts of base 64 follow each other. */
const pieceBytes = 3 << 20;

/** The module's text in pieces. What the spec's author wrote is only in JSON, never in code. */
export function* webModuleText(options: WebModuleOptions): Iterable<Uint8Array> {
  const { model, fitted, program, runtime } = options;
  const { name } = model;
  const text = (...lines: readonly string[]): Uint8Array => encoder.encode(`${lines.join("\n")}\n`);
  yield text("// A model, made by mtlc. Do not edit: compile the spec again.", runtime.source);
  const content = { name, hash: hashModel(model), model: publicModel(model), fitted };
  if (program === undefined) yield text(`const content = ${jsonText(content)};`);
  else {
    const [file, ...shards] = createGraphModel(program, "predict", options.values, {
      generator: options.generator,
      shardBytes: pieceBytes,
    });
    yield text("const weights = [");
    for (const shard of shards) yield* quoted(shard);
    yield text("];", `const wasm = [${jsonText(runtime.wasm)}];`, `const graph = ${jsonText(graphOf(file))};`);
    yield text(`const content = { ...${jsonText(content)}, network: { graph, weights, wasm } };`);
  }
  yield text(`export const { model, load } = ${runtimeName}.createWebModule(content);`);
}

/** The bytes of a file as a string literal in base 64, and a comma. */
function* quoted({ content }: GraphModelFile): Iterable<Uint8Array> {
  const parts = [...content()].map((part) => Uint8Array.from(part));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  yield encoder.encode('"');
  yield encodeBase64(whole);
  yield encoder.encode('",\n');
}

function graphOf(file: GraphModelFile | undefined): unknown {
  const text = [...(file?.content() ?? [])].map((part) => new TextDecoder().decode(part)).join("");
  const { modelTopology, signature, weightsManifest } = JSON.parse(text) as Readonly<Record<string, unknown>> & {
    readonly weightsManifest: readonly [{ readonly weights: unknown }];
  };
  return { modelTopology, signature, weights: weightsManifest[0].weights };
}

/** What a page needs of a model: how rows are read, and the serving stage. Nothing says where the data lies. */
function publicModel({ name, features, labels, data, serving }: Model): unknown {
  const reading = readingOf(data);
  const { group, weight } = data;
  const format =
    reading === undefined
      ? undefined
      : { ...reading, paths: undefined, options: { ...reading.options, common: undefined } };
  return withoutSpans({ name, features, labels, serving, data: { group, weight, format } });
}

function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined || (key === "span" && isSpan(item)) ? [] : [[key, withoutSpans(item)]],
    ),
  );
}

function isSpan(value: unknown): boolean {
  return typeof value === "object" && value !== null && "file" in value && "start" in value && "end" in value;
}
