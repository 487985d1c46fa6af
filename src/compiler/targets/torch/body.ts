/** The values of a function as statements: what is used once and short is written where it is used. */
import {
  type Dim,
  formatShape,
  type GraphFunction,
  type GraphNode,
  type OpName,
  symbolsOf,
  type ValueId,
} from "../../graph/index.js";
import { expressionOf } from "./expressions.js";
import { atom, type Expr, lineWidth, print } from "./python.js";
import { raise } from "./raise.js";
import type { Nodes, Raised } from "./raised.js";

export interface BodyOptions {
  readonly fn: GraphFunction;
  /** What is given: arguments, values with names, inputs. */
  readonly given: (id: ValueId) => Expr | undefined;
  /** A variable of the state. */
  readonly state: (name: string) => Expr;
  /** What stands for a node before all other patterns: modules that compute it. */
  readonly modules?: (nodes: Nodes, id: ValueId) => Raised | undefined;
  /** Gives each name once. */
  readonly names: (wanted: string) => string;
  /** What a value is called where the spec has a word for it. */
  readonly hint: (id: ValueId) => string | undefined;
}

export interface Statement {
  readonly value: ValueId;
  readonly name: string;
  readonly expr: Expr;
  readonly comment: string;
}

export interface Body {
  readonly statements: readonly Statement[];
  readonly result: (id: ValueId) => Expr;
  /** What was given and is used, in the order of first use. */
  readonly used: readonly ValueId[];
}

/** The body of one view of a part. */
export interface WrittenView {
  readonly body: Body;
  readonly results: readonly Expr[];
  /** What statistics become, `self.mean.copy_(…)`. */
  readonly effects: readonly Expr[];
}

/** The longest expression that is written inside of another one, and the longest that holds others. */
const shortest = 44;
const longest = 84;

/** The indent of what only training does. */
const deepest = 12;

const words: { readonly [K in OpName]?: string } = {
  softmax: "weights",
  sub: "difference",
  mul: "product",
  div: "ratio",
  sum: "total",
  max: "highest",
  concat: "joined",
  select: "chosen",
  less: "is_less",
  lessEqual: "is_at_most",
  equal: "is_equal",
  and: "both",
  not: "opposite",
  sqrt: "root",
  exp: "exponential",
  gather: "rows",
  segmentSum: "totals",
  random: "draw",
  matmul: "mixed",
  constant: "constant",
  broadcast: "filled",
  unique: "distinct",
  uniqueIndex: "index",
};

/** Ops that broadcast, so that a number can stand for a tensor that is full of it. */
const broadcasting = new Set<OpName>([
  "add",
  "sub",
  "mul",
  "div",
  "maximum",
  "minimum",
  "less",
  "lessEqual",
  "equal",
  "select",
  "pow",
]);

export function createBody(options: BodyOptions, roots: readonly ValueId[]): Body {
  return new BodyWriter(options, roots).write();
}

class BodyWriter {
  readonly #options: BodyOptions;
  readonly #roots: readonly ValueId[];
  readonly #raised = new Map<ValueId, Raised | undefined>();
  readonly #uses = new Map<ValueId, number>();
  readonly #exprs = new Map<ValueId, Expr>();
  readonly #statements: Statement[] = [];
  readonly #used: ValueId[] = [];
  readonly #named = new Set<ValueId>();
  #order: readonly ValueId[] = [];

  constructor(options: BodyOptions, roots: readonly ValueId[]) {
    this.#options = options;
    this.#roots = roots;
  }

  write(): Body {
    this.#order = this.#count();
    for (const id of this.#order) this.#make(id);
    return {
      statements: this.#statements,
      result: (id) => this.#exprs.get(id) ?? atom("None"),
      used: this.#used,
    };
  }

  #node(id: ValueId): GraphNode {
    const node = this.#options.fn.nodes[id];
    if (node === undefined) throw new Error(`there is no value ${id}`);
    return node;
  }

  /** What is needed, each value after what it reads, with how often it is read. */
  #count(): readonly ValueId[] {
    const { given } = this.#options;
    const order: ValueId[] = [];
    const visit = (id: ValueId): void => {
      const known = this.#uses.get(id) ?? 0;
      this.#uses.set(id, known + 1);
      if (known > 0) return;
      if (given(id) === undefined) for (const input of this.#inputsOf(id)) visit(input);
      order.push(id);
    };
    for (const root of this.#roots) visit(root);
    return order.toSorted((a, b) => a - b);
  }

  #inputsOf(id: ValueId): readonly ValueId[] {
    return this.#raise(id)?.inputs ?? this.#node(id).inputs;
  }

  #raise(id: ValueId): Raised | undefined {
    if (this.#raised.has(id)) return this.#raised.get(id);
    const { fn, given, modules } = this.#options;
    const nodes: Nodes = {
      fn,
      open: (each) => (given(each) === undefined ? fn.nodes[each] : undefined),
    };
    const raised = modules?.(nodes, id) ?? raise(nodes, this.#node(id));
    this.#raised.set(id, raised);
    return raised;
  }

  #make(id: ValueId): void {
    const given = this.#options.given(id);
    if (given !== undefined) {
      this.#used.push(id);
      this.#exprs.set(id, given);
      return;
    }
    const node = this.#node(id);
    if (node.op === "state") {
      this.#exprs.set(id, this.#options.state(node.attributes.name));
      return;
    }
    const expr = this.#expression(id);
    this.#exprs.set(id, expr);
    const isRoot = this.#roots.includes(id);
    const isParameter =
      node.inputs.length === 1 && this.#node(node.inputs[0] ?? -1).op === "state" && expr.text.length <= shortest;
    const isTrivial =
      isParameter ||
      (node.op === "constant"
        ? node.type.shape.length === 0
        : node.op === "broadcast" && isFilled(this.#options.fn, node));
    if (isTrivial && !isRoot) return;
    if (!isRoot && ((this.#uses.get(id) ?? 0) > 1 ? expr.text.length > 12 : expr.text.length > shortest))
      this.#state(id);
  }

  #expression(id: ValueId): Expr {
    const made = this.#build(id);
    if (!this.#isLong(id, made)) return made;
    // What is longest goes first, as a statement of its own, until the rest is readable.
    const inputs = this.#inputsOf(id).filter((input) => this.#isInline(input));
    const candidate = inputs.toSorted((a, b) => this.#length(b) - this.#length(a))[0];
    if (candidate === undefined || this.#length(candidate) < 16) return made;
    this.#state(candidate);
    return this.#expression(id);
  }

  /** Whether a statement of it would be hard to read: too much of it, or a line that only breaks within an operand. */
  #isLong(id: ValueId, { text, brackets, chain }: Expr): boolean {
    if (text.length > longest && brackets?.items.length !== 0) return true;
    if (chain === undefined) return false;
    const line = ` = ${this.#hint(id)}_2${text}  # ${formatShape(this.#node(id).type.shape)}`;
    return deepest + line.length > lineWidth;
  }

  #length(id: ValueId): number {
    return this.#exprs.get(id)?.text.length ?? 0;
  }

  #isInline(id: ValueId): boolean {
    return this.#options.given(id) === undefined && !this.#named.has(id) && this.#node(id).op !== "state";
  }

  #build(id: ValueId): Expr {
    const node = this.#node(id);
    const raised = this.#raise(id);
    if (raised !== undefined) return raised.build(raised.inputs.map((input) => this.#read(input)));
    return expressionOf({
      node,
      inputs: node.inputs.map((input) => this.#operand(node, input)),
      shapes: node.inputs.map((input) => this.#node(input).type.shape),
      dim: (dim) => this.#dim(dim),
      beside: () => this.#beside(),
    });
  }

  #read(id: ValueId): Expr {
    return this.#exprs.get(id) ?? atom("None");
  }

  /** A tensor full of one number is that number where another operand has the whole shape. */
  #operand(reader: GraphNode, input: ValueId): Expr {
    const node = this.#node(input);
    if (node.op !== "broadcast" || !isFilled(this.#options.fn, node) || !broadcasting.has(reader.op))
      return this.#read(input);
    const others = reader.inputs.filter((id) => id !== input).map((id) => this.#node(id));
    const hasShape = others.some(
      (other) =>
        !(other.op === "broadcast") &&
        other.type.shape.length === reader.type.shape.length &&
        other.type.shape.every((dim, axis) => dim === reader.type.shape[axis]),
    );
    return hasShape ? this.#read(node.inputs[0] ?? -1) : this.#read(input);
  }

  #state(id: ValueId): void {
    if (this.#named.has(id)) return;
    const { names } = this.#options;
    const name = names(this.#hint(id));
    const { shape } = this.#node(id).type;
    this.#statements.push({
      value: id,
      name,
      expr: this.#exprs.get(id) ?? atom("None"),
      comment: shape.length === 0 ? "" : formatShape(shape),
    });
    this.#named.add(id);
    this.#exprs.set(id, atom(name));
  }

  #hint(id: ValueId, depth = 0): string {
    const own = this.#options.hint(id) ?? this.#raise(id)?.hint;
    if (own !== undefined) return own;
    const node = this.#node(id);
    if (node.op === "state") return "parameter";
    const word = words[node.op];
    if (word !== undefined) return word;
    const [input] = this.#inputsOf(id);
    if (input === undefined || depth > 4) return "value";
    if (this.#options.given(input) !== undefined) return "value";
    return this.#hint(input, depth + 1);
  }

  /** A size by a tensor that has it as an axis. */
  #dim(dim: Dim): string {
    if (typeof dim === "number") return String(dim);
    const symbols = symbolsOf(dim);
    const factor = Number(/^\d+/.exec(dim)?.[0] ?? 1);
    const sizes = symbols.map((symbol) => {
      const axisOf = (id: ValueId): number => {
        const { op, type } = this.#node(id);
        return op === "constant" || op === "broadcast" ? -1 : type.shape.indexOf(symbol);
      };
      const known = [...this.#exprs, ...this.#leaves()].filter(([id]) => axisOf(id) >= 0);
      const found = known.find(([, { text }]) => text.length <= 24) ?? known[0];
      if (found === undefined) throw new Error(`no value has the size ${symbol}`);
      const [id, { text }] = found;
      return `${text}.shape[${axisOf(id)}]`;
    });
    return [...(factor === 1 ? [] : [String(factor)]), ...sizes].join(" * ");
  }

  /** A tensor that is there: floats, or whole numbers where there is no other. */
  #beside(): Expr {
    const { given, state } = this.#options;
    const known = this.#order.flatMap((id): { readonly expr: Expr; readonly isFloat: boolean }[] => {
      const node = this.#node(id);
      const made = this.#exprs.get(id) ?? this.#leaf(id);
      const expr = given(id) ?? (node.op === "state" ? state(node.attributes.name) : made);
      return node.op === "constant" || expr === undefined ? [] : [{ expr, isFloat: node.type.dtype === "float32" }];
    });
    const short = known.filter(({ expr }) => expr.text.length <= 48);
    const found = short.find(({ isFloat }) => isFloat) ?? short[0] ?? known.find(({ isFloat }) => isFloat) ?? known[0];
    if (found === undefined) throw new Error("there is no tensor");
    return found.expr;
  }

  /** What is there from the start, like a column of the batch, and is not made yet. */
  #leaves(): readonly (readonly [ValueId, Expr])[] {
    return this.#order.flatMap((id) => {
      const leaf = this.#exprs.has(id) ? undefined : this.#leaf(id);
      return leaf === undefined ? [] : [[id, leaf] as const];
    });
  }

  #leaf(id: ValueId): Expr | undefined {
    const raised = this.#raise(id);
    return raised?.inputs.length === 0 ? raised.build([]) : undefined;
  }
}

/** Whether a broadcast fills its shape with one number. */
function isFilled(fn: GraphFunction, node: GraphNode): boolean {
  const source = fn.nodes[node.inputs[0] ?? -1];
  return source?.op === "constant" && source.type.shape.length === 0;
}

/** Statements as lines. */
export function statementLines(statements: readonly Statement[], indent: number): readonly string[] {
  return statements.flatMap(({ name, expr, comment }) => print(`${name} = `, expr, indent, "", comment));
}
