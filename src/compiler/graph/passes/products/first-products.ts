/** Finds what is read of tables and multiplied with weights at once, and what training makes of it. */
import type { GraphFunction, GraphNode, NodeOf, ValueId } from "../../graph.js";
import { type Piece, placesOf } from "../join-columns.js";
import { isProduct, type Readers, readersIn } from "../readers.js";

/** An input of products: rows of tables beside other columns. */
export interface FirstProducts {
  readonly input: ValueId;
  /** Its pieces, in the order of its columns. */
  readonly pieces: readonly InputPiece[];
  /** Products of the input with weights. */
  readonly products: readonly NodeAt<"matmul">[];
  /** Products of its transpose with the gradients of those, in the same order. */
  readonly gradients: readonly NodeAt<"matmul">[];
}

/** Columns [first, first + size) of an input. */
export interface InputPiece extends Piece {
  readonly first: number;
  /** Absent: columns that are no rows of a table. */
  readonly table?: ReadTable;
}

/** A table of which each row of a batch reads a row for every feature. */
export interface ReadTable {
  /** [V, D]. */
  readonly table: ValueId;
  /** int32[B, K]: the rows that are read, a column a feature. */
  readonly ids: ValueId;
  readonly width: number;
  /** Rows of the table that each feature reads, one feature's behind another's: [begin, end). */
  readonly ranges: readonly { readonly begin: number; readonly end: number }[];
  /** The gradient of the table, [V, D]; absent where it is not trained. */
  readonly gradient?: ValueId;
}

export interface NodeAt<K extends GraphNode["op"]> {
  readonly id: ValueId;
  readonly node: NodeOf<K>;
}

/** The inputs of a training function, all of whose sizes are known, that are rows of tables at least in part. */
export function firstProductsOf(fn: GraphFunction, readers: Readers): readonly FirstProducts[] {
  return fn.nodes.flatMap((node, id) => {
    const found = node.op === "concat" || node.op === "reshape" ? firstProducts(fn, readers, id, node) : undefined;
    return found === undefined ? [] : [found];
  });
}

function firstProducts(fn: GraphFunction, readers: Readers, id: ValueId, node: GraphNode): FirstProducts | undefined {
  if (node.type.shape.length !== 2 || node.type.dtype !== "float32") return undefined;
  const places =
    node.op === "concat"
      ? placesOf(fn.nodes, node)
      : [{ of: id, begin: 0, size: Number(node.type.shape[1]), first: 0 }];
  const pieces = places?.map((place): InputPiece => {
    const table = place.begin === 0 ? readTable(fn, place) : undefined;
    return table === undefined ? place : { ...place, table };
  });
  if (pieces?.some(({ table }) => table !== undefined) !== true) return undefined;
  const products: NodeAt<"matmul">[] = [];
  const transposed: NodeAt<"matmul">[] = [];
  for (const reader of readersIn(readers, id)) {
    if (!isProduct(reader) || reader.node.inputs[1] === id) return undefined;
    (reader.node.attributes.transposeA ? transposed : products).push({ id: reader.id, node: reader.node });
  }
  const gradients = pairs(fn, products, transposed);
  if (gradients === undefined || products.length === 0) return undefined;
  const trained = tableGradients(fn, readers, { input: id, pieces, products, gradients });
  return trained === undefined || dependsOnItself(readers, trained) ? undefined : trained;
}

/** `reshape(gather(table, ids + offsets))`. */
export function readTable({ nodes }: GraphFunction, { of, size }: Piece): ReadTable | undefined {
  const joined = nodes[of];
  const gather = nodes[joined?.inputs[0] ?? -1];
  if (joined?.op !== "reshape" || gather?.op !== "gather" || Number(joined.type.shape[1]) !== size) return undefined;
  const [table = -1, ids = -1] = gather.inputs;
  const [state, sum] = [nodes[table], nodes[ids]];
  const [, features = 0, width = 0] = gather.type.shape.map(Number);
  if (state?.op !== "state" || sum?.op !== "add" || gather.type.shape.length !== 3 || features * width !== size)
    return undefined;
  const offsets = sum.inputs.flatMap((input) => {
    const node = nodes[input];
    return node?.op === "constant" && typeof node.attributes.value !== "number" ? [node.attributes.value] : [];
  })[0];
  const rows = Number(state.type.shape[0]);
  if (offsets?.length !== features || offsets[0] !== 0) return undefined;
  const ranges = offsets.map((begin, i) => ({ begin, end: offsets[i + 1] ?? rows }));
  return ranges.every(({ begin, end }) => begin < end) ? { table, ids, width, ranges } : undefined;
}

/** The gradients of weights in the order of the products that they are of; undefined where another number or another size is there. */
function pairs(
  { nodes }: GraphFunction,
  products: readonly NodeAt<"matmul">[],
  transposed: readonly NodeAt<"matmul">[],
): readonly NodeAt<"matmul">[] | undefined {
  if (products.length !== transposed.length) return undefined;
  const open = new Set(transposed);
  const found = products.map(({ node }) => {
    const weights = node.inputs[1] ?? -1;
    const isOfThese = ({ node: { inputs } }: NodeAt<"matmul">): boolean =>
      nodes.some(
        ({ op, inputs: [upstream, by], ...term }) =>
          op === "matmul" &&
          upstream === inputs[1] &&
          by === weights &&
          "transposeB" in term.attributes &&
          term.attributes.transposeB,
      );
    const pair = [...open].find(isOfThese);
    if (pair !== undefined) open.delete(pair);
    return pair;
  });
  const all = found.flatMap((each) => each ?? []);
  return all.length === products.length ? all : undefined;
}

/** With the gradients of tables; undefined where the gradient of the input is read for anything else, or made of anything else. */
function tableGradients(fn: GraphFunction, readers: Readers, found: FirstProducts): FirstProducts | undefined {
  const terms = new Set(
    fn.nodes.flatMap((node, id) => {
      const isTerm =
        node.op === "matmul" &&
        node.attributes.transposeB &&
        !node.attributes.transposeA &&
        found.products.some(
          ({ node: product }, i) =>
            product.inputs[1] === node.inputs[1] && found.gradients[i]?.node.inputs[1] === node.inputs[0],
        );
      return isTerm ? [id] : [];
    }),
  );
  if (terms.size !== found.products.length) return undefined;
  const whole = sumOfAll(fn, readers, terms);
  if (whole === undefined) return undefined;
  const gradients = new Map<number, ValueId>();
  for (const reader of readersIn(readers, whole)) {
    const cut = reader?.node;
    const isWhole = cut?.op === "reshape";
    if (reader === undefined || !(isWhole || (cut?.op === "slice" && cut.attributes.axis === 1))) return undefined;
    const first = cut.op === "slice" ? cut.attributes.begin : 0;
    const piece = found.pieces.find((each) => each.first === first && each.table !== undefined);
    const gradient = piece?.table && segmentSumOf(fn, readers, isWhole ? whole : reader.id, piece.table);
    if (piece === undefined || gradient === undefined || gradients.has(first)) return undefined;
    gradients.set(first, gradient);
  }
  const pieces = found.pieces.map((piece): InputPiece => {
    const gradient = gradients.get(piece.first);
    return piece.table === undefined || gradient === undefined
      ? piece
      : { ...piece, table: { ...piece.table, gradient } };
  });
  return { ...found, pieces };
}

/** The sum of these values and of nothing else, which sums of fewer of them lead to and nobody else reads. */
function sumOfAll(fn: GraphFunction, readers: Readers, terms: ReadonlySet<ValueId>): ValueId | undefined {
  const parts = new Set(terms);
  let last = Math.max(...terms);
  fn.nodes.forEach((node, id) => {
    if (node.op !== "add" || !node.inputs.every((input) => parts.has(input))) return;
    parts.add(id);
    last = id;
  });
  const isInner = (id: ValueId): boolean => {
    const all = readersIn(readers, id);
    return all.length === 1 && parts.has(all[0]?.id ?? -1);
  };
  return [...parts].every((id) => id === last || isInner(id)) ? last : undefined;
}

/** `segmentSum(reshape(cut), reshape(ids))`, of which nothing else is read. */
function segmentSumOf(fn: GraphFunction, readers: Readers, cut: ValueId, { ids }: ReadTable): ValueId | undefined {
  const [rows, ...others] = readersIn(readers, cut);
  if (rows?.node.op !== "reshape" || others.length > 0) return undefined;
  const [sum, ...more] = readersIn(readers, rows.id);
  if (sum?.node.op !== "segmentSum" || more.length > 0 || sum.input !== 0) return undefined;
  const by = fn.nodes[sum.node.inputs[1] ?? -1];
  return by?.op === "reshape" && by.inputs[0] === ids ? sum.id : undefined;
}

/** Whether weights depend on a product of the input, or a gradient on one that is computed with it: then they cannot be one. */
function dependsOnItself(readers: Readers, found: FirstProducts): boolean {
  const after = (from: readonly ValueId[]): ReadonlySet<ValueId> => {
    const reached = new Set<ValueId>();
    const open = [...from];
    for (let id = open.pop(); id !== undefined; id = open.pop())
      for (const reader of readersIn(readers, id)) {
        if (reader === undefined || reached.has(reader.id)) continue;
        reached.add(reader.id);
        open.push(reader.id);
      }
    return reached;
  };
  const forward = after([found.input]);
  const made = [...found.gradients.map(({ id }) => id), ...found.pieces.flatMap(({ table }) => table?.gradient ?? [])];
  const backward = after(made);
  return (
    found.products.some(({ node }) => forward.has(node.inputs[1] ?? -1)) ||
    found.gradients.some(({ node }) => backward.has(node.inputs[1] ?? -1))
  );
}
