/**
 * Reverse-mode differentiation on the graph itself: gradients are nodes of the same function, so every pass and every
 * engine treats them like any other.
 */
import type { GraphBuilder } from "./builder.js";
import { formatType } from "./dims.js";
import { GraphError } from "./graph-error.js";
import type { GraphNode, NodeOf, ValueId } from "./graph.js";
import { inputGradients } from "./ops/table.js";

/** Gradient with respect to a state variable. */
export type Gradient =
  /** Of the variable's shape. */
  | { readonly kind: "dense"; readonly value: ValueId }
  /** The sum of the parts: row `ids[i]` of the table gets `rows[i]`; an id may occur several times. */
  | { readonly kind: "sparse"; readonly parts: readonly SparsePart[] }
  /** The loss does not depend on it. */
  | { readonly kind: "none" };

/** What a `gather` contributes, or several: ids [N] int32, rows [N, …r] float32; `gathered`: the ids as each has them. */
export interface SparsePart {
  readonly gathered: readonly ValueId[];
  readonly ids: ValueId;
  readonly rows: ValueId;
}

/**
 * d output / d wrt, each of the type of its value; zeros where the output does not depend on it. The output is a float32
 * scalar, or `upstream` of its type is given: then the gradient is of Σ upstream · output.
 */
export function gradients(
  builder: GraphBuilder,
  output: ValueId,
  wrt: readonly ValueId[],
  upstream?: ValueId,
): readonly ValueId[] {
  const seeds = new Map([[output, upstream ?? unitSeed(builder, output)]]);
  return backward(builder, { seeds, wrt }).map((gradient, index) => {
    if (gradient.kind === "dense") return gradient.value;
    return builder.zeros(builder.shape(wrt[index] ?? -1));
  });
}

/**
 * d loss / d state for values that are reads of state variables. Those in `sparse` that the loss reaches through `gather`
 * come as only the rows that were gathered: no array of the table's size is made.
 */
export function stateGradients(
  builder: GraphBuilder,
  loss: ValueId,
  wrt: readonly ValueId[],
  sparse: ReadonlySet<ValueId>,
): readonly Gradient[] {
  return backward(builder, { seeds: new Map([[loss, unitSeed(builder, loss)]]), wrt, sparse });
}

export interface Backward {
  /** Values with the gradients that reach them from outside, each of its value's type. */
  readonly seeds: ReadonlyMap<ValueId, ValueId>;
  readonly wrt: readonly ValueId[];
  /** Reads of tables whose gradients come as rows; see {@link stateGradients}. Default: none. */
  readonly sparse?: ReadonlySet<ValueId>;
  /** Values that the walk does not pass: what depends on something only through them does not depend on it. Default: none. */
  readonly leaves?: ReadonlySet<ValueId>;
}

/** Gradients of Σ seed · value with respect to `wrt`. */
export function backward(
  builder: GraphBuilder,
  { seeds, wrt, sparse = new Set(), leaves = new Set() }: Backward,
): readonly Gradient[] {
  const last = Math.max(-1, ...seeds.keys());
  const active = dependents(builder, wrt, last);
  const wanted = new Set(wrt);
  const terms = new Map<ValueId, ValueId[]>([...seeds].map(([id, seed]) => [id, [seed]]));
  const parts = new Map<ValueId, SparsePart[]>();
  const totals = new Map<ValueId, ValueId>();
  const push = <T>(into: Map<ValueId, T[]>, id: ValueId, item: T): void => {
    into.set(id, [...(into.get(id) ?? []), item]);
  };

  for (let id = last; id >= 0; id -= 1) {
    const own = terms.get(id);
    if (own === undefined || !active.has(id)) continue;
    terms.delete(id);
    const node = builder.node(id);
    builder.within(`gradient/${node.label ?? node.op}`, node.span, () => {
      const total = addAll(builder, own);
      if (wanted.has(id)) totals.set(id, total);
      if (leaves.has(id)) return;
      const [table = -1, ids = -1] = node.inputs;
      if (node.op === "gather" && sparse.has(table)) {
        push(parts, table, sparsePart(builder, ids, total));
        return;
      }
      inputGradients(builder, node, id, total).forEach((gradient, index) => {
        const input = node.inputs[index] ?? -1;
        if (gradient !== undefined && active.has(input)) push(terms, input, gradient());
      });
    });
  }

  return wrt.map((id): Gradient => {
    const dense = totals.get(id);
    const rows = parts.get(id);
    if (rows === undefined) return dense === undefined ? { kind: "none" } : { kind: "dense", value: dense };
    if (dense === undefined) return { kind: "sparse", parts: rows };
    const [count = 1] = builder.shape(id);
    const sums = rows.map((part) => builder.segmentSum(part.rows, part.ids, count));
    return { kind: "dense", value: addAll(builder, [dense, ...sums]) };
  });
}

/** d output / d output: 1. Throws when the output is not a float32 scalar. */
export function unitSeed(builder: GraphBuilder, output: ValueId): ValueId {
  const type = builder.type(output);
  if (type.dtype !== "float32" || type.shape.length > 0) {
    throw new GraphError(`only a scalar of float32 has a gradient, not ${formatType(type)}`, builder.node(output).span);
  }
  return builder.scalar(1);
}

/** Float values up to `output` that depend on one of `wrt`, those included: all that need a gradient. */
export function dependents(builder: GraphBuilder, wrt: readonly ValueId[], output: ValueId): ReadonlySet<ValueId> {
  const found = new Set(wrt);
  for (let id = 0; id <= output; id += 1) {
    const node = builder.node(id);
    if (node.type.dtype === "float32" && node.inputs.some((input) => found.has(input))) found.add(id);
  }
  return found;
}

function sparsePart(builder: GraphBuilder, ids: ValueId, gradient: ValueId): SparsePart {
  return { gathered: [ids], ids: builder.flatten(ids), rows: builder.flattenRows(gradient, builder.shape(ids).length) };
}

/** The sum, in the order given. Gradients of slices of one value are laid side by side instead of being padded and added. */
function addAll(builder: GraphBuilder, terms: readonly ValueId[]): ValueId {
  const pads = terms.filter((term) => builder.node(term).op === "pad");
  const joined = pads.length > 1 ? joinPads(builder, pads) : undefined;
  const rest = joined === undefined ? terms : [...terms.filter((term) => !pads.includes(term)), joined];
  const [first = -1, ...others] = rest;
  return others.reduce((sum, term) => builder.add(sum, term), first);
}

/** The sum of values that are padded along one axis into positions that do not meet, as one `concat`. */
function joinPads(builder: GraphBuilder, pads: readonly ValueId[]): ValueId | undefined {
  const nodes = pads.map((id) => builder.node(id)).filter(isPad);
  const [first] = nodes;
  if (first === undefined || nodes.some((node) => node.attributes.axis !== first.attributes.axis)) return undefined;
  const { axis } = first.attributes;
  const shape = first.type.shape;
  const zeros = (size: number): readonly ValueId[] =>
    size === 0 ? [] : [builder.zeros(shape.map((dim, index) => (index === axis ? size : dim)))];
  const pieces: ValueId[] = [];
  let end = 0;
  for (const node of nodes.toSorted((a, b) => a.attributes.before - b.attributes.before)) {
    const { before, after } = node.attributes;
    if (before < end) return undefined;
    pieces.push(...zeros(before - end), node.inputs[0] ?? -1);
    end = Number(shape[axis]) - after;
  }
  pieces.push(...zeros(Number(shape[axis]) - end));
  return builder.concat(pieces, axis);
}

function isPad(node: GraphNode): node is NodeOf<"pad"> {
  return node.op === "pad";
}
