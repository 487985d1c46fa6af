import { lookupOf } from "../lower/index.js";
import type { FeatureModel, LogitExpression, HeadExpression, Model, NodeRef } from "../model/index.js";

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
export type TensorPlan = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly kind: "whole" }
  /** Rows of an embedding table that stand for the same value, or the same interval; the others are new. */
  | { readonly kind: "rows"; readonly feature: string; readonly by: "value" | "interval" }
  /**
   * `new`: no tensor of that name before. `shape`: it had another one. `ids`: rows stand for something else. `columns`:
   * it has the same shape and reads its inputs in another order, or other ones among them.
   */
  | {
      readonly kind: "fresh";
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
 * inputs; of embedding tables the rows whose values both models know. Pure; `train --warm-start` does exactly this.
 */
export function warmStartPlan(before: WarmStartSide, after: WarmStartSide): WarmStartPlan {
  const kept = (side: WarmStartSide): readonly TensorRow[] =>
    side.tensors.filter(({ role }) => role === "parameter" || role === "statistic");
  const old = new Map(kept(before).map((row) => [row.name, row]));
  const tables = { before: tableFeatures(before.model), after: tableFeatures(after.model) };
  const columns = { before: columnsRead(before.model), after: columnsRead(after.model) };
  const tensors = kept(after).map((row): TensorPlan => {
    const { name, shape } = row;
    const other = old.get(name);
    if (other === undefined) return { name, shape, kind: "fresh", reason: "new" };
    const fresh = (reason: "shape" | "ids" | "columns"): TensorPlan => ({
      name,
      shape,
      kind: "fresh",
      reason,
      before: other.shape,
    });
    const features = { before: tables.before.get(name), after: tables.after.get(name) };
    if (features.before !== undefined && features.after !== undefined)
      return sameShape(shape.slice(1), other.shape.slice(1))
        ? planTable(row, features.before, features.after, fresh)
        : fresh("shape");
    if (!sameShape(shape, other.shape)) return fresh("shape");
    const isMoved = areColumnsMoved(shape, ownerColumns(columns.before, name), ownerColumns(columns.after, name));
    return isMoved ? fresh("columns") : { name, shape, kind: "whole" };
  });
  const taken = new Set(tensors.filter(({ kind }) => kind !== "fresh").map(({ name }) => name));
  return { tensors, dropped: [...old.values()].filter(({ name }) => !taken.has(name)) };
}

/** The names of the tensors that carry over, whole or in rows. */
export function carriedTensors(plan: WarmStartPlan): readonly string[] {
  return plan.tensors.flatMap(({ kind, name }) => (kind === "fresh" ? [] : [name]));
}

type TableFeature = Exclude<FeatureModel, { kind: "numeric" }>;

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
  return { name, shape, kind: "rows", feature: after.name, by: "value" };
}

/** For each embedding table the feature whose ids select its rows. */
function tableFeatures(model: Model): ReadonlyMap<string, TableFeature> {
  const features = new Map(model.features.map((feature) => [feature.name, feature]));
  return new Map(
    model.nodes.flatMap((node) => {
      const lookup = lookupOf(node);
      const feature = features.get(lookup?.feature ?? "");
      return lookup === undefined || feature === undefined || feature.kind === "numeric"
        ? []
        : [[lookup.piece, feature] as const];
    }),
  );
}

/** Something that a part reads, and how many columns of a weight are its. */
interface Column {
  readonly name: string;
  readonly size: number;
}

/** What a node or a logit reads, in order: its input, and of a gate the experts that it weighs. */
type Columns = ReadonlyMap<string, readonly (readonly Column[])[]>;

function columnsRead(model: Model): Columns {
  const read = new Map<string, readonly (readonly Column[])[]>();
  for (const { id, inputs } of model.nodes)
    read.set(id, [
      inputs.slice(0, 1).flatMap((ref) => columnsOf(model, ref)),
      inputs.slice(1).map((ref) => ({ name: model.nodes[ref]?.id ?? "", size: model.nodes[ref]?.replicas ?? 1 })),
    ]);
  for (const head of model.heads)
    for (const { id, node } of logitsOf(head.value)) read.set(id, [columnsOf(model, node)]);
  return read;
}

/** A concatenation is what it is made of; a layer without weights of its own passes on what it reads. */
function columnsOf(model: Model, ref: NodeRef): readonly Column[] {
  const node = model.nodes[ref];
  if (node === undefined) return [];
  const passes = node.layer === "concat" || node.layer === "dropout" || node.layer === "stop";
  if (passes) return node.inputs.flatMap((input) => columnsOf(model, input));
  return [{ name: node.id, size: node.shape.reduce((size, side) => size * side, 1) }];
}

function logitsOf(value: HeadExpression): readonly Extract<LogitExpression, { kind: "logit" }>[] {
  switch (value.kind) {
    case "activation":
      return logitTerms(value.logit);
    case "head":
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

/** Of a tensor's owner, the longest id that its name starts with: `t/1` of `t/1.0.weight`. */
function ownerColumns(columns: Columns, tensor: string): readonly (readonly Column[])[] {
  for (let end = tensor.lastIndexOf("."); end > 0; end = tensor.lastIndexOf(".", end - 1)) {
    const read = columns.get(tensor.slice(0, end));
    if (read !== undefined) return read;
  }
  return [];
}

/**
 * Whether a tensor with a side for the columns would give them to others. Of several columns an order is what weights
 * stand in; a single one by another name is the same one renamed.
 */
function areColumnsMoved(
  shape: readonly number[],
  before: readonly (readonly Column[])[],
  after: readonly (readonly Column[])[],
): boolean {
  const text = (columns: readonly Column[]): string => columns.map(({ name, size }) => `${name} ${size}`).join("\n");
  return after.some((own, place) => {
    const old = before[place] ?? [];
    const width = own.reduce((total, { size }) => total + size, 0);
    return Math.max(old.length, own.length) > 1 && shape.includes(width) && text(old) !== text(own);
  });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}
