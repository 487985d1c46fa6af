/**
 * Values that only one loop of a later phase reads, by rows, are computed there: what would be written for all rows and read back is then local to the rows at hand. Rows of a table are read
 * in the loop that changes them, and slots of a weight where it is updated.
 */
import type { GraphFunction, ValueId } from "../../graph/graph.js";
import { rootsOf } from "../../graph/passes/eliminate-dead-code.js";
import { isSameDomain, keyOf, type LoopPlace, type Packed, type Placed, usesOf } from "./placed.js";

/** Moves such values, and their views with them. `values`: of all that is live, each in the earliest loop. */
export function moveLate(fn: GraphFunction, values: Map<ValueId, Placed>, packs: ReadonlyMap<ValueId, Packed>): void {
  const mover = new Mover(fn, values, packs);
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) mover.move(id);
}

class Mover {
  /** Of each root: the values that read it, through views or not. */
  readonly #readers = new Map<ValueId, Set<ValueId>>();
  readonly #views = new Map<ValueId, ValueId[]>();
  /** Roots that something else reads than the values of one loop do. */
  readonly #held = new Set<ValueId>();

  constructor(
    readonly fn: GraphFunction,
    readonly values: Map<ValueId, Placed>,
    packs: ReadonlyMap<ValueId, Packed>,
  ) {
    for (const [id, { root, loop }] of values) {
      if (root !== id) {
        this.#views.set(root, [...(this.#views.get(root) ?? []), id]);
        // All of it is read.
        if (loop !== undefined && loop.rows < 0) this.#held.add(root);
        continue;
      }
      for (const input of fn.nodes[id]?.inputs ?? []) {
        const read = this.#rootOf(input);
        const readers = this.#readers.get(read) ?? new Set();
        this.#readers.set(read, readers.add(id));
      }
    }
    for (const id of rootsOf(fn)) this.#held.add(this.#rootOf(id));
    for (const { of } of packs.values()) this.#held.add(this.#rootOf(of));
  }

  move(id: ValueId): void {
    const value = this.values.get(id);
    if (value?.loop === undefined || value.root !== id || value.partial !== undefined) return;
    if (value.loop.rows < 0 || value.loop.isWhole || this.#held.has(id)) return;
    const target = this.#onlyReader(id, value.loop);
    if (target === undefined || !this.#mayLeave(id, value.loop)) return;
    for (const each of [id, ...(this.#views.get(id) ?? [])]) {
      const moved = this.values.get(each);
      if (moved?.loop !== undefined) this.values.set(each, { ...moved, loop: target });
    }
  }

  /** The later loop, over the same rows, of all that read a value. */
  #onlyReader(id: ValueId, own: LoopPlace): LoopPlace | undefined {
    let found: LoopPlace | undefined;
    for (const reader of this.#readers.get(id) ?? []) {
      const value = this.values.get(reader);
      const loop = value?.partial ?? value?.loop;
      if (loop === undefined || loop.isWhole || !isSameDomain(loop, own) || loop.phase <= own.phase) return undefined;
      if (found !== undefined && keyOf(found) !== keyOf(loop)) return undefined;
      if (value?.partial === undefined && !this.#readsRows(reader, id, loop.rows)) return undefined;
      found = loop;
    }
    return found;
  }

  #readsRows(reader: ValueId, read: ValueId, rows: number): boolean {
    const node = this.fn.nodes[reader];
    const uses = node === undefined ? undefined : usesOf(this.fn, node, rows);
    return node?.inputs.every((input, at) => this.#rootOf(input) !== read || uses?.[at] === "row") === true;
  }

  /** Whether what a value reads is there as well in the later loop: kept whole already, or read by nobody in the earlier one. State is read by rows, which an update of the loop may change. */
  #mayLeave(id: ValueId, own: LoopPlace): boolean {
    const node = this.fn.nodes[id];
    if (node === undefined) return false;
    const uses = usesOf(this.fn, node, own.rows);
    return node.inputs.every((input, at) => {
      const root = this.#rootOf(input);
      const { loop, partial } = this.#placed(root);
      if (loop === undefined) {
        const isTable = node.op === "gather" && at === 0 && this.fn.nodes[node.inputs[1] ?? -1]?.op === "unique";
        return this.fn.nodes[root]?.op !== "state" || uses?.[at] === "row" || isTable;
      }
      if (keyOf(loop) !== keyOf(own) || partial !== undefined) return true;
      const isKept =
        this.#held.has(root) || this.#readersOf(root).some((reader) => this.#loopOf(reader) !== keyOf(own));
      return isKept || (this.#readersOf(root).length === 1 && this.#mayLeave(root, own));
    });
  }

  #readersOf(root: ValueId): readonly ValueId[] {
    return [...(this.#readers.get(root) ?? [])];
  }

  #loopOf(id: ValueId): string | undefined {
    const value = this.values.get(id);
    const loop = value?.partial ?? value?.loop;
    return loop === undefined ? undefined : keyOf(loop);
  }

  #rootOf(id: ValueId): ValueId {
    return this.#placed(id).root;
  }

  #placed(id: ValueId): Placed {
    const value = this.values.get(id);
    if (value === undefined) throw new Error(`the value ${id} has no place`);
    return value;
  }
}
