/**
 * Rows of a table that only padding reads are not updated. A step counts for each distinct id what stands for values and writes the others as they were; in the loops here the id of padding is
 * below 0 instead, which sums and writes leave out, so that nothing is counted or chosen.
 */
import type { GraphFunction, GraphNode, ValueId } from "../../graph/graph.js";
import { AppendedNodes } from "../../graph/passes/append-nodes.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { type Reader, readersIn, readersOf } from "../../graph/passes/readers.js";

/** The same function without such choices, `fn` itself where it has none. */
export function withoutPadding(fn: GraphFunction): GraphFunction {
  const finder = new PaddingFinder(fn);
  const appended = new AppendedNodes(fn);
  let isSame = true;
  fn.nodes.forEach((node, id) => {
    const [ids = -1] = node.inputs;
    const given = fn.nodes[ids];
    const found = node.op === "unique" ? finder.find(id, ids) : undefined;
    if (found === undefined || given === undefined) return;
    isSame = false;
    appended.like(node.label, node, () => {
      const isThere = appended.less(appended.scalar(0), found.present);
      // The ids again, since whoever reads them reads these instead.
      const same = appended.apply(given.op, given.inputs, given.attributes);
      appended.replace(ids, appended.select(isThere, same, appended.scalar(-1, "int32")));
    });
    for (const { select, made } of found.choices) appended.replace(select, made);
  });
  return isSame ? fn : appended.finish();
}

interface Padding {
  /** 0 where an id is padding, else 1: [ids]. */
  readonly present: ValueId;
  /** Values that are `made` where a row is touched, else what the table has. */
  readonly choices: readonly { readonly select: ValueId; readonly made: ValueId }[];
}

class PaddingFinder {
  readonly #readers;
  readonly #live;

  constructor(readonly fn: GraphFunction) {
    this.#readers = readersOf(fn);
    this.#live = liveValues(fn);
  }

  /** What a list of distinct ids is read for: rows that are read and written, all of them chosen by one count of values, and sums; undefined where it is something else. */
  find(list: ValueId, ids: ValueId): Padding | undefined {
    if (!this.#live.has(list)) return undefined;
    const updates = this.fn.updates.filter((update) => update.kind === "scatter" && update.ids === list);
    const isByRows = this.#readersIn(list).every(
      (reader) => reader === undefined || (reader.node.op === "gather" && reader.input === 1),
    );
    const lists = this.#readersIn(ids);
    const isOnlyList = lists.every((reader) => reader?.node.op === "unique" || reader?.node.op === "uniqueIndex");
    const indices = lists.flatMap((reader) => (reader?.node.op === "uniqueIndex" ? [reader.id] : []));
    const sums = indices.flatMap((id) => this.#readersIn(id));
    const isSummed = sums.every((reader) => reader?.node.op === "segmentSum" && reader.input === 1);
    if (updates.length === 0 || !isByRows || !isSummed || !isOnlyList) return undefined;
    if (this.#node(ids)?.inputs.length === 0) return undefined;
    const conditions = new Set<ValueId>();
    const choices = updates.flatMap((update) => {
      if (update.kind !== "scatter") return [];
      const node = this.#node(update.rows);
      const [condition = -1, made = -1, kept = -1] = node?.inputs ?? [];
      const isOnly = this.#readersIn(update.rows).length === 1;
      if (node?.op !== "select" || !isOnly || !this.#isRowOf(kept, update.state, list)) return [];
      conditions.add(condition);
      return [{ select: update.rows, made }];
    });
    const [condition = -1] = conditions;
    if (choices.length < updates.length || conditions.size !== 1) return undefined;
    if (this.#readersIn(condition).length !== choices.length) return undefined;
    const present = this.#countedBy(condition, indices);
    return present === undefined ? undefined : { present, choices };
  }

  /** What is counted where a condition is that its sum by a list is above 0. */
  #countedBy(condition: ValueId, indices: readonly ValueId[]): ValueId | undefined {
    const reshaped = this.#node(condition);
    const less = reshaped?.op === "reshape" ? (reshaped.inputs[0] ?? -1) : condition;
    const [zero = -1, count = -1] = this.#node(less)?.op === "less" ? (this.#node(less)?.inputs ?? []) : [];
    const [constant, sum] = [this.#node(zero), this.#node(count)];
    const isZero = constant?.op === "constant" && constant.attributes.value === 0;
    if (!isZero || sum?.op !== "segmentSum" || !indices.includes(sum.inputs[1] ?? -1)) return undefined;
    const isOnly = [less, count].every((id) => this.#readersIn(id).length === 1);
    return isOnly ? sum.inputs[0] : undefined;
  }

  #isRowOf(id: ValueId, state: string, list: ValueId): boolean {
    const node = this.#node(id);
    const table = this.#node(node?.inputs[0] ?? -1);
    return node?.op === "gather" && node.inputs[1] === list && table?.op === "state" && table.attributes.name === state;
  }

  #readersIn(id: ValueId): readonly (Reader | undefined)[] {
    return readersIn(this.#readers, id).filter((reader) => reader === undefined || this.#live.has(reader.id));
  }

  #node(id: ValueId): GraphNode | undefined {
    return this.fn.nodes[id];
  }
}
