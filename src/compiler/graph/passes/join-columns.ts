/** What a join of columns is made of, and the same columns in the order in which they come. */
import { omitUndefined } from "../../text/index.js";
import type { GraphNode, NodeOf, ValueId } from "../graph.js";

/** Columns [begin, begin + size) of a tensor. */
export interface Piece {
  readonly of: ValueId;
  readonly begin: number;
  readonly size: number;
}

/** A join whose pieces of one tensor are together. */
export interface Joined {
  readonly pieces: readonly Piece[];
  /** Column i is column `columns[i]` of what was joined before. */
  readonly columns: readonly number[];
}

/** A piece in the join that is written. */
export interface Place extends Piece {
  /** Its first column there. */
  readonly first: number;
}

/** The pieces of a join of columns, those of one tensor together and in its order; undefined where these are not fewer. */
export function joinInOrder(nodes: readonly GraphNode[], node: NodeOf<"concat">): Joined | undefined {
  const places = placesOf(nodes, node);
  if (places === undefined) return undefined;
  const sorted = bySource(places);
  const pieces = mergePieces(sorted);
  const columns = sorted.flatMap(({ first, size }) => Array.from({ length: size }, (_, at) => first + at));
  return pieces.length < places.length ? { pieces, columns } : undefined;
}

/** Places of one tensor together and in its order, tensors in the order in which they come. */
export function bySource(places: readonly Place[]): readonly Place[] {
  const sources = [...new Set(places.map(({ of }) => of))];
  return sources.flatMap((source) => places.filter(({ of }) => of === source).toSorted((a, b) => a.begin - b.begin));
}

/** The pieces as they are joined, those that follow one another in one tensor as one. Undefined: not a join of known columns. */
export function joinAsWritten(nodes: readonly GraphNode[], node: NodeOf<"concat">): readonly Piece[] | undefined {
  const places = placesOf(nodes, node);
  return places === undefined ? undefined : mergePieces(places);
}

/** Writes a join of pieces in the place of `node`, with `add` behind `nodes`: whole tensors as they are, and no join of one piece. */
export function writeJoin(
  nodes: readonly GraphNode[],
  add: (node: GraphNode) => ValueId,
  node: NodeOf<"concat">,
  pieces: readonly Piece[],
): ValueId {
  const { label, span } = node;
  const parts = pieces.map(({ of, begin, size }) => {
    const source = nodes[of];
    if (source === undefined) throw new Error(`a join reads no value ${of}`);
    const [rows = 0, columns, ...rest] = source.type.shape;
    if (size === columns) return of;
    const type = { ...source.type, shape: [rows, size, ...rest] };
    return add({
      op: "slice",
      inputs: [of],
      attributes: { axis: 1, begin, size },
      type,
      ...omitUndefined({ label, span }),
    });
  });
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : add({ ...node, inputs: parts });
}

export function placesOf(
  nodes: readonly GraphNode[],
  { inputs, attributes }: NodeOf<"concat">,
): readonly Place[] | undefined {
  if (attributes.axis !== 1) return undefined;
  let column = 0;
  const places = inputs.map((input) => {
    const node = nodes[input];
    const size = Number(node?.type.shape[1]);
    const first = column;
    column += size;
    return node?.op === "slice" && node.attributes.axis === 1
      ? { of: node.inputs[0] ?? input, begin: node.attributes.begin, size, first }
      : { of: input, begin: 0, size, first };
  });
  return Number.isInteger(column) ? places : undefined;
}

/** Pieces that follow one another in one tensor as one. */
export function mergePieces(pieces: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  for (const { of, begin, size } of pieces) {
    const last = merged.at(-1);
    if (last?.of === of && last.begin + last.size === begin) merged.splice(-1, 1, { ...last, size: last.size + size });
    else merged.push({ of, begin, size });
  }
  return merged;
}

/** Where each column of an order is: `order[i]` is at `i`. */
export function inverse(order: readonly number[]): readonly number[] {
  const places: number[] = [];
  order.forEach((from, at) => (places[from] = at));
  return places;
}
