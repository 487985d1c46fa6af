/**
 * One function of a program as TensorFlow nodes. Everything it reads of the state it reads before its first update. A
 * given convex part of it goes into a function of its own, which XLA compiles.
 */
import { sizeOf, symbolsOf } from "../../graph/dims.js";
import type { GraphFunction, GraphNode, NodeOf, OpName, TensorType, ValueId } from "../../graph/graph.js";
import { liveValues, rootsOf } from "../../graph/passes/eliminate-dead-code.js";
import { callCompiled, mustCompile } from "./compiled-call.js";
import { gatherRows } from "./gather-rows.js";
import { argumentOp, NodeGraph, type NodeLabels, shapeAttr, type TensorRef, typeAttr } from "./node-graph.js";
import { type LoweringContext, lowerNode, type Operands } from "./ops.js";
import { type ArgDef, DataType, type FunctionDef } from "./proto.js";

/** How the functions of one graph reach the state. */
export interface StateAccess {
  type(name: string): TensorType;
  read(graph: NodeGraph, name: string): TensorRef;
  /** Absent: state is read whole. */
  readonly gather?: (graph: NodeGraph, name: string, ids: TensorRef) => TensorRef;
  /** The resource to update. */
  handle(name: string): TensorRef;
}

/** A feed or a fetch: the name in the program, the tensor (`node:port`) and its type. */
export interface Endpoint {
  readonly name: string;
  readonly tensor: string;
  readonly type: TensorType;
}

export interface LoweredFunction {
  readonly inputs: readonly Endpoint[];
  /** Fetching any of them runs the updates. */
  readonly outputs: readonly Endpoint[];
  /** A scalar to fetch when no output is wanted. */
  readonly done: string;
}

/** Where ids of a table's rows are noted to make them distinct. */
export interface Places {
  /** A variable, int32[rows]: where in the list an id was last. What others left in it does not matter. */
  readonly handle: TensorRef;
  readonly rows: number;
}

/** What a body has that XLA compiles, which knows no sparse matrices and no lists of a length that a value decides. */
export interface WithinXla {
  /** By the value of the list of ids that is made distinct. */
  readonly places: ReadonlyMap<ValueId, Places>;
}

export interface LowerFunctionOptions {
  /** Values to compute in a function compiled by XLA; empty: none. No path may leave the set and enter it again. */
  readonly compiled: ReadonlySet<ValueId>;
  /** Receives the compiled functions; those that are equal are one. */
  readonly library: FunctionDef[];
  /** Receives the labels of nodes; absent: nobody asks for them. */
  readonly labels?: NodeLabels;
}

export interface BodyOptions extends LowerFunctionOptions {
  readonly inputs: ReadonlyMap<string, TensorRef>;
  /** Of a body that XLA compiles; absent: it does not. */
  readonly xla?: WithinXla;
}

/** A function among the nodes of a graph or of a function's body. */
export interface LoweredBody {
  readonly outputs: readonly TensorRef[];
  /** The nodes of the updates. */
  readonly ends: readonly string[];
}

/** Appends the nodes of `fn` to the graph. */
export function lowerFunction(
  graph: NodeGraph,
  state: StateAccess,
  fn: GraphFunction,
  options: LowerFunctionOptions,
): LoweredFunction {
  const prefix = graph.uniqueName(fn.name);
  const outer = new Scope(graph, fn, state, { prefix, ...options });
  const inputs = fn.nodes.flatMap((node): readonly Endpoint[] => {
    if (node.op !== "input") return [];
    return [{ name: node.attributes.name, tensor: `${outer.input(node).node}:0`, type: node.type }];
  });
  const { outputs, ends } = lowerInto(outer);
  const done = graph.add(
    "Const",
    [],
    { dtype: typeAttr("bool"), value: { tensor: { dtype: DataType.bool, tensorShape: { dim: [] }, boolVal: [true] } } },
    { name: `${prefix}/done`, after: ends },
  );
  return {
    inputs,
    outputs: fn.outputs.map(({ name, value }, at) => ({
      name,
      tensor: `${outputs[at]?.node ?? ""}:0`,
      type: outer.definition(value).type,
    })),
    done: `${done.node}:0`,
  };
}

/** The nodes of `fn` in the body of a function, of inputs that are there. Its outputs are there once its updates took place. */
export function lowerBody(
  body: NodeGraph,
  state: StateAccess,
  fn: GraphFunction,
  { inputs, ...options }: BodyOptions,
): LoweredBody {
  return lowerInto(new Scope(body, fn, state, { prefix: "body", ...options, inputs }));
}

function lowerInto(outer: Scope): LoweredBody {
  const { fn, graph, prefix, state } = outer;
  if (state === undefined) throw new Error("a function with updates has state");
  const live = liveValues(fn);
  fn.nodes.forEach((node, id) => {
    if (live.has(id) && !outer.isCompiled(id) && !isDeferred(node)) outer.value(id);
  });
  const ends = fn.updates.map((update) => {
    const type = state.type(update.state);
    const label = `update/${update.state}`;
    const options = { name: `${prefix}/${label}`, after: outer.readersOf(update.state) };
    return graph.labelled(label, () => {
      switch (update.kind) {
        case "assign": {
          const attributes = { dtype: typeAttr(type.dtype), validate_shape: { b: false } };
          const operands = [state.handle(update.state), outer.ownedValue(update.value)];
          return graph.add("AssignVariableOp", operands, attributes, options).node;
        }
        case "scatter": {
          const operands = [state.handle(update.state), outer.value(update.ids), outer.value(update.rows)];
          const attributes = { dtype: typeAttr(type.dtype), Tindices: typeAttr("int32") };
          return graph.add("ResourceScatterUpdate", operands, attributes, options).node;
        }
      }
    });
  });
  const outputs = fn.outputs.map(({ name, value }) => {
    const attributes = { T: typeAttr(outer.definition(value).type.dtype) };
    return graph.add("Identity", [outer.value(value)], attributes, { name: `${prefix}/output/${name}`, after: ends });
  });
  return { outputs, ends };
}

/** Ops whose result lies in the memory of their input. */
const aliases: ReadonlySet<OpName> = new Set<OpName>(["reshape", "stopGradient"]);

/** State is read, and constants made, where they are used. */
function isDeferred(node: GraphNode | undefined): boolean {
  return node?.op === "state" || node?.op === "constant";
}

/** Puts the compiled values into a function of their own, calls it, and defines what the rest reads of it. */
function compilePart(outer: Scope, compiled: ReadonlySet<ValueId>): void {
  const { fn } = outer;
  const live = liveValues(fn);
  const body = new NodeGraph("function", outer.options.labels?.compiled);
  const argumentIds: ValueId[] = [];
  const inputArg: ArgDef[] = [];
  const capture = (id: ValueId): TensorRef => {
    const argument = body.uniqueName(`argument_${argumentIds.length}`);
    argumentIds.push(id);
    inputArg.push({ name: argument, type: DataType[outer.definition(id).type.dtype] });
    return { node: argument, op: argumentOp, port: 0 };
  };
  const inner = new Scope(body, fn, undefined, {
    prefix: "body",
    capture,
    members: compiled,
    xla: { places: new Map() },
  });
  fn.nodes.forEach((node, id) => {
    if (compiled.has(id) && live.has(id) && !isDeferred(node)) inner.value(id);
  });
  const results = resultsOf(fn, live, compiled);
  const ret = Object.fromEntries(results.map((id, index) => [`result_${index}`, body.spell(inner.value(id))]));
  const outputArg = results.map((id, index) => ({
    name: `result_${index}`,
    type: DataType[outer.definition(id).type.dtype],
  }));
  const name = outer.nameCompiled({ inputArg, outputArg, nodeDef: body.nodes, ret });
  const call = callCompiled(
    outer.graph,
    { name, inputArg, outputArg },
    argumentIds.map((id) => outer.value(id)),
    `${name}/call`,
  );
  results.forEach((id, port) => outer.define(id, { ...call, port }));
}

/** What a compiled function computes, apart from its name. */
interface CompiledBody {
  readonly inputArg: readonly ArgDef[];
  readonly outputArg: readonly ArgDef[];
  readonly nodeDef: FunctionDef["nodeDef"];
  readonly ret: FunctionDef["ret"];
}

/** The name of the function in the library with this body, which is put there when there is none. XLA compiles it once. */
function nameInLibrary(
  library: FunctionDef[],
  wanted: string,
  { inputArg, outputArg, nodeDef, ret }: CompiledBody,
): string {
  const text = (each: CompiledBody): string => JSON.stringify([each.inputArg, each.outputArg, each.nodeDef, each.ret]);
  const whole = text({ inputArg, outputArg, nodeDef, ret });
  const same = library.find(
    ({ signature, ...rest }) =>
      rest.nodeDef.length === nodeDef.length &&
      text({ inputArg: signature.inputArg, outputArg: signature.outputArg, ...rest }) === whole,
  );
  if (same !== undefined) return same.signature.name;
  const taken = new Set(library.map(({ signature }) => signature.name));
  let name = wanted;
  for (let count = 1; taken.has(name); count += 1) name = `${wanted}_${count}`;
  library.push({ signature: { name, inputArg, outputArg }, attr: mustCompile, nodeDef, ret });
  return name;
}

/** Compiled values that are read outside of the compiled part, ascending. */
function resultsOf(fn: GraphFunction, live: ReadonlySet<ValueId>, compiled: ReadonlySet<ValueId>): readonly ValueId[] {
  const read = new Set<ValueId>(rootsOf(fn));
  fn.nodes.forEach((node, id) => {
    if (live.has(id) && !compiled.has(id)) for (const input of node.inputs) read.add(input);
  });
  return [...read].filter((id) => compiled.has(id)).sort((a, b) => a - b);
}

interface ScopeOptions {
  readonly prefix: string;
  /** Imports a value that is not one of `members`. */
  readonly capture?: (id: ValueId) => TensorRef;
  /** Absent: all values. */
  readonly members?: ReadonlySet<ValueId>;
  /** Values that a compiled function computes; absent: none. */
  readonly compiled?: ReadonlySet<ValueId>;
  readonly library?: FunctionDef[];
  readonly labels?: NodeLabels;
  /** Absent: XLA does not compile it. */
  readonly xla?: WithinXla;
  /** The function's inputs where they are there; absent: placeholders to feed. */
  readonly inputs?: ReadonlyMap<string, TensorRef>;
}

/** Rows of a table that are read for the ids of a list, and for those of the list that is made distinct. */
interface RowsRead {
  readonly table: string;
  readonly ids: ValueId;
}

/** Gathers of rows that a list of ids and its distinct ids have in common. */
function readsOf(fn: GraphFunction, { places }: WithinXla): ReadonlyMap<GraphNode, RowsRead> {
  const root = (id: ValueId): ValueId => {
    const node = fn.nodes[id];
    return node?.op === "reshape" ? root(node.inputs[0] ?? -1) : id;
  };
  const live = liveValues(fn);
  const reads = fn.nodes.flatMap((node, at) => {
    const [source = -1, by = -1] = node.inputs;
    const [table, ids] = [fn.nodes[source], fn.nodes[by]];
    if (node.op !== "gather" || table?.op !== "state" || !live.has(at)) return [];
    if (node.type.dtype !== "float32" || node.type.shape.length < 2) return [];
    const list = ids?.op === "unique" ? (ids.inputs[0] ?? -1) : undefined;
    if (list !== undefined && !places.has(list)) return [];
    return [{ node, isDistinct: list !== undefined, table: table.attributes.name, ids: root(list ?? by) }];
  });
  const isShared = (read: RowsRead): boolean => {
    const kinds = reads.filter(({ table, ids }) => table === read.table && ids === read.ids);
    return new Set(kinds.map(({ isDistinct }) => isDistinct)).size > 1;
  };
  return new Map(reads.filter(isShared).map(({ node, table, ids }) => [node, { table, ids }]));
}

type DistinctTensors = ReturnType<LoweringContext["unique"]>;

/** The values of a function in one graph or function body. Each is lowered when first asked for. */
class Scope implements LoweringContext {
  readonly prefix: string;
  readonly isInXla: boolean;
  readonly #values = new Map<ValueId, TensorRef>();
  readonly #states = new Map<string, TensorRef>();
  readonly #readers = new Map<string, string[]>();
  readonly #dimensions = new Map<string, TensorRef>();
  readonly #inputs: Map<string, TensorRef>;
  readonly #uniques = new Map<ValueId, DistinctTensors>();
  readonly #reads: ReadonlyMap<GraphNode, RowsRead> = new Map();
  readonly #rows = new Map<string, TensorRef>();
  readonly gatherState: ((name: string, ids: TensorRef) => TensorRef) | undefined;

  constructor(
    readonly graph: NodeGraph,
    readonly fn: GraphFunction,
    readonly state: StateAccess | undefined,
    readonly options: ScopeOptions,
  ) {
    this.prefix = options.prefix;
    this.isInXla = options.xla !== undefined;
    if (options.xla !== undefined) this.#reads = readsOf(fn, options.xla);
    this.#inputs = new Map(options.inputs);
    const gather = state?.gather;
    this.gatherState =
      gather === undefined ? undefined : (name, ids) => this.#noteReader(name, gather(graph, name, ids));
  }

  isCompiled(id: ValueId): boolean {
    return this.options.compiled?.has(id) === true;
  }

  /** The name of a compiled function with this body. */
  nameCompiled(body: CompiledBody): string {
    return nameInLibrary(this.options.library ?? [], `${this.prefix}_compiled`, body);
  }

  definition(id: ValueId): GraphNode {
    const node = this.fn.nodes[id];
    if (node === undefined) throw new Error(`\`${this.fn.name}\` has no value ${id}`);
    return node;
  }

  value(id: ValueId): TensorRef {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const { compiled } = this.options;
    if (compiled?.has(id) === true) {
      compilePart(this, compiled);
      return this.#values.get(id) ?? fail(`the compiled part has no result ${id}`);
    }
    const node = this.definition(id);
    const { members, capture } = this.options;
    const foreign = members !== undefined && !members.has(id) && node.op !== "constant";
    const made =
      foreign && capture !== undefined
        ? capture(id)
        : this.graph.labelled(node.label, () =>
            lowerNode(this, node, this.#operands(node), `${this.prefix}/${node.label ?? node.op}`),
          );
    this.#values.set(id, made);
    return made;
  }

  rowsRead(node: NodeOf<"gather">): TensorRef | undefined {
    const read = this.#reads.get(node);
    if (read === undefined) return undefined;
    const { graph, prefix } = this;
    const key = `${read.table} ${read.ids}`;
    const rows = this.#rows.get(key) ?? this.#readOnce(read, node.type);
    this.#rows.set(key, rows);
    const attributes = { T: typeAttr(node.type.dtype), Tshape: typeAttr("int32") };
    const shape = graph.integers(node.type.shape.map(Number));
    return graph.add("Reshape", [rows, shape], attributes, { name: `${prefix}/rows` });
  }

  /**
   * Rows of a list of ids, [n, width]. XLA gathers again for each reader what it takes for cheap, unless something reads it in two ways: here a row and its last
   * number, which would be in its place if it were less than −∞.
   */
  #readOnce({ table, ids }: RowsRead, { dtype, shape }: TensorType): TensorRef {
    const { graph, prefix } = this;
    const [T, int32] = [typeAttr(dtype), typeAttr("int32")];
    const name = `${prefix}/rows`;
    const list = graph.add("Reshape", [this.value(ids), graph.integers([-1])], { T: int32, Tshape: int32 }, { name });
    const rows = this.gatherState?.(table, list) ?? fail("rows are read where state is");
    const last = Number(shape.at(-1)) - 1;
    const corner = [graph.integers([0, last]), graph.integers([-1, 1])];
    const number = graph.add("Slice", [rows, ...corner], { T, Index: int32 }, { name });
    const lowest = graph.constant({ dtype: "float32", shape: [], data: -Infinity }, "lowest");
    const isLess = graph.add("Less", [number, lowest], { T }, { name });
    return graph.add("SelectV2", [isLess, number, rows], { T }, { name });
  }

  define(id: ValueId, ref: TensorRef): void {
    this.#values.set(id, ref);
  }

  /** The value in memory that nothing outside the session owns: a feed's memory is the caller's. */
  ownedValue(id: ValueId): TensorRef {
    const ref = this.value(id);
    let source = id;
    while (aliases.has(this.definition(source).op)) source = this.definition(source).inputs[0] ?? -1;
    // XLA shares no memory with a feed.
    if (this.isInXla || this.definition(source).op !== "input") return ref;
    return this.graph.add("DeepCopy", [ref], { T: typeAttr(this.definition(id).type.dtype) });
  }

  /** Nodes that read the state variable. */
  readersOf(name: string): readonly string[] {
    return this.#readers.get(name) ?? [];
  }

  readState(name: string): TensorRef {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    if (this.state === undefined) throw new Error("a compiled function reads no state");
    const made = this.#noteReader(name, this.state.read(this.graph, name));
    this.#states.set(name, made);
    return made;
  }

  input(node: Extract<GraphNode, { op: "input" }>): TensorRef {
    const { name } = node.attributes;
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const attributes = { dtype: typeAttr(node.type.dtype), shape: shapeAttr(node.type.shape) };
    const made = this.graph.add("Placeholder", [], attributes, { name: `${this.prefix}/${name}` });
    this.#inputs.set(name, made);
    return made;
  }

  dimension(dim: string): TensorRef {
    const names = symbolsOf(dim);
    const known = this.#dimensions.get(dim);
    if (known !== undefined) return known;
    if (names.length === 1 && names[0] === dim) return this.#namedSize(dim);
    const factor = sizeOf(dim, new Map(names.map((name) => [name, 1])));
    const product = names
      .map((name) => this.dimension(name))
      .reduce(
        (left, right) =>
          this.graph.add(
            "Mul",
            [left, right],
            { T: typeAttr("int32") },
            { name: `${this.prefix}/${[...names].join("_")}/product` },
          ),
        this.graph.integers(factor),
      );
    this.#dimensions.set(dim, product);
    return product;
  }

  /** The size of an axis that has a name of its own. */
  #namedSize(name: string): TensorRef {
    const source = this.fn.nodes.findIndex(
      (node) => (node.op === "input" || node.op === "unique") && node.type.shape.includes(name),
    );
    if (source < 0) throw new Error(`\`${this.fn.name}\` has no input of size \`${name}\``);
    const { type } = this.definition(source);
    const axis = type.shape.indexOf(name);
    const int32 = typeAttr("int32");
    const shape = this.graph.add(
      "Shape",
      [this.value(source)],
      { T: typeAttr(type.dtype), out_type: int32 },
      { name: `${this.prefix}/${name}/shape` },
    );
    const made = this.graph.add(
      "StridedSlice",
      [shape, this.graph.integers([axis]), this.graph.integers([axis + 1]), this.graph.integers([1])],
      {
        T: int32,
        Index: int32,
        begin_mask: { i: 0 },
        end_mask: { i: 0 },
        ellipsis_mask: { i: 0 },
        new_axis_mask: { i: 0 },
        shrink_axis_mask: { i: 1 },
      },
      { name: `${this.prefix}/${name}` },
    );
    this.#dimensions.set(name, made);
    return made;
  }

  unique(ids: Operands): DistinctTensors {
    const key = ids.ids[0] ?? -1;
    const known = this.#uniques.get(key);
    if (known !== undefined) return known;
    const places = this.options.xla?.places.get(key);
    const made = places === undefined ? this.#uniqueOf(ids.at(0)) : this.#placesOf(key, ids.at(0), places);
    this.#uniques.set(key, made);
    return made;
  }

  #uniqueOf(ids: TensorRef): DistinctTensors {
    const attributes = { T: typeAttr("int32"), out_idx: typeAttr("int32") };
    const values = this.graph.add("Unique", [ids], attributes, { name: `${this.prefix}/unique` });
    return { values, index: { ...values, port: 1 } };
  }

  /** Each id where it was last; what fills the list up is behind the last row, and a scatter of XLA leaves such ids out. */
  #placesOf(key: ValueId, ids: TensorRef, { handle, rows }: Places): DistinctTensors {
    const { graph, prefix } = this;
    const int32 = typeAttr("int32");
    const [count = 0] = this.definition(key).type.shape;
    const range = [0, Number(count), 1].map((each) => graph.integers(each));
    const all = graph.add("Range", range, { Tidx: int32 }, { name: `${prefix}/places` });
    const noted = graph.add(
      "ResourceScatterUpdate",
      [handle, ids, all],
      { dtype: int32, Tindices: int32 },
      { name: `${prefix}/note` },
    );
    const last = { name: `${prefix}/last`, after: [noted.node] };
    const index = gatherRows(graph, handle, ids, "int32", last);
    const equal = { T: int32, incompatible_shape_error: { b: true } };
    const isLast = graph.add("Equal", [index, all], equal, { name: `${prefix}/is_last` });
    const values = graph.add(
      "SelectV2",
      [isLast, ids, graph.integers(rows)],
      { T: int32 },
      { name: `${prefix}/distinct` },
    );
    return { values, index };
  }

  #operands(node: GraphNode): Operands {
    const at = (index: number): TensorRef => this.value(node.inputs[index] ?? -1);
    return { ids: node.inputs, at, all: () => node.inputs.map((id) => this.value(id)) };
  }

  #noteReader(name: string, ref: TensorRef): TensorRef {
    this.#readers.set(name, [...(this.#readers.get(name) ?? []), ref.node]);
    return ref;
  }
}

function fail(message: string): never {
  throw new Error(message);
}
