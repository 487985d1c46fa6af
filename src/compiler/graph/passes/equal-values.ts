/**
 * Values of a function that are computed in the same way of other values: those of tasks whose gates, towers, heads and losses are of one form. Two values are
 * equal in form where their op, its attributes, their types and the forms of what they read are; variables by what their names end with, numbers by their type.
 */
import type { GraphFunction, GraphNode, OpName, ValueId } from "../graph.js";
import { connectedTo } from "./connected.js";
import { liveValues } from "./eliminate-dead-code.js";
import { isCompilable } from "./partition.js";

/** Values of one form, none of which depends on another: what they read has a lesser depth. */
export interface EqualValues {
  readonly op: OpName;
  /** In the order in which they are stacked. */
  readonly members: readonly ValueId[];
}

/** A value's place: among which values of one form, and which of them. */
export interface EqualPlace {
  readonly of: EqualValues;
  readonly at: number;
}

export interface EqualForms {
  /** Those that others read before their readers. */
  readonly groups: readonly EqualValues[];
  readonly places: ReadonlyMap<ValueId, EqualPlace>;
}

/** What names of stacked variables begin with, as no name of a spec does. */
export const stackedPrefix = ".stacked/";

function isStackedState(node: GraphNode): boolean {
  return node.op === "state" && node.attributes.name.startsWith(stackedPrefix);
}

/** Groups of at least `least` values that are connected, by values that read one another, with products of matrices or rows of stacked variables. */
export function equalForms(fn: GraphFunction, least: number): EqualForms {
  const candidates = candidatesOf(fn, least);
  const wanted = connectedWithProducts(fn, candidates);
  const places = new Map<ValueId, EqualPlace>();
  const groups = candidates
    .filter((each) => wanted.has(each))
    .map(([first = -1, ...others]) => {
      const group = { op: nodeOf(fn, first).op, members: ordered(fn, [first, ...others], places) };
      group.members.forEach((id, at) => places.set(id, { of: group, at }));
      return group;
    });
  return { groups, places };
}

/** Lists of values of one form, in the order of their first. */
function candidatesOf(fn: GraphFunction, least: number): readonly (readonly ValueId[])[] {
  const live = liveValues(fn);
  const numbers = new Map<string, number>();
  const forms: number[] = [];
  const byForm = new Map<number, { readonly depth: number; readonly ids: ValueId[] }>();
  const depths: number[] = [];
  fn.nodes.forEach((node, id) => {
    const text = formOf(node, id, (input) => forms[input] ?? -1);
    const form = numbers.get(text) ?? numbers.size;
    numbers.set(text, form);
    forms.push(form);
    const depth = 1 + node.inputs.reduce((most, input) => Math.max(most, depths[input] ?? 0), 0);
    depths.push(depth);
    if (!live.has(id) || !isStacked(fn, node)) return;
    const known = byForm.get(form);
    if (known === undefined) byForm.set(form, { depth, ids: [id] });
    else known.ids.push(id);
  });
  const found = [...byForm.values()].filter(({ ids }) => ids.length >= least);
  return found.toSorted((a, b) => a.depth - b.depth).map(({ ids }) => ids);
}

function formOf(node: GraphNode, id: ValueId, of: (input: ValueId) => number): string {
  const type = `${node.type.dtype}[${node.type.shape.join()}]`;
  switch (node.op) {
    case "state":
      // `g3.weight/mean`: of which part is said by what reads it. A stacked variable is itself.
      return `state ${type} ${node.attributes.name.replace(/^[^.]*/, "")}`;
    case "constant":
      return typeof node.attributes.value === "number" && node.type.shape.length === 0
        ? `constant ${type}`
        : `constant ${id}`;
    case "input":
    case "random":
      return `${node.op} ${id}`;
    case "slice":
      return `slice ${type} ${node.attributes.axis} ${node.inputs.map(of).join()}`;
    default:
      return `${node.op} ${type} ${JSON.stringify(node.attributes)} ${node.inputs.map(of).join()}`;
  }
}

/** What one compiled call may compute but constants, which whoever reads one has, and reads of rows. */
function isStacked(fn: GraphFunction, node: GraphNode): boolean {
  return node.op !== "constant" && node.op !== "gather" && isCompilable(fn, node);
}

/** Groups of products of matrices and of rows of stacked variables, and those that read them, or are read by them, by way of one another. */
function connectedWithProducts(
  fn: GraphFunction,
  groups: readonly (readonly ValueId[])[],
): ReadonlySet<readonly ValueId[]> {
  const groupOf = new Map(groups.flatMap((group) => group.map((id) => [id, group] as const)));
  const neighbours = new Map(groups.map((group) => [group, new Set<readonly ValueId[]>()]));
  for (const [id, group] of groupOf)
    for (const input of nodeOf(fn, id).inputs) {
      const read = groupOf.get(input);
      if (read === undefined) continue;
      neighbours.get(group)?.add(read);
      neighbours.get(read)?.add(group);
    }
  const isFirst = ({ op, inputs: [input = -1] }: GraphNode): boolean =>
    op === "matmul" || (op === "slice" && isStackedState(nodeOf(fn, input)));
  const products = groups.filter(([first = -1]) => isFirst(nodeOf(fn, first)));
  return connectedTo(products, (group) => neighbours.get(group) ?? []);
}

/** In the order of what they read, where that is of one group: gradients come in the reverse order of values. */
function ordered(
  fn: GraphFunction,
  members: readonly ValueId[],
  places: ReadonlyMap<ValueId, EqualPlace>,
): readonly ValueId[] {
  const [first = -1] = members;
  const begin = (id: ValueId): number => {
    const node = nodeOf(fn, id);
    return node.op === "slice" ? node.attributes.begin : 0;
  };
  if (nodeOf(fn, first).op === "slice") return members.toSorted((a, b) => begin(a) - begin(b));
  for (const input of nodeOf(fn, first).inputs.keys()) {
    const read = members.map((id) => places.get(nodeOf(fn, id).inputs[input] ?? -1));
    const isOne = read.every((place) => place?.of === read[0]?.of) && read[0] !== undefined;
    if (!isOne || new Set(read.map((place) => place?.at)).size < members.length) continue;
    return members
      .map((id, at) => ({ id, at: read[at]?.at ?? 0 }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ id }) => id);
  }
  return members;
}

export function nodeOf({ nodes }: GraphFunction, id: ValueId): GraphNode {
  const node = nodes[id];
  if (node === undefined) throw new Error(`there is no value ${id}`);
  return node;
}
