/** A function with more nodes behind its own, and values in the place of others. */
import { omitUndefined } from "../../text/index.js";
import { isStatic } from "../dims.js";
import type {
  GraphFunction,
  GraphNode,
  NodeOf,
  OpAttributes,
  OpName,
  StateVariable,
  Update,
  ValueId,
} from "../graph.js";
import { GraphError } from "../graph-error.js";
import { OpBuilder } from "../op-builder.js";
import { inferType } from "../ops/table.js";
import { mergePieces, type Piece } from "./join-columns.js";
import { liveValues, renumbered, rootsOf } from "./eliminate-dead-code.js";

/** Appends ops, which may read nodes of the function and each other. */
export class AppendedNodes extends OpBuilder {
  readonly #nodes: GraphNode[];
  readonly #instead = new Map<ValueId, ValueId>();
  #like: Pick<GraphNode, "label" | "span"> = {};

  constructor(readonly fn: GraphFunction) {
    super();
    this.#nodes = [...fn.nodes];
  }

  override node(id: ValueId): GraphNode {
    const node = this.#nodes[id];
    if (node === undefined) throw new GraphError(`\`${this.fn.name}\` has no value ${id}`);
    return node;
  }

  override apply<K extends OpName>(op: K, inputs: readonly ValueId[], attributes: OpAttributes[K]): ValueId {
    const types = inputs.map((id) => this.type(id));
    const type = inferType(op, types, attributes, (name) => {
      throw new GraphError(`the state \`${name}\` is read by a node of the function`);
    });
    const node = { op, inputs, attributes, type, ...omitUndefined(this.#like) } as NodeOf<K> as GraphNode;
    return this.#nodes.push(node) - 1;
  }

  /** Reads a variable, which the function's program need not have. */
  state({ name, type }: StateVariable): ValueId {
    const node: NodeOf<"state"> = { op: "state", inputs: [], attributes: { name }, type, ...omitUndefined(this.#like) };
    return this.#nodes.push(node) - 1;
  }

  /** Ops that `body` appends have the label, and the place in the spec of this node. */
  like<T>(label: string | undefined, { span }: Pick<GraphNode, "span">, body: () => T): T {
    const outer = this.#like;
    this.#like = omitUndefined({ label, span }) as Pick<GraphNode, "label" | "span">;
    try {
      return body();
    } finally {
      this.#like = outer;
    }
  }

  /** Values behind one another on an axis; one is itself. */
  join(values: readonly ValueId[], axis: number): ValueId {
    const [only] = values;
    return values.length === 1 && only !== undefined ? only : this.concat(values, axis);
  }

  /** Columns of a tensor [B, n]; all of them are the tensor. */
  columns({ of, begin, size }: Piece): ValueId {
    return Number(this.shape(of)[1]) === size ? of : this.slice(of, { axis: 1, begin, size });
  }

  /** Columns of tensors beside each other, those that follow one another in one tensor cut as one. */
  joinColumns(pieces: readonly Piece[]): ValueId {
    return this.join(
      mergePieces(pieces).map((piece) => this.columns(piece)),
      1,
    );
  }

  /** Whoever reads one of `parts` reads its columns of `whole`, where they are beside each other. */
  replaceByColumns(parts: readonly ValueId[], whole: ValueId): void {
    let begin = 0;
    for (const part of parts) {
      const size = Number(this.shape(part)[1]);
      this.replace(part, this.columns({ of: whole, begin, size }));
      begin += size;
    }
  }

  /** Whoever reads `old`, outputs and updates included, reads `made`. */
  replace(old: ValueId, made: ValueId): void {
    this.#instead.set(old, made);
  }

  /**
   * The function with what is live of it, each node behind those that it reads, and with these updates in the place of its own. Throws where nodes read each
   * other in a ring.
   */
  finish(updates: readonly Update[] = this.fn.updates): GraphFunction {
    const fn = { ...this.fn, updates };
    const now = (id: ValueId): ValueId => this.#instead.get(id) ?? id;
    const nodes: GraphNode[] = [];
    const places = new Map<ValueId, ValueId>();
    const begun = new Set<ValueId>();
    const open = [...rootsOf(fn), ...saysSizes(this.fn)].map(now).reverse();
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const node = this.node(id);
      const missing = node.inputs.map(now).filter((input) => !places.has(input));
      if (places.has(id)) open.pop();
      else if (missing.length === 0) {
        places.set(id, nodes.length);
        const inputs = node.inputs.map((input) => places.get(now(input)) ?? -1);
        nodes.push({ ...node, inputs } as GraphNode);
        open.pop();
      } else if (begun.has(id)) throw new GraphError(`\`${this.fn.name}\` has values that depend on themselves`);
      else {
        begun.add(id);
        open.push(...missing.toReversed());
      }
    }
    return renumbered(fn, nodes, (id) => places.get(now(id)) ?? -1);
  }
}

/** Inputs and lists of distinct ids that say how large a symbolic axis is, whoever else reads them. */
function saysSizes(fn: GraphFunction): readonly ValueId[] {
  const live = liveValues(fn);
  return fn.nodes.flatMap((node, id) =>
    (node.op === "input" || node.op === "unique") && live.has(id) && !isStatic(node.type.shape) ? [id] : [],
  );
}
