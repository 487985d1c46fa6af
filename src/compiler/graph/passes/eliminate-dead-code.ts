/** Drops what no output and no update needs. */
import { symbolsOf } from "../dims.js";
import type { GraphFunction, GraphNode, Update, ValueId } from "../graph.js";

/** Values that an output or an update needs, those included that say the size of a symbolic dimension in use. */
export function liveValues(fn: GraphFunction): ReadonlySet<ValueId> {
  const uniques = new Map<string, ValueId>();
  fn.nodes.forEach((node, id) => {
    if (node.op === "unique") uniques.set(node.attributes.dim, id);
  });
  const live = new Set<ValueId>(rootsOf(fn));
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) {
    const node = fn.nodes[id];
    if (node === undefined || !live.has(id)) continue;
    for (const input of node.inputs) live.add(input);
    for (const name of node.type.shape.flatMap(symbolsOf)) {
      const source = uniques.get(name);
      if (source !== undefined) live.add(source);
    }
  }
  for (const id of missingInputs(fn, live)) live.add(id);
  return live;
}

/** The values that outputs and updates name. */
export function rootsOf(fn: GraphFunction): readonly ValueId[] {
  const updated = fn.updates.flatMap((update) =>
    update.kind === "assign" ? [update.value] : [update.ids, update.rows],
  );
  return [...fn.outputs.map((output) => output.value), ...updated];
}

/** The function without dead nodes; a function without any is returned as it is. */
export function eliminateDeadCode(fn: GraphFunction): GraphFunction {
  const live = liveValues(fn);
  if (live.size === fn.nodes.length) return fn;
  const moved = new Map<ValueId, ValueId>();
  const nodes: GraphNode[] = [];
  fn.nodes.forEach((node, id) => {
    if (!live.has(id)) return;
    moved.set(id, nodes.length);
    nodes.push({ ...node, inputs: node.inputs.map((input) => moved.get(input) ?? input) } as GraphNode);
  });
  return renumbered(fn, nodes, (id) => moved.get(id) ?? id);
}

/** The function with other nodes: outputs and updates name what `to` says of the values before. */
export function renumbered(
  fn: GraphFunction,
  nodes: readonly GraphNode[],
  to: (id: ValueId) => ValueId,
): GraphFunction {
  return {
    name: fn.name,
    nodes,
    outputs: fn.outputs.map(({ name, value }) => ({ name, value: to(value) })),
    updates: fn.updates.map((update): Update =>
      update.kind === "assign"
        ? { ...update, value: to(update.value) }
        : { ...update, ids: to(update.ids), rows: to(update.rows) },
    ),
  };
}

/** Dead inputs that are the first to say the size of a name that live nodes use and no live input says. */
function missingInputs(fn: GraphFunction, live: ReadonlySet<ValueId>): readonly ValueId[] {
  const used = new Set<string>();
  const said = new Set<string>();
  fn.nodes.forEach((node, id) => {
    if (!live.has(id)) return;
    const into = node.op === "input" || node.op === "unique" ? said : used;
    for (const name of node.type.shape.flatMap(symbolsOf)) into.add(name);
  });
  return fn.nodes.flatMap((node, id) => {
    if (node.op !== "input" || live.has(id)) return [];
    const names = node.type.shape.filter((dim) => typeof dim === "string" && used.has(dim) && !said.has(dim));
    for (const name of names) said.add(String(name));
    return names.length === 0 ? [] : [id];
  });
}
