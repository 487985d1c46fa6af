/** Who reads a value of a function, and how. */
import type { GraphFunction, GraphNode, NodeOf, ValueId } from "../graph.js";
import { rootsOf } from "./eliminate-dead-code.js";

/** A reader of a value: the node, and which of its inputs it is. */
export interface Reader {
  readonly id: ValueId;
  readonly node: GraphNode;
  readonly input: number;
}

/** Who reads each value; outputs and updates are the reader `undefined`. */
export type Readers = ReadonlyMap<ValueId, readonly (Reader | undefined)[]>;

export function readersOf(fn: GraphFunction): Readers {
  const readers = new Map<ValueId, (Reader | undefined)[]>();
  const note = (id: ValueId, reader: Reader | undefined): void => {
    const known = readers.get(id);
    if (known === undefined) readers.set(id, [reader]);
    else known.push(reader);
  };
  fn.nodes.forEach((node, id) => node.inputs.forEach((value, input) => note(value, { id, node, input })));
  for (const id of rootsOf(fn)) note(id, undefined);
  return readers;
}

export function readersIn(readers: Readers, id: ValueId): readonly (Reader | undefined)[] {
  return readers.get(id) ?? [];
}

/** A product of what is read with weights, or of its transpose with a gradient. */
export function isProduct(reader: Reader | undefined): reader is Reader & { readonly node: NodeOf<"matmul"> } {
  return reader?.node.op === "matmul" && reader.input === 0 && !reader.node.attributes.transposeB;
}

/** Sizes of a value, all of which are known. */
export function shapeOf({ nodes }: GraphFunction, id: ValueId): readonly number[] {
  return (nodes[id]?.type.shape ?? []).map(Number);
}
