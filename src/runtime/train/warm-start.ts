import { own } from "../../compiler/text/index.js";
import { carriedTensors, type TensorPlan, type WarmStartPlan, warmStartPlan } from "../../compiler/diff/index.js";
import type { Program } from "../../compiler/graph/index.js";
import { parameterTable } from "../../compiler/lower/index.js";
import type { Model } from "../../compiler/model/model.js";
import { joinState, type LoadedArtifact, splitState } from "../artifact/index.js";
import type { Fitted, FittedFeature } from "../data/index.js";
import type { HostTensor } from "../engine/engine.js";
import type { WarmStartReport } from "./events.js";

/** The state that a warm start begins with, and what it took. */
export interface WarmStart {
  readonly state: ReadonlyMap<string, HostTensor>;
  /** What `mtlc diff` says of the two models, with the sizes that their data decided. */
  readonly plan: WarmStartPlan;
  /** For each table that was taken row by row, how many of its rows the old one knew. */
  readonly rows: Readonly<Record<string, number>>;
}

/** What a run starts from: its own model and program, and the state that it would have without a warm start. */
export interface ColdStart {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly program: Program;
  readonly initial: ReadonlyMap<string, HostTensor>;
}

/**
 * Puts into a new model's first state what a trained one has for it, by the plan of `warmStartPlan`: tensors by their
 * logical names, rows of tables by the values that they stand for. The optimizer starts anew.
 */
export function warmStart(old: LoadedArtifact, cold: ColdStart): WarmStart {
  const { model, program, initial } = cold;
  const plan = warmStartPlan(
    { model: old.model, tensors: parameterTable(old.program) },
    { model, tensors: parameterTable(program) },
  );
  const given = splitState(keptVariables(old.program), old.state);
  const fresh = splitState(keptVariables(program), initial);
  const rows = new Map<string, number>();
  const pieces = new Map(
    plan.tensors.map((tensor) => {
      const taken = takeTensor(tensor, tensorOf(fresh, tensor.name), given.get(tensor.name), [old.fitted, cold.fitted]);
      if (tensor.kind === "rows") rows.set(tensor.name, taken.rows);
      return [tensor.name, taken.tensor] as const;
    }),
  );
  return {
    state: new Map([...initial, ...joinState(keptVariables(program), pieces)]),
    plan,
    rows: Object.fromEntries(rows),
  };
}

/** What was taken, for a run's events and its result. */
export function describeWarmStart(artifact: string, { plan, rows }: WarmStart): WarmStartReport {
  const fresh = plan.tensors.flatMap(({ name, kind }) => (kind === "fresh" ? [name] : []));
  return { artifact, taken: carriedTensors(plan), fresh, rows };
}

function keptVariables({ state }: Program): Program["state"] {
  return state.filter(({ role }) => role === "parameter" || role === "statistic");
}

function takeTensor(
  plan: TensorPlan,
  fresh: HostTensor,
  given: HostTensor | undefined,
  [before, after]: readonly [Fitted, Fitted],
): { readonly tensor: HostTensor; readonly rows: number } {
  if (plan.kind === "fresh") return { tensor: fresh, rows: 0 };
  if (given === undefined) throw new Error(`the artifact has no tensor ${plan.name}`);
  if (plan.kind === "whole") return { tensor: given, rows: given.shape[0] ?? 1 };
  const places = new Map(rowKeys(featureOf(before, plan.feature)).map((key, row) => [key, row]));
  const width = plan.shape.slice(1).reduce((size, side) => size * side, 1);
  const data = fresh.data.slice();
  let rows = 0;
  rowKeys(featureOf(after, plan.feature)).forEach((key, row) => {
    const place = places.get(key);
    if (place === undefined) return;
    data.set(given.data.subarray(place * width, (place + 1) * width), row * width);
    rows += 1;
  });
  return { tensor: { shape: fresh.shape, data }, rows };
}

/** What each row of a table stands for: "unknown", then a value of the vocabulary or an interval each. */
function rowKeys(feature: FittedFeature): readonly string[] {
  switch (feature.kind) {
    case "vocabulary":
      return ["unknown", ...feature.values.map((value) => `value ${value}`)];
    case "bucket": {
      const bounds = [-Infinity, ...feature.boundaries, Infinity];
      return ["unknown", ...bounds.slice(1).map((high, place) => `from ${bounds[place] ?? -Infinity} to ${high}`)];
    }
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

function tensorOf(tensors: ReadonlyMap<string, HostTensor>, name: string): HostTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the program has no tensor ${name}`);
  return tensor;
}
