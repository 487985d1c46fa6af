/** Every spec in `specs/` as something to predict with: first weights, raw rows, and what the float64 interpreter says of them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterpreter, type GraphFunction, type Program } from "../../src/compiler/graph/index.js";
import { batchLayout, type Fitted, hasTrees, type Model } from "../../src/compiler/model/index.js";
import type { Target } from "../../src/compiler/targets/index.js";
import { emitTarget } from "../../src/runtime/artifact/target-files.js";
import { createRowEncoder, type EncodedBatch, type RawRow } from "../../src/runtime/data/index.js";
import type { HostTensor } from "../../src/runtime/engine/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import { holdState, initialReader } from "../../src/runtime/engine/state.js";
import { Failure } from "../../src/runtime/failure.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";
import { type LoadedSpec, loadSpec } from "../../src/runtime/specs/load-spec.js";
import { bytesOf, weightsOf } from "../../test/targets/contents.js";
import { someFitted, someRows } from "../../test/web/some-rows.js";
import { projectRoot } from "../report.js";

/** Values of heads, row by row. */
export type Heads = Readonly<Record<string, readonly number[]>>;

export interface ParityCase {
  /** Path below `specs`. */
  readonly file: string;
  readonly model: Model;
  readonly sources: LoadedSpec["sources"];
  readonly fitted: Fitted;
  readonly program: Program;
  readonly predict: GraphFunction;
  readonly state: ReadonlyMap<string, HostTensor>;
  readonly rows: readonly RawRow[];
  readonly batch: EncodedBatch;
  readonly feeds: Readonly<Record<string, HostTensor>>;
  readonly expected: Heads;
}

export interface SpecList {
  readonly models: readonly { readonly file: string; readonly spec: LoadedSpec }[];
  /** Specs of which there is nothing to compare, and why. */
  readonly others: readonly { readonly file: string; readonly why: string }[];
}

/**
 * The specs of `specs/` and `examples/` whose path below `specs` has `part` in it. Blocks of the standard library and parts that others
 * import are not specs.
 */
export function listSpecs(part: string): SpecList {
  const root = join(projectRoot, "specs");
  const filesIn = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  const found = [...filesIn(""), ...filesIn("../examples")]
    .filter((file) => file.endsWith(".mtl") && !file.startsWith("std") && file.includes(part))
    .toSorted()
    .flatMap((file) => {
      const spec = load(join(root, file));
      return spec === undefined ? [] : [{ file, spec }];
    });
  const why = ({ model }: LoadedSpec): string | undefined =>
    hasTrees(model) ? "trees" : model.loss.terms.length === 0 ? "no network" : undefined;
  return {
    models: found.filter(({ spec }) => why(spec) === undefined),
    others: found.flatMap(({ file, spec }) => {
      const reason = why(spec);
      return reason === undefined ? [] : [{ file, why: reason }];
    }),
  };
}

/** Undefined for a file that is a part of others. */
function load(path: string): LoadedSpec | undefined {
  try {
    return loadSpec(path);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** `count` rows with known and unknown values, nulls, and lists of all lengths. */
export function parityCase(file: string, { model, sources }: LoadedSpec, count: number): ParityCase {
  const fitted = someFitted(model);
  const program = createProgram(model, fitted);
  const predict = functionOf(program, "predict");
  const rows = someRows(model, fitted, count);
  const batch = createRowEncoder(model, fitted, { mode: "serving" })(rows);
  const feeds = { ...createFeeds(predict, batchLayout(model))(batch) };
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  const state = holdState(kept, initialReader(3));
  const values = new Map([...state].map(([name, { data }]) => [name, data]));
  const found = createInterpreter(program, values).run("predict", feeds);
  const expected = Object.fromEntries(Object.entries(found).map(([head, { data }]) => [head, [...data]]));
  return { file, model, sources, fitted, program, predict, state, rows, batch, feeds, expected };
}

/** The files of a target of the case, or why there are none: it cannot carry the model, or fails (`error: …`). */
export function filesOf(target: Target, made: ParityCase): ReadonlyMap<string, Uint8Array> | string {
  const { model, program, fitted, sources, state } = made;
  const [refusal] = target.refusals({ model, program });
  if (refusal !== undefined) return refusal.what;
  const content = { model, program, fitted, sources, trained: false, weights: weightsOf(state) };
  try {
    return new Map(emitTarget(target, content).map(({ path, content }) => [path, bytesOf(content)]));
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
}
