/**
 * Columns of inputs in the order in which they come, in a training step. A network reads features in the order of the spec, which cuts the
 * tensor of all embeddings, and that of all numbers, into pieces and joins them again, and does so with the gradient. Where only products
 * with weights read the joined tensor, the rows of the weights change places instead, and those of their gradient change back: weights are
 * smaller than a batch.
 */
import { omitUndefined } from "../../text/index.js";
import { int32, isStatic } from "../dims.js";
import type { GraphFunction, GraphNode, NodeOf, ValueId } from "../graph.js";
import { sizeOfShape } from "../tensor.js";
import { eliminateDeadCode, renumbered } from "./eliminate-dead-code.js";
import { inverse, joinAsWritten, joinInOrder, type Joined, type Piece, writeJoin } from "./join-columns.js";
import { isProduct, type Reader, type Readers, readersIn, readersOf, shapeOf } from "./readers.js";

/** A join of columns that only products read. */
interface Alignment extends Joined {
  /** Where column i of what was joined before is now. */
  readonly places: readonly number[];
  /** The weights that its columns meet. */
  readonly weights: ReadonlySet<ValueId>;
}

/** A join that is read by products saves four passes over it: two to join, two to part. */
const passesSaved = 4;

/**
 * The same function with fewer pieces, `fn` itself where there are none to spare. Bind the batch first (`bindDims`).
 *
 * @param most numbers of weights and their gradients that may change places, for each number of a join; default: as many as it saves
 */
export function alignColumns(fn: GraphFunction, most = passesSaved): GraphFunction {
  const readers = readersOf(fn);
  const alignments = new Map<ValueId, Alignment>();
  fn.nodes.forEach((node, id) => {
    const found = node.op === "concat" ? alignmentOf(fn, id, node, readers, most) : undefined;
    if (found !== undefined) alignments.set(id, found);
  });
  if (alignments.size === 0) return fn;
  const gradients = [...alignments.values()].map((alignment) => gradientOf(fn, alignment, readers));
  return eliminateDeadCode(new Rewriting(fn, alignments, gradients).finish());
}

function alignmentOf(
  fn: GraphFunction,
  id: ValueId,
  node: NodeOf<"concat">,
  readers: Readers,
  most: number,
): Alignment | undefined {
  if (node.type.shape.length !== 2 || !isStatic(node.type.shape)) return undefined;
  const joined = joinInOrder(fn.nodes, node);
  if (joined === undefined || 2 * joined.pieces.length > node.inputs.length) return undefined;
  const weights = new Set<ValueId>();
  let moved = 0;
  for (const reader of readersIn(readers, id)) {
    if (!isProduct(reader) || reader.node.inputs[1] === id) return undefined;
    const { inputs, attributes, type } = reader.node;
    if (!attributes.transposeA) weights.add(inputs[1] ?? -1);
    moved += sizeOfShape(attributes.transposeA ? type.shape.map(Number) : shapeOf(fn, inputs[1] ?? -1));
  }
  if (weights.size === 0 || moved > most * sizeOfShape(node.type.shape.map(Number))) return undefined;
  return { ...joined, places: inverse(joined.columns), weights };
}

/** What the gradient of a join consists of: products with its weights and their sums, and the slices that part it again. */
interface Gradient {
  readonly alignment: Alignment;
  /** Products and sums whose columns are those of the join. */
  readonly values: ReadonlySet<ValueId>;
  /** Slices of them, by where each begins now. */
  readonly slices: ReadonlyMap<ValueId, number>;
}

function gradientOf(fn: GraphFunction, alignment: Alignment, readers: Readers): Gradient {
  const values = new Set<ValueId>();
  fn.nodes.forEach((node, id) => {
    const isTerm = node.op === "matmul" && isGradient(node, alignment);
    if (isTerm || (node.op === "add" && node.inputs.every((input) => values.has(input)))) values.add(id);
  });
  const isAligned = (reader: Reader): boolean => values.has(reader.id) || sliceIn(reader, alignment) !== undefined;
  // A value that anything else reads keeps its order, and so do the terms that it is summed from.
  for (const id of [...values].reverse())
    if (!readersIn(readers, id).every((reader) => reader !== undefined && isAligned(reader))) dropTerms(fn, id, values);
  const slices = new Map(
    [...values].flatMap((id) =>
      readersIn(readers, id).flatMap((reader) => {
        const begin = reader === undefined ? undefined : sliceIn(reader, alignment);
        return reader === undefined || begin === undefined ? [] : [[reader.id, begin] as const];
      }),
    ),
  );
  return { alignment, values, slices };
}

function isGradient({ inputs, attributes }: NodeOf<"matmul">, { weights }: Alignment): boolean {
  return attributes.transposeB && !attributes.transposeA && weights.has(inputs[1] ?? -1);
}

/** Takes a value out with all that it is summed from, and all that is summed from these. */
function dropTerms(fn: GraphFunction, id: ValueId, values: Set<ValueId>): void {
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!values.delete(next)) continue;
    const node = fn.nodes[next];
    if (node?.op === "add") open.push(...node.inputs);
    for (const other of values) if (fn.nodes[other]?.inputs.includes(next) === true) open.push(other);
  }
}

/** Where a slice of columns begins in the new order; undefined where its columns are not together there. */
function sliceIn({ node }: Reader, { places }: Alignment): number | undefined {
  if (node.op !== "slice" || node.attributes.axis !== 1) return undefined;
  const { begin, size } = node.attributes;
  const first = places[begin];
  const isWhole = Array.from({ length: size }, (_, at) => places[begin + at] === (first ?? NaN) + at).every(Boolean);
  return isWhole ? first : undefined;
}

class Rewriting {
  readonly #nodes: GraphNode[] = [];
  readonly #moved: ValueId[] = [];
  /** Weights with their rows in the order of a join, by both. */
  readonly #rows = new Map<string, ValueId>();

  constructor(
    readonly fn: GraphFunction,
    readonly alignments: ReadonlyMap<ValueId, Alignment>,
    readonly gradients: readonly Gradient[],
  ) {
    fn.nodes.forEach((node, id) => this.#moved.push(this.#move(node, id)));
  }

  finish(): GraphFunction {
    return renumbered(this.fn, this.#nodes, (id) => this.#moved[id] ?? id);
  }

  #add(node: GraphNode): ValueId {
    return this.#nodes.push(node) - 1;
  }

  #move(node: GraphNode, id: ValueId): ValueId {
    const inputs = node.inputs.map((input) => this.#moved[input] ?? input);
    const plain = (): ValueId => this.#add({ ...node, inputs } as GraphNode);
    switch (node.op) {
      case "concat":
        return this.#join(node, this.alignments.get(id)) ?? plain();
      case "slice": {
        const begin = this.gradients.flatMap(({ slices }) => slices.get(id) ?? [])[0];
        if (begin === undefined) return plain();
        return this.#add({ ...node, inputs, attributes: { ...node.attributes, begin } });
      }
      case "matmul":
        return this.#product(node, id, inputs) ?? plain();
      default:
        return plain();
    }
  }

  /** Pieces that follow one another as one: in the order of an alignment, or as they are written. */
  #join(node: NodeOf<"concat">, alignment: Alignment | undefined): ValueId | undefined {
    if (alignment === undefined) {
      // Of the function as it is now: slices of a gradient lie beside each other in another order.
      const inputs = node.inputs.map((input) => this.#moved[input] ?? input);
      const pieces = joinAsWritten(this.#nodes, { ...node, inputs });
      return pieces === undefined || pieces.length === inputs.length ? undefined : this.#concat(node, pieces);
    }
    return this.#concat(
      node,
      alignment.pieces.map((piece) => ({ ...piece, of: this.#moved[piece.of] ?? piece.of })),
    );
  }

  #concat(node: NodeOf<"concat">, pieces: readonly Piece[]): ValueId {
    return writeJoin(this.#nodes, (made) => this.#add(made), node, pieces);
  }

  #product(node: NodeOf<"matmul">, id: ValueId, inputs: readonly ValueId[]): ValueId | undefined {
    const [first = 0, second = 0] = inputs;
    const alignment = this.alignments.get(node.inputs[0] ?? -1);
    if (alignment !== undefined && node.attributes.transposeA) {
      const product = this.#add({ ...node, inputs });
      return this.#rowsIn(product, alignment.places, node);
    }
    if (alignment !== undefined)
      return this.#add({ ...node, inputs: [first, this.#rowsIn(second, alignment.columns, node)] });
    const gradient = this.gradients.find(({ values }) => values.has(id));
    if (gradient === undefined) return undefined;
    return this.#add({ ...node, inputs: [first, this.#rowsIn(second, gradient.alignment.columns, node)] });
  }

  /** The rows of a matrix in another order: row i is its row `order[i]`. */
  #rowsIn(matrix: ValueId, order: readonly number[], { label, span }: GraphNode): ValueId {
    const key = `${matrix} ${order.join(",")}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const source = this.#nodes[matrix];
    if (source === undefined) throw new Error(`there is no value ${matrix}`);
    const type = int32(order.length);
    const ids = this.#add({ op: "constant", inputs: [], attributes: { type, value: order }, type });
    const made = this.#add({
      op: "gather",
      inputs: [matrix, ids],
      attributes: {},
      type: source.type,
      ...omitUndefined({ label, span }),
    });
    this.#rows.set(key, made);
    return made;
  }
}
