/** Writes a function of the tensor IR node by node: infers types, shares equal nodes, drops what changes nothing. */
import type { Span } from "../text/index.js";
import { sameType } from "./dims.js";
import { foldNode, simplifyNode } from "./fold.js";
import { GraphError } from "./graph-error.js";
import type {
  GraphFunction,
  GraphNode,
  NamedValue,
  NodeOf,
  OpAttributes,
  OpName,
  StateVariable,
  TensorType,
  Update,
  ValueId,
} from "./graph.js";
import { OpBuilder } from "./op-builder.js";
import { inferType } from "./ops/table.js";
import { eliminateDeadCode, liveValues } from "./passes/eliminate-dead-code.js";
import { formatAttributes } from "./print-attributes.js";
import { assertValidFunction } from "./verify.js";

/**
 * Why an op that was written is not computed. `simplified`: it would change nothing, or a cheaper one does the same. `folded`: its result is
 * known. `shared`: it is computed already. `dropped`: nothing needs it.
 */
export type Saving = "simplified" | "folded" | "shared" | "dropped";

/** Hears of each op that is written; of what becomes of it, where it is not computed. */
export interface WatchBuilding {
  readonly onWritten: (node: GraphNode, inputs: readonly TensorType[]) => void;
  readonly onSaved: (saving: Saving, node: GraphNode, inputs: readonly TensorType[]) => void;
}

/**
 * A value that is equal to an earlier one by construction *is* the earlier one, and x·1, x + 0, a reshape to the same shape
 * and the like make nothing.
 */
export class GraphBuilder extends OpBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #known = new Map<string, ValueId>();
  readonly #variables = new Map<string, StateVariable>();
  readonly #context: { readonly label: string; readonly span: Span | undefined }[] = [];

  constructor(
    /** Of the function: `train`, `predict`. */
    readonly name: string,
    readonly watch?: WatchBuilding,
  ) {
    super();
  }

  /** The state variables that the function has read so far, in that order. */
  get variables(): readonly StateVariable[] {
    return [...this.#variables.values()];
  }

  override node(id: ValueId): GraphNode {
    const node = this.#nodes[id];
    if (node === undefined) throw new GraphError(`\`${this.name}\` has no value ${id}`);
    return node;
  }

  /** Nodes made inside of `body` carry the span (the enclosing one when absent) and the path of labels, `a/b`. */
  within<T>(label: string, span: Span | undefined, body: () => T): T {
    const outer = this.#context.at(-1);
    this.#context.push({
      label: outer === undefined ? label : `${outer.label}/${label}`,
      span: span ?? outer?.span,
    });
    try {
      return body();
    } finally {
      this.#context.pop();
    }
  }

  /** The function as written so far, without what no output and no update needs. Throws when it is not well formed. */
  finish(outputs: readonly NamedValue[], updates: readonly Update[] = []): GraphFunction {
    const written = { name: this.name, nodes: [...this.#nodes], outputs, updates };
    const fn = eliminateDeadCode(written);
    if (this.watch !== undefined) {
      const live = liveValues(written);
      for (const [id, node] of this.#nodes.entries()) if (!live.has(id)) this.#noteSaving("dropped", node);
    }
    assertValidFunction(fn, this.variables);
    return fn;
  }

  // ---------------------------------------------------------------------------------------------------------- sources

  input(name: string, type: TensorType): ValueId {
    return this.apply("input", [], { name, type });
  }

  /** The variable's value before the call. Reading it again, by an equal name, gives the same value. */
  state(variable: StateVariable): ValueId {
    const known = this.#variables.get(variable.name);
    if (known !== undefined && !sameType(known.type, variable.type)) {
      throw new GraphError(`\`${this.name}\` reads two variables that are called \`${variable.name}\``);
    }
    this.#variables.set(variable.name, variable);
    return this.apply("state", [], { name: variable.name });
  }

  override apply<K extends OpName>(op: K, inputs: readonly ValueId[], attributes: OpAttributes[K]): ValueId {
    const context = this.#context.at(-1);
    const type = this.#inferType(op, inputs, attributes, context);
    const node = {
      op,
      inputs,
      attributes,
      type,
      ...(context?.span === undefined ? {} : { span: context.span }),
      ...(context === undefined ? {} : { label: context.label }),
    } as NodeOf<K> as GraphNode;
    this.watch?.onWritten(node, this.#inputTypes(node));
    const simplified = simplifyNode(this, node);
    if (simplified !== undefined) {
      this.#noteSaving("simplified", node);
      return simplified;
    }
    const folded = foldNode(this, node);
    if (folded !== undefined) this.#noteSaving("folded", node);
    return this.#intern(folded ?? node);
  }

  #inputTypes({ inputs }: GraphNode): readonly TensorType[] {
    return inputs.map((id) => this.type(id));
  }

  #noteSaving(saving: Saving, node: GraphNode): void {
    this.watch?.onSaved(saving, node, this.#inputTypes(node));
  }

  #inferType<K extends OpName>(
    op: K,
    inputs: readonly ValueId[],
    attributes: OpAttributes[K],
    context: { readonly label: string; readonly span: Span | undefined } | undefined,
  ): TensorType {
    const types = inputs.map((id) => this.type(id));
    try {
      return inferType(op, types, attributes, (name) => this.#variable(name).type);
    } catch (error) {
      if (!(error instanceof GraphError) || context === undefined) throw error;
      throw new GraphError(`${error.message}, in \`${context.label}\``, context.span);
    }
  }

  #variable(name: string): StateVariable {
    const variable = this.#variables.get(name);
    if (variable === undefined) throw new GraphError(`\`${this.name}\` has no variable \`${name}\``);
    return variable;
  }

  #intern(node: GraphNode): ValueId {
    const key = `${node.op} ${node.inputs.join(",")} ${formatAttributes(node)}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#noteSaving("shared", node);
      return known;
    }
    const id = this.#nodes.push(node) - 1;
    this.#known.set(key, id);
    return id;
  }
}
