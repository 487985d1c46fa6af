import type { Program } from "../../graph/index.js";
import { type Fitted, type Model, readingOf } from "../../model/index.js";
import { jsonText } from "../javascript/json-text.js";
import type { StateBytes } from "../target.js";
import { createGraphModel, type GraphModelFile } from "../tfjs/graph-model.js";
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
  /** Of the model, for whoever asks what a module was made from. */
  readonly hash: string;
  readonly fitted: Fitted;
  /** Absent for a model without a network. */
  readonly program?: Program;
  readonly weights: StateBytes;
  readonly runtime: WebRuntime;
  /** Name and version of mtlc. */
  readonly generator: string;
}

const encoder = new TextEncoder();

/** Bytes of weights in one text; a multiple of three, so that texts of base 64 follow each other. */
const pieceBytes = 3 << 20;

/** The module's text in pieces. What the spec's author wrote is only in JSON, never in code. */
export function* webModuleText(options: WebModuleOptions): Iterable<Uint8Array> {
  const { model, hash, fitted, program, runtime } = options;
  const { name } = model;
  const text = (...lines: readonly string[]): Uint8Array => encoder.encode(`${lines.join("\n")}\n`);
  yield text("// A model, made by mtlc. Do not edit: compile the spec again.", runtime.source);
  const content = { name, hash, model: publicModel(model), fitted };
  if (program === undefined) yield text(`const content = ${jsonText(content)};`);
  else {
    const [file, ...shards] = createGraphModel(program, "predict", options.weights, {
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
  // Each is copied as it comes: a piece may be used again for the next.
  const parts = Array.from(content(), (part) => Uint8Array.from(part));
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
  const text = Array.from(file?.content() ?? [], (part) => new TextDecoder().decode(part)).join("");
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
