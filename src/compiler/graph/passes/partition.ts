/**
 * Chooses the values of a function that one compiled call (XLA) computes: the dense part of a training step.
 *
 * A value can be compiled when it and its inputs have known sizes and its op is one that a compiler is good at. Random
 * numbers, ids made distinct, reads and gathers of state, and sums by segment are computed outside, except in a loop that is compiled as a whole (`repeat.ts`).
 *
 * The set is convex: no path leaves it and comes back, as a call needs all its arguments before it starts. To that end the
 * function is cut into waves. A value computed outside is on an odd level, a compilable one on an even level, and
 * levels rise along every edge, strictly where an edge goes from one kind to the other. The compilable values of one level
 * are then convex: a path that left through an outside value would come back on a higher level. Outside values appear as
 * early as they can; a compilable one may appear anywhere between what it reads and what reads it. The level whose values
 * cost most arithmetic is taken.
 *
 * Of those, values that no chain of others joins with a matrix product stay outside: a lone step of an update costs more to
 * hand over than to compute. What is left is convex still, as no edge leads from what stays to what goes.
 */
import { isStatic } from "../dims.js";
import type { GraphFunction, GraphNode, ValueId } from "../graph.js";
import { opTable } from "../ops/table.js";
import { sizeOfShape } from "../tensor.js";
import { connectedTo } from "./connected.js";
import { liveValues } from "./eliminate-dead-code.js";

/**
 * The values to compile; empty when there is no matrix product to compile. Constants are in no set: whoever reads one has its own.
 * Bind the batch first (`bindDims`), or little has a known size.
 */
export function partition(fn: GraphFunction): ReadonlySet<ValueId> {
  const live = liveValues(fn);
  const takesPart = (id: ValueId): boolean => live.has(id) && fn.nodes[id]?.op !== "constant";
  const compilable = fn.nodes.map((node, id) => takesPart(id) && isCompilable(fn, node));
  const earliest = earliestLevels(fn, takesPart, compilable);
  const latest = latestLevels(fn, takesPart, compilable, earliest);

  const mayStandOn = (id: ValueId, level: number): boolean =>
    compilable[id] === true && (earliest[id] ?? 0) <= level && level <= (latest[id] ?? 0);
  const valuesOn = (level: number): readonly ValueId[] =>
    fn.nodes.flatMap((_, id) => (mayStandOn(id, level) ? [id] : []));

  const levels = new Set(earliest.filter((_, id) => compilable[id] === true));
  const waves = [...levels].map((level) => {
    const values = valuesOn(level);
    return { values, cost: values.reduce((total, id) => total + costOf(fn, id), 0) };
  });
  const best = waves.reduce((most, wave) => (wave.cost > most.cost ? wave : most), { values: [], cost: 0 });
  return joinedWithProducts(fn, new Set(best.values));
}

/** The values that are connected, along edges in either direction within the set, with a matrix product. */
function joinedWithProducts(fn: GraphFunction, set: ReadonlySet<ValueId>): ReadonlySet<ValueId> {
  const neighbours = new Map<ValueId, ValueId[]>([...set].map((id) => [id, []]));
  for (const id of set) {
    for (const input of fn.nodes[id]?.inputs ?? []) {
      neighbours.get(input)?.push(id);
      if (set.has(input)) neighbours.get(id)?.push(input);
    }
  }
  const products = [...set].filter((id) => fn.nodes[id]?.op === "matmul");
  return connectedTo(products, (id) => neighbours.get(id) ?? []);
}

/** Whether one compiled call may compute the value among others: its op and the sizes that it meets allow it. */
export function isCompilable(fn: GraphFunction, node: GraphNode): boolean {
  if (!opTable[node.op].compilable || !isStatic(node.type.shape)) return false;
  if (node.op === "gather" && isOf(fn, node, 0, "state") && !isOf(fn, node, 1, "constant")) return false;
  return node.inputs.every((input) => isStatic(fn.nodes[input]?.type.shape ?? ["?"]));
}

function isOf(fn: GraphFunction, node: GraphNode, input: number, op: GraphNode["op"]): boolean {
  return fn.nodes[node.inputs[input] ?? -1]?.op === op;
}

function earliestLevels(
  fn: GraphFunction,
  takesPart: (id: ValueId) => boolean,
  compilable: readonly boolean[],
): readonly number[] {
  const levels: number[] = [];
  fn.nodes.forEach((node, id) => {
    const isInside = compilable[id] === true;
    levels[id] = node.inputs
      .filter(takesPart)
      .reduce(
        (level, input) => Math.max(level, (levels[input] ?? 0) + (compilable[input] === isInside ? 0 : 1)),
        isInside ? 0 : 1,
      );
  });
  return levels;
}

/** For compilable values, with those computed outside standing on their earliest level. */
function latestLevels(
  fn: GraphFunction,
  takesPart: (id: ValueId) => boolean,
  compilable: readonly boolean[],
  earliest: readonly number[],
): readonly number[] {
  const levels = fn.nodes.map(() => Infinity);
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) {
    if (!takesPart(id)) continue;
    const bound = compilable[id] === true ? (levels[id] ?? Infinity) : (earliest[id] ?? 0) - 1;
    for (const input of fn.nodes[id]?.inputs ?? []) levels[input] = Math.min(levels[input] ?? Infinity, bound);
  }
  return levels;
}

/** Multiplications of a matrix product, elements of anything else. */
function costOf(fn: GraphFunction, id: ValueId): number {
  const node = fn.nodes[id];
  if (node === undefined) return 0;
  const elements = isStatic(node.type.shape) ? sizeOfShape(node.type.shape) : 0;
  if (node.op !== "matmul") return elements;
  const shape = fn.nodes[node.inputs[0] ?? -1]?.type.shape ?? [];
  const inner = shape.at(node.attributes.transposeA ? -2 : -1);
  return elements * (typeof inner === "number" ? inner : 1);
}
