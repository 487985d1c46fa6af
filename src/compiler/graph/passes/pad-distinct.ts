/**
 * Ids made distinct in a list of known size, for a compiler that knows no other: as long as the ids themselves. Places that stand for no id fill it
 * up; no index points there, their sums are 0, and whoever writes rows by the list leaves them out.
 */
import { bindDim, type Sizes } from "../dims.js";
import type { GraphFunction, GraphNode, ValueId } from "../graph.js";
import { binaryOps } from "../ops/binary.js";
import { unaryOps } from "../ops/unary.js";
import { bindDims } from "./bind-dims.js";
import { liveValues } from "./eliminate-dead-code.js";

/** Ops whose every element is of the elements in its place. */
const byElement: ReadonlySet<string> = new Set([...Object.keys(unaryOps), ...Object.keys(binaryOps)]);

/** A list of ids that a function makes distinct. */
export interface DistinctIds {
  readonly ids: ValueId;
  /** Of the largest table that it reads by them, or else of the largest that it reads: an id is less. */
  readonly rows: number;
}

/**
 * The function with its lists of distinct ids filled up, `fn` itself where there are none; undefined where something else would see what fills them up.
 * Bind the batch first (`bindDims`).
 */
export function padDistinct(fn: GraphFunction): GraphFunction | undefined {
  const live = liveValues(fn);
  const sizes: Record<string, number> = {};
  for (const [id, node] of fn.nodes.entries()) {
    if (node.op !== "unique" || !live.has(id)) continue;
    const [size] = fn.nodes[node.inputs[0] ?? -1]?.type.shape ?? [];
    if (typeof size !== "number") return undefined;
    sizes[node.attributes.dim] = size;
  }
  if (Object.keys(sizes).length === 0) return fn;
  return hidesWhatFills(fn, live, sizes) ? bindDims(fn, sizes) : undefined;
}

/** The lists that a function makes distinct, each once; undefined where it reads no table by ids. */
export function distinctIdsOf(fn: GraphFunction): readonly DistinctIds[] | undefined {
  const live = liveValues(fn);
  const lists = new Map<ValueId, number>();
  let most = 0;
  fn.nodes.forEach((node, id) => {
    if (!live.has(id)) return;
    if (node.op === "unique" || node.op === "uniqueIndex") {
      const ids = node.inputs[0] ?? -1;
      lists.set(ids, lists.get(ids) ?? 0);
    }
    const [table, by] = node.inputs.map((input) => fn.nodes[input]);
    const rows = table?.type.shape[0];
    if (node.op !== "gather" || table?.op !== "state" || typeof rows !== "number") return;
    most = Math.max(most, rows);
    if (by?.op !== "unique") return;
    const ids = by.inputs[0] ?? -1;
    lists.set(ids, Math.max(rows, lists.get(ids) ?? 0));
  });
  if (lists.size > 0 && most === 0) return undefined;
  return [...lists].map(([ids, rows]) => ({ ids, rows: rows === 0 ? most : rows }));
}

/** Whether no value without such a list in its shape depends on what fills it up. */
function hidesWhatFills(fn: GraphFunction, live: ReadonlySet<ValueId>, sizes: Sizes): boolean {
  const isFilled = (id: ValueId | undefined): boolean =>
    fn.nodes[id ?? -1]?.type.shape.some((dim) => bindDim(dim, sizes) !== dim) === true;
  const isLed = ({ type: { shape } }: GraphNode): boolean =>
    Object.hasOwn(sizes, shape[0] ?? "") && shape.slice(1).every((dim) => typeof dim === "number");
  /** Values that are 0 in the rows that fill up. */
  const zero = new Set<ValueId>();
  /** Where 0 times it is 0: rows of a table are numbers, and no quotient by a count of 0. */
  const numbers = new Set<ValueId>();
  const hasNumbers = (id: ValueId): boolean => zero.has(id) || numbers.has(id);
  if (fn.outputs.some(({ value }) => isFilled(value))) return false;
  return fn.nodes.every((node, id) => {
    if (!live.has(id)) return true;
    const filled = node.inputs.filter(isFilled);
    if (!isFilled(id)) {
      if (filled.length === 0) return true;
      if (node.op === "gather") return fn.nodes[node.inputs[1] ?? -1]?.op === "uniqueIndex";
      return node.op === "sum" && filled.every((input) => zero.has(input));
    }
    if (!isLed(node)) return false;
    switch (node.op) {
      case "unique":
        return true;
      case "gather":
        numbers.add(id);
        return true;
      case "slice":
      case "concat":
        // Columns of it: the list is the first axis.
        if (filled.every((input) => zero.has(input))) zero.add(id);
        else if (filled.every(hasNumbers)) numbers.add(id);
        return node.attributes.axis !== 0 && filled.length === node.inputs.length;
      case "segmentSum":
        zero.add(id);
        return fn.nodes[node.inputs[1] ?? -1]?.op === "uniqueIndex" && filled.length === 0;
      case "mul":
        if (filled.some((input) => zero.has(input)) && filled.every(hasNumbers)) zero.add(id);
        return true;
      case "reshape":
        if (filled.every((input) => zero.has(input))) zero.add(id);
        return true;
      default:
        return byElement.has(node.op);
    }
  });
}
