import { lookupOf } from "../lower/index.js";
import {
  hasIds,
  type HeadExpression,
  type LogitExpression,
  type Model,
  type NodeRef,
  type TableFeature,
} from "../model/index.js";

import { type AxisPlan, type Column, isIdentity, planColumns, widthOf } from "./column-plan.js";
import { renameModel, renamesFor, renameTensor } from "./rename-model.js";
import { tensorAxes, type TensorAxes } from "./layer-tensors.js";

/** A logical tensor of a model's state: `pool.0.weight`. */
export interface TensorRow {
  readonly name: string;
  readonly shape: readonly number[];
  /** `parameter` or `statistic`; what the optimizer remembers never carries over. */
  readonly role: string;
}

/** A model with its tensors: of a lowered program, or of an artifact's manifest. */
export interface WarmStartSide {
  readonly model: Model;
  readonly tensors: readonly TensorRow[];
}

/** What becomes of one tensor of the new model. */
export type TensorPlan = {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its name in the old model, where that is another one. */
  readonly former?: string;
} & (
  | { readonly kind: "whole" }
  /** Rows of an embedding table that stand for the same value, or the same interval; the others are new. */
  | {
      readonly kind: "rows";
      readonly feature: string;
      /** The feature's name in the old model, where that is another one. */
      readonly formerFeature?: string;
      readonly by: "value" | "interval";
    }
  /** Columns of a weight that belong to inputs which were read before; `before` is its old shape. */
  | { readonly kind: "columns"; readonly before: readonly number[]; readonly axes: readonly AxisPlan[] }
  /**
   * `new`: no tensor of that name before. `shape`: it had another one. `ids`: rows stand for something else. `columns`:
   * it has the same shape, and none of its columns belongs to an input which was read before.
   */
  | {
      readonly kind: "initialized";
      readonly reason: "new" | "shape" | "ids" | "columns";
      readonly before?: readonly number[];
    }
);

export interface WarmStartPlan {
  /** Every parameter and statistic of the new model, in its order. */
  readonly tensors: readonly TensorPlan[];
  /** Tensors of the old model that nothing takes. */
  readonly dropped: readonly TensorRow[];
}

/**
 * Which tensors of a trained model a new one may start from: those of the same logical name and shape that read the same
 * inputs; of embedding tables the rows whose values both models know; of weights the columns whose inputs both models read. Pure; `train --warm-start` does exactly this.
 */
export function warmStartPlan(before: WarmStartSide, after: WarmStartSide): WarmStartPlan {
  const renames = renamesFor(before.model, after.model);
  if (renames.size === 0) return planByNames(before, after);
  const former = new Map(before.tensors.map(({ name }) => [renameTensor(name, renames), name]));
  const oldFeature = new Map([...renames].map(([was, name]) => [name, was]));
  const plan = planByNames(
    {
      model: renameModel(before.model, renames),
      tensors: before.tensors.map((row) => ({ ...row, name: renameTensor(row.name, renames) })),
    },
    after,
  );
  return {
    tensors: plan.tensors.map((tensor): TensorPlan => {
      const was = former.get(tensor.name);
      const named =
        tensor.kind === "initialized" || was === undefined || was === tensor.name ? tensor : { ...tensor, former: was };
      const formerFeature = named.kind === "rows" ? oldFeature.get(named.feature) : undefined;
      return named.kind === "rows" && formerFeature !== undefined ? { ...named, formerFeature } : named;
    }),
    dropped: plan.dropped.map((row) => ({ ...row, name: former.get(row.name) ?? row.name })),
  };
}

/** {@link warmStartPlan} of models whose names are those of now. */
export function planByNames(before: WarmStartSide, after: WarmStartSide): WarmStartPlan {
  const kept = (side: WarmStartSide): readonly TensorRow[] =>
    side.tensors.filter(({ role }) => role === "parameter" || role === "statistic");
  const old = new Map(kept(before).map((row) => [row.name, row]));
  const tables = { before: tableFeatures(before.model), after: tableFeatures(after.model) };
  const owners = { before: ownersOf(before.model), after: ownersOf(after.model) };
  const tensors = kept(after).map((row): TensorPlan => {
    const { name, shape } = row;
    const other = old.get(name);
    if (other === undefined) return { name, shape, kind: "initialized", reason: "new" };
    const fresh = (reason: "shape" | "ids" | "columns"): TensorPlan => ({
      name,
      shape,
      kind: "initialized",
      reason,
      before: other.shape,
    });
    const features = { before: tables.before.get(name), after: tables.after.get(name) };
    if (features.before !== undefined && features.after !== undefined)
      return sameShape(shape.slice(1), other.shape.slice(1))
        ? planTable(row, features.before, features.after, fresh)
        : fresh("shape");
    return planWeight(row, other, [ownerOf(owners.before, name), ownerOf(owners.after, name)], fresh);
  });
  const taken = new Set(tensors.filter(({ kind }) => kind !== "initialized").map(({ name }) => name));
  const dropped = [...old.values()].flatMap(({ name, shape, role }) =>
    taken.has(name) ? [] : [{ name, shape, role }],
  );
  return { tensors, dropped };
}

/** The names of the tensors that carry over, whole or in rows. */
export function carriedTensors(plan: WarmStartPlan): readonly string[] {
  return plan.tensors.flatMap(({ kind, name }) => (kind === "initialized" ? [] : [name]));
}

function planTable(
  { name, shape }: TensorRow,
  before: TableFeature,
  after: TableFeature,
  fresh: (reason: "ids") => TensorPlan,
): TensorPlan {
  // A table that is declared apart may be one of another feature now.
  if (before.name !== after.name) return fresh("ids");
  if (before.kind === "bucket" || after.kind === "bucket") {
    if (before.kind !== "bucket" || after.kind !== "bucket") return fresh("ids");
    const isSame = JSON.stringify(before.boundaries) === JSON.stringify(after.boundaries);
    return isSame && after.boundaries.kind === "listed"
      ? { name, shape, kind: "whole" }
      : { name, shape, kind: "rows", feature: after.name, by: "interval" };
  }
  const [old, own] = [before.vocabulary, after.vocabulary];
  if (old.kind === "hash" || own.kind === "hash") {
    const isSame = old.kind === "hash" && own.kind === "hash" && old.buckets === own.buckets;
    return isSame ? { name, shape, kind: "whole" } : fresh("ids");
  }
  if (old.kind === "ids" && own.kind === "ids" && old.count === own.count) return { name, shape, kind: "whole" };
  return { name, shape, kind: "rows", feature: after.name, by: "value" };
}

/** For each embedding table the feature whose ids select its rows. */
function tableFeatures(model: Model): ReadonlyMap<string, TableFeature> {
  const features = new Map(model.features.map((feature) => [feature.name, feature]));
  return new Map(
    model.nodes.flatMap((node) => {
      const lookup = lookupOf(node);
      const feature = features.get(lookup?.feature ?? "");
      return lookup === undefined || feature === undefined || !hasIds(feature)
        ? []
        : [[lookup.piece, feature] as const];
    }),
  );
}

/** What a node or a logit reads, in order, and along which axes of its tensors the columns lie. */
interface Owner {
  readonly id: string;
  readonly input: readonly Column[];
  /** Of a gate, what it mixes. */
  readonly experts: readonly Column[];
  /** Of a family layer, its members. */
  readonly members: readonly string[];
  /** By the name of a tensor within its owner. */
  readonly axes: ReadonlyMap<string, TensorAxes>;
}

function ownersOf(model: Model): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const node of model.nodes) {
    const { id, inputs } = node;
    // A member's tensors are those of its family.
    if (node.layer === "member") continue;
    owners.set(id, {
      id,
      input: inputs.slice(0, 1).flatMap((ref) => columnsOf(model, ref)),
      experts: inputs
        .slice(1)
        .map((ref) => ({ name: model.nodes[ref]?.id ?? "", size: model.nodes[ref]?.replicas ?? 1 })),
      members: node.members ?? [],
      axes: tensorAxes(model, node),
    });
  }
  const axes = new Map([["weight", { input: [0], experts: [], members: [] }]]);
  const ofClasses = new Map([
    ["weight", { input: [0], experts: [], members: [1] }],
    ["bias", { input: [], experts: [], members: [0] }],
  ]);
  for (const { type, value } of model.heads) {
    const members = type.kind === "classes" ? type.classes : [];
    for (const { id, node } of logitsOf(value)) {
      const input = columnsOf(model, node);
      owners.set(id, { id, input, experts: [], members, axes: members.length === 0 ? axes : ofClasses });
    }
  }
  return owners;
}

/** Whole when every column is where it was, by columns when some are, reinitialized when none is or another axis has another size. */
function planWeight(
  { name, shape }: TensorRow,
  other: TensorRow,
  [before, after]: readonly [Owner | undefined, Owner | undefined],
  fresh: (reason: "shape" | "columns") => TensorPlan,
): TensorPlan {
  const whole: TensorPlan = sameShape(shape, other.shape) ? { name, shape, kind: "whole" } : fresh("shape");
  if (before === undefined || after === undefined || shape.length !== other.shape.length) return whole;
  const own = after.axes.get(name.slice(after.id.length + 1));
  const old = before.axes.get(name.slice(before.id.length + 1));
  if (own === undefined || old === undefined || JSON.stringify(own) !== JSON.stringify(old)) return whole;
  const reason = sameShape(shape, other.shape) ? "columns" : "shape";
  const axes: AxisPlan[] = [];
  for (const [axis, size] of shape.entries()) {
    const isInput = own.input.includes(axis);
    const isMembers = own.members.includes(axis);
    if (!isInput && !isMembers && !own.experts.includes(axis)) {
      if (size !== other.shape[axis]) return fresh("shape");
      continue;
    }
    const [from, to] = isInput
      ? [before.input, after.input]
      : isMembers
        ? [memberColumns(before, other.shape[axis]), memberColumns(after, size)]
        : [before.experts, after.experts];
    if (widthOf(from) !== other.shape[axis] || widthOf(to) !== size) return whole;
    const runs = planColumns(from, to, isInput ? "zero" : "initialized");
    if (runs === undefined) return fresh(reason);
    if (!isIdentity(runs, other.shape[axis] ?? 0) || size !== other.shape[axis]) axes.push({ axis, runs });
  }
  return axes.length === 0
    ? { name, shape, kind: "whole" }
    : { name, shape, kind: "columns", before: other.shape, axes };
}

/** Each member has as many columns of an axis as the others. */
function memberColumns({ members }: Owner, size = 0): readonly Column[] {
  return members.map((name) => ({ name, size: size / members.length }));
}

/** A concatenation is what it is made of; a layer without weights of its own passes on what it reads. */
function columnsOf(model: Model, ref: NodeRef): readonly Column[] {
  const node = model.nodes[ref];
  if (node === undefined) return [];
  const passes = node.layer === "concat" || ["dropout", "stop", "reverse"].includes(node.layer);
  if (passes) return node.inputs.flatMap((input) => columnsOf(model, input));
  return [{ name: node.id, size: node.shape.reduce((size, side) => size * side, 1) }];
}

function logitsOf(value: HeadExpression): readonly Extract<LogitExpression, { kind: "logit" }>[] {
  switch (value.kind) {
    case "activation":
      return logitTerms(value.logit);
    case "head":
    case "class":
      return [];
    case "product":
      return value.factors.flatMap(logitsOf);
    case "quotient":
      return [value.numerator, value.denominator].flatMap(logitsOf);
    case "complement":
      return logitsOf(value.operand);
  }
}

function logitTerms(logit: LogitExpression): readonly Extract<LogitExpression, { kind: "logit" }>[] {
  switch (logit.kind) {
    case "logit":
      return [logit];
    case "value":
      return [];
    case "sum":
      return logit.terms.flatMap(logitTerms);
    case "scaled":
    case "trainOnly":
      return logitTerms(logit.operand);
  }
}

/** The owner of a tensor, by the longest id that its name starts with: `t/1` of `t/1.0.weight`. */
function ownerOf(owners: ReadonlyMap<string, Owner>, tensor: string): Owner | undefined {
  for (let end = tensor.lastIndexOf("."); end > 0; end = tensor.lastIndexOf(".", end - 1)) {
    const owner = owners.get(tensor.slice(0, end));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}
