/**
 * Predictions in one process: what a call of some rows takes by engine, from raw columns to the heads' values. The model is the MMoE of
 * Census-Income, whose weights are those of a few steps. Medians; the fastest tenth says what is left where the machine is busy.
 */
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { engineNames } from "../src/runtime/engine/index.js";
import { Failure } from "../src/runtime/failure.js";
import { loadPredictor } from "../src/runtime/jobs/predict/load-predictor.js";
import { type Predictor } from "../src/runtime/jobs/predict/predictor.js";
import { train } from "../src/runtime/jobs/train.js";
import type { Columns } from "../src/runtime/data/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { machine, note, option, print, printTable, projectRoot } from "./report.js";

export const summary = "p50 of predictions of 1 to 10,000 raw rows in one process, by engine, and which one is chosen";

export type Row = Readonly<Record<string, string>>;

export const specPath = "specs/census/mmoe.mtl";

/** `--rows 1,10,100` (1 to 10,000), `--seconds N` of each cell (0.5), `--engines native,wasm,onnx,simd` (of all that there are). */
export async function run(words: readonly string[]): Promise<void> {
  const sizes = option(words, "rows", "1,10,100,1000,10000").split(",").map(Number);
  const seconds = Number(option(words, "seconds", "0.5"));
  const engines = option(words, "engines", "native,wasm,onnx,simd").split(",");
  const folder = await mkdtemp(join(tmpdir(), "mtlc-bench-predict-"));
  try {
    note("training for 20 steps");
    const spec = join(projectRoot, specPath);
    await train({ spec, output: join(folder, "artifact"), steps: 20 });
    const rows = readRows(spec);
    const table: string[][] = [];
    for (const name of [...engineNames.filter((engine) => engines.includes(engine)), undefined]) {
      const predictor = await open(join(folder, "artifact"), name);
      if (predictor === undefined) continue;
      note(name ?? "as chosen");
      const times = (call: (from: number, size: number) => () => unknown): readonly string[] =>
        sizes.map((size) => timeText(measure(call, rows.length, size, seconds)));
      table.push([name ?? "as chosen", ...times((from, size) => calling(predictor, rows.slice(from, from + size)))]);
      if (name === undefined)
        for (const [form, columns] of columnForms(rows))
          table.push([
            `as chosen, ${form}`,
            ...times((from, size) => () => predictor.predictColumns(part(columns, from, size))),
          ]);
      if (name === undefined) table.push(["chosen", ...sizes.map((size) => predictor.engineFor(size))]);
      predictor.close();
    }
    printTable([["µs a call: p50 (p10)", ...sizes.map((size) => `${size.toLocaleString("en-US")} rows`)], ...table]);
    print();
    await printStages(join(folder, "artifact"), rows, seconds);
    print(machine());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(artifact: string, engine: string | undefined): Promise<Predictor | undefined> {
  try {
    const name = engineNames.find((each) => each === engine);
    return await loadPredictor(artifact, name === undefined ? {} : { engine: name });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note(error.message);
    return undefined;
  }
}

/** Where the time of one row goes, as chosen. */
async function printStages(artifact: string, rows: readonly Row[], seconds: number): Promise<void> {
  const predictor = await loadPredictor(artifact);
  const stages = { encode: [] as number[], score: [] as number[] };
  const end = performance.now() + 2000 * seconds;
  for (let i = 0; performance.now() < end; i += 1)
    predictor.predictEach([[rows[i % rows.length] as Row]], (stage, took) => stages[stage].push(took * 1000));
  predictor.close();
  const of = (stage: "encode" | "score"): string => timeText(quantiles(stages[stage].slice(stages[stage].length / 4)));
  print(`of one row: ${of("encode")} µs from columns to ids and numbers, ${of("score")} µs in the network`);
}

function calling(predictor: Predictor, rows: readonly Row[]): () => unknown {
  return () => predictor.predict(rows);
}

export function measure(
  call: (from: number, size: number) => () => unknown,
  rows: number,
  size: number,
  seconds: number,
): readonly [number, number] {
  const calls = Array.from({ length: 16 }, (_, i) => call((i * size) % Math.max(1, rows - size), size));
  const times: number[] = [];
  const warm = performance.now() + 250 * seconds;
  const end = warm + 1000 * seconds;
  for (let i = 0; performance.now() < end || times.length < 5; i += 1) {
    const started = performance.now();
    calls[i % calls.length]?.();
    if (started > warm) times.push(performance.now() - started);
  }
  return quantiles(times);
}

export type Held = { readonly kind: "values"; readonly values: readonly string[] | Float64Array } | CodedColumn;

export interface CodedColumn {
  readonly kind: "codes";
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/** The same rows by column: all as texts; and numbers as numbers, all else as codes of a dictionary, as data frames have them. */
export function columnForms(
  rows: readonly Row[],
): readonly (readonly [form: string, columns: ReadonlyMap<string, Held>])[] {
  const names = Object.keys(rows[0] ?? {});
  const texts = new Map(names.map((name) => [name, rows.map((row) => row[name] ?? "")] as const));
  const asTexts = [...texts].map(([name, values]): [string, Held] => [name, { kind: "values", values }]);
  const coded = [...texts].map(([name, values]): [string, Held] => {
    const numbers = values.map(Number);
    if (numbers.every(Number.isFinite)) return [name, { kind: "values", values: Float64Array.from(numbers) }];
    const dictionary = [...new Set(values)];
    const places = new Map(dictionary.map((value, code) => [value, code]));
    return [name, { kind: "codes", codes: Int32Array.from(values, (value) => places.get(value) ?? -1), dictionary }];
  });
  return [
    ["columns of texts", new Map(asTexts)],
    ["columns of numbers and codes", new Map(coded)],
  ];
}

/** Some rows of each column; parts of typed arrays are views. */
export function part(columns: ReadonlyMap<string, Held>, from: number, size: number): Columns {
  return Object.fromEntries(
    [...columns].map(([name, held]) => [
      name,
      held.kind === "codes"
        ? { codes: held.codes.subarray(from, from + size), dictionary: held.dictionary }
        : held.values.slice(from, from + size),
    ]),
  );
}

/** The median and the tenth, in ms. */
function quantiles(times: readonly number[]): readonly [number, number] {
  const sorted = times.toSorted((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 2)] ?? NaN, sorted[Math.floor(sorted.length / 10)] ?? NaN];
}

function timeText([median, tenth]: readonly [number, number]): string {
  const text = (ms: number): string => (1000 * ms).toLocaleString("en-US", { maximumFractionDigits: ms < 0.1 ? 1 : 0 });
  return `${text(median)} (${text(tenth)})`;
}

/** The test rows as records of clean texts, as a program has them. */
export function readRows(spec: string): readonly Row[] {
  const { model } = loadSpec(spec);
  const names = model.data.train?.options.columns ?? [];
  const file = join(projectRoot, "specs/census/data/census-test.csv.gz");
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(0, 20_000);
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((value, i) => [names[i] ?? "", value.trim()] as const)),
  );
}
