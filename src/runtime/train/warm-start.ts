import { own } from "../../compiler/text/index.js";
import { carriedTensors, type TensorPlan, type WarmStartPlan, warmStartPlan } from "../../compiler/diff/index.js";
import { type Program, rowsOf } from "../../compiler/graph/index.js";
import { parameterTable } from "../../compiler/lower/index.js";
import { hasVocabulary } from "../../compiler/model/feature-lists.js";
import type { Model } from "../../compiler/model/model.js";
import { type LoadedArtifact, splitState } from "../artifact/index.js";
import type { Fitted, FittedFeature } from "../data/index.js";
import type { HostTensor } from "../engine/engine.js";
import type { StateReader } from "../engine/state.js";
import type { WarmStartReport } from "../events.js";

/** The state that a warm start begins with, and what it took. */
export interface WarmStart {
  readonly state: StateReader;
  /** What `mtlc diff` says of the two models, with the sizes that their data decided. */
  readonly plan: WarmStartPlan;
  /** For each table that was taken row by row, how many of its rows the old one knew. */
  readonly rows: Readonly<Record<string, number>>;
}

/** What a run starts from: its own model and program, and the values that it would have without a warm start. */
export interface ColdStart {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly program: Program;
  readonly initial: StateReader;
}

/**
 * Puts into a new model's first state what a trained one has for it, by the plan of `warmStartPlan`: tensors by their
 * logical names, rows of tables by the values that they stand for. The optimizer is reinitialized.
 */
export function warmStart(old: LoadedArtifact, cold: ColdStart): WarmStart {
  const { model, program, initial } = cold;
  const plan = warmStartPlan(
    { model: old.model, tensors: parameterTable(old.program) },
    { model, tensors: parameterTable(program) },
  );
  const given = splitState(keptVariables(old.program), old.state);
  const rows = new Map<string, number>();
  const taken = new Map<string, Taken>();
  for (const tensor of plan.tensors) {
    const take = takeTensor(tensor, given.get(tensor.former ?? tensor.name), [old.fitted, cold.fitted]);
    if (take !== undefined) taken.set(tensor.name, take);
    if (tensor.kind === "rows") rows.set(tensor.name, knownRows(take));
  }
  return { state: overlaid(initial, taken), plan, rows: Object.fromEntries(rows) };
}

/** What is taken of an old tensor. */
type Taken = TakenRows | TakenColumns;

interface TakenColumns {
  readonly kind: "columns";
  /** Puts what is taken into a row of the new tensor, whose first value is `values[at]`; the others stay as they are. */
  readonly fill: (values: HostTensor["data"], at: number, row: number) => void;
}

interface TakenRows {
  readonly kind: "rows";
  readonly data: HostTensor["data"];
  /** For each row of the new tensor, the row of the old one, or −1 for none. Absent: all, in their order. */
  readonly sources?: Int32Array;
}

/** First values with rows of old tensors in their place. */
function overlaid(initial: StateReader, taken: ReadonlyMap<string, Taken>): StateReader {
  return {
    rows: (variable, first, count) => {
      const values = initial.rows(variable, first, count);
      const { width } = rowsOf(variable);
      for (const piece of variable.pieces) {
        const take = taken.get(piece.name);
        const from = Math.max(first, piece.row);
        const to = Math.min(first + count, piece.row + piece.rows);
        if (take === undefined) continue;
        for (let row = from; row < to; row += 1) {
          if (take.kind === "columns") {
            take.fill(values, (row - first) * width, row - piece.row);
            continue;
          }
          const index = take.sources === undefined ? row - piece.row : (take.sources[row - piece.row] ?? -1);
          if (index >= 0) values.set(take.data.subarray(index * width, (index + 1) * width), (row - first) * width);
        }
      }
      return values;
    },
  };
}

function knownRows(take: Taken | undefined): number {
  return take?.kind === "rows" ? (take.sources?.filter((index) => index >= 0).length ?? 0) : 0;
}

/** Features of both models whose scale or boundaries the new data decides otherwise: kept weights read other numbers there. */
export function refittedFeatures(old: LoadedArtifact, { model, fitted }: ColdStart): readonly string[] {
  const known = new Set(old.model.features.map(({ name }) => name));
  return model.features.flatMap((feature) => {
    const { name } = feature;
    if (!known.has(name) || hasVocabulary(feature)) return [];
    const [before, after] = [featureOf(old.fitted, name), featureOf(fitted, name)];
    if (before.kind !== after.kind) return [];
    const isNumbers = after.kind === "number" || after.kind === "bucket";
    return isNumbers && JSON.stringify(before) !== JSON.stringify(after) ? [name] : [];
  });
}

/** What was transferred, for a run's events and its result. */
export function describeWarmStart(artifact: string, { plan, rows }: WarmStart): WarmStartReport {
  const initialized = plan.tensors.flatMap(({ name, kind }) => (kind === "initialized" ? [name] : []));
  return { artifact, transferred: carriedTensors(plan), initialized, transferredRows: rows };
}

function keptVariables({ state }: Program): Program["state"] {
  return state.filter(({ role }) => role === "parameter" || role === "statistic");
}

function takeTensor(
  plan: TensorPlan,
  given: HostTensor | undefined,
  [before, after]: readonly [Fitted, Fitted],
): Taken | undefined {
  if (plan.kind === "initialized") return undefined;
  if (given === undefined) throw new Error(`the artifact has no tensor ${plan.name}`);
  if (plan.kind === "whole") return { kind: "rows", data: given.data };
  if (plan.kind === "columns") return { kind: "columns", fill: columnFiller(plan, given.data) };
  const rows = new Map(rowKeys(featureOf(before, plan.formerFeature ?? plan.feature)).map((key, row) => [key, row]));
  const sources = Int32Array.from(rowKeys(featureOf(after, plan.feature)), (key) => rows.get(key) ?? -1);
  return { kind: "rows", data: given.data, sources };
}

/** Where an index along an axis comes from: an index of the old tensor, or a value that it starts with. */
type Origin = number | "zero" | "initialized";

/** Weights by the inputs that they belong to. Scales and statistics of a new input are those of a cold start, never zero. */
function columnFiller(
  { name, shape, before, axes }: Extract<TensorPlan, { kind: "columns" }>,
  given: HostTensor["data"],
): TakenColumns["fill"] {
  const startsAtZero = /\.(?:weight|bias)$/.test(name);
  const origins = shape.map((size, axis): readonly Origin[] => {
    const runs = axes.find((each) => each.axis === axis)?.runs;
    if (runs === undefined) return Array.from({ length: size }, (_, index) => index);
    return runs.flatMap((run) =>
      Array.from({ length: run.size }, (_, i): Origin => (run.kind === "kept" ? run.from + i : run.kind)),
    );
  });
  const width = shape.slice(1).reduce((size, side) => size * side, 1);
  return (values, at, row) => {
    const index = shape.map((_, axis) => (axis === 0 ? row : 0));
    for (let i = 0; i < width; i++) {
      const source = sourceOf(origins, index, before);
      if (typeof source === "number") values[at + i] = given[source] ?? 0;
      else if (source === "zero" && startsAtZero) values[at + i] = 0;
      for (let axis = shape.length - 1; axis > 0; axis--) {
        index[axis] = (index[axis] ?? 0) + 1;
        if ((index[axis] ?? 0) < (shape[axis] ?? 1)) break;
        index[axis] = 0;
      }
    }
  };
}

/** The old tensor's index of a value, or how it starts where an axis has no old index for it. */
function sourceOf(
  origins: readonly (readonly Origin[])[],
  index: readonly number[],
  before: readonly number[],
): Origin {
  let source: Origin = 0;
  for (const [axis, own] of origins.entries()) {
    const origin = own[index[axis] ?? 0] ?? "initialized";
    if (origin === "initialized") return "initialized";
    if (origin === "zero" || source === "zero") source = "zero";
    else source = source * (before[axis] ?? 1) + origin;
  }
  return source;
}

/** What each row of a table stands for: "unknown", then a value of the vocabulary or an interval each. */
function rowKeys(feature: FittedFeature): readonly string[] {
  switch (feature.kind) {
    case "vocabulary":
      return ["unknown", ...feature.values.map((value) => `value ${value}`)];
    case "bucket": {
      const bounds = [-Infinity, ...feature.boundaries, Infinity];
      return ["unknown", ...bounds.slice(1).map((high, index) => `from ${bounds[index] ?? -Infinity} to ${high}`)];
    }
    case "ids":
      return ["unknown", ...Array.from({ length: feature.count }, (_, id) => `value ${id}`)];
    case "hash":
    case "number":
      throw new Error(`rows of a ${feature.kind} have no values`);
  }
}

function featureOf({ features }: Fitted, name: string): FittedFeature {
  const feature = own(features, name);
  if (feature === undefined) throw new Error(`nothing was fitted for ${name}`);
  return feature;
}
