/** A whole program as the bytes of a SavedModel: variables, one signature per function, and signatures to get and set. */
import type { GraphFunction, Program, StateVariable, ValueId } from "../../graph/graph.js";
import { type Endpoint, lowerFunction, type LoweredFunction, type StateAccess } from "../tensorflow/lower-function.js";
import { gatherRows } from "../tensorflow/gather-rows.js";
import { lowerLoop } from "../tensorflow/lower-loop.js";
import type { JoinedPart, JoinedTable } from "../../graph/passes/join-tables.js";
import type { RepeatedStep } from "../../graph/passes/repeat.js";
import { lowerSteps, type Variables } from "../tensorflow/lower-steps.js";
import {
  type ConstantData,
  NodeGraph,
  type NodeLabels,
  shapeAttr,
  textAttr,
  type TensorRef,
  textsTensor,
  typeAttr,
} from "../tensorflow/node-graph.js";
import type { LoweredSteps } from "../tensorflow/queue.js";
import {
  DataType,
  encodeSavedModel,
  type FunctionDef,
  type SavedModelProto,
  type SignatureDef,
  type TensorInfo,
} from "../tensorflow/proto.js";
import type { ByteSource } from "../protobuf.js";
import { inputNames } from "./parameter-names.js";

export interface SavedModelOptions {
  /** First values of state variables, row-major, as little-endian bytes too; those left out start at zero. */
  readonly values?: ReadonlyMap<string, FirstValue>;
  /**
   * State variables whose first values are read from the folder `variables` beside the file when the model is loaded: a file of
   * protocol buffers holds at most 2 GiB. See `bundle.ts`.
   */
  readonly restored?: ReadonlySet<string>;
  /** Whether state can be read and replaced, by the signatures `get` and `set` too; default true. */
  readonly accessors?: boolean;
  /** Tables of the program that stand for several, which are read and replaced by their own names; default: none. */
  readonly joined?: readonly JoinedTable[];
  /** State variables that can be read and replaced by rows as well. */
  readonly byRows?: ReadonlySet<string>;
  /** Values of a function to compile by XLA, which needs all their sizes known; default: none. */
  readonly compiled?: (fn: GraphFunction) => ReadonlySet<ValueId>;
  /** Receives the labels of the nodes that functions are made of; absent: nobody asks for them. */
  readonly labels?: NodeLabels;
  /** How many calls of a function one may be, and whether XLA computes all of them; default: one only. */
  readonly steps?: (fn: GraphFunction) => StepsOptions | undefined;
}

export interface StepsOptions {
  readonly most: number;
  /** The function as XLA can compute it as a whole (`repeatedStep`), so that the loop is compiled too. */
  readonly whole?: RepeatedStep;
}

/** How to read and replace one state variable in a session. */
export interface StateEndpoints {
  readonly variable: StateVariable;
  readonly get: string;
  /** Feed `value`, fetch `done`. */
  readonly set: { readonly value: string; readonly done: string };
  readonly rows?: RowEndpoints;
}

/** How to read and replace rows of a state variable without a copy of the whole. */
export interface RowEndpoints {
  /** Feed `ids` [n] int32, fetch `rows`. */
  readonly get: { readonly ids: string; readonly rows: string };
  /** Feed the rows [begin, end), each [1] int32, and their `value`; fetch `done`. */
  readonly set: { readonly begin: string; readonly end: string; readonly value: string; readonly done: string };
}

export interface SavedModel {
  /** The file `saved_model.pb`, all that its folder needs. */
  readonly content: ByteSource;
  readonly functions: ReadonlyMap<string, LoweredFunction>;
  /** The functions of which several calls may be one. */
  readonly steps: ReadonlyMap<string, LoweredSteps>;
  readonly state: ReadonlyMap<string, StateEndpoints>;
}

/** The tag that loaders ask for. */
export const servingTag = "serve";
const initSignature = "__saved_model_init_op";
const method = "tensorflow/serving/predict";

/**
 * Signatures: one per function; `get` (every state variable) and `set` (feeds all of them, returns `done`);
 * `serving_default` is `predict`. Loading runs the initial assignments. Same program and values, same bytes.
 */
export function createSavedModel(program: Program, options: SavedModelOptions = {}): SavedModel {
  const { labels } = options;
  const graph = new NodeGraph("graph", labels?.graph);
  const library: FunctionDef[] = [];
  const shared = { library, ...(labels === undefined ? {} : { labels }) };
  const handles = new Map(program.state.map((variable) => [variable.name, addVariable(graph, variable)]));
  const handle = (name: string): TensorRef => {
    const ref = handles.get(name);
    if (ref === undefined) throw new Error(`the program has no state \`${name}\``);
    return ref;
  };
  const variables = new Map(program.state.map((variable) => [variable.name, variable]));
  const access = createAccess(handle, variables);

  const { restored = new Set<string>(), byRows = new Set<string>(), accessors = true } = options;
  const saverDef = restored.size === 0 ? undefined : addSaver(graph, program, handle, restored);
  const made = program.state.filter(({ name }) => !restored.has(name));
  const initial = made.map((variable) => {
    const value = initialValue(graph, variable, options.values?.get(variable.name));
    return assign(graph, handle(variable.name), value, variable, "init").node;
  });
  const scratch: string[] = [];

  const joined = new Map(options.joined?.map((each) => [each.table.name, each.parts]));
  const state = new Map(
    (accessors ? program.state : []).flatMap((variable) =>
      (joined.get(variable.name) ?? [{ variable }]).map((part): [string, StateEndpoints] => [
        part.variable.name,
        {
          variable: part.variable,
          ...addAccessors(graph, handle(variable.name), part),
          ...(byRows.has(part.variable.name) ? { rows: addRowAccessors(graph, handle(variable.name), part) } : {}),
        },
      ]),
    ),
  );
  const functions = new Map(
    program.functions.map((fn): [string, LoweredFunction] => [
      fn.name,
      lowerFunction(graph, access, fn, { compiled: options.compiled?.(fn) ?? new Set(), ...shared }),
    ]),
  );

  const within: Variables = {
    handle,
    scratch: (rows) => {
      // No name of the program has a colon.
      const variable: Variable = { name: `scratch:${scratch.length}`, type: { dtype: "int32", shape: [rows] } };
      const made = addVariable(graph, variable);
      scratch.push(assign(graph, made, initialValue(graph, variable, undefined), variable, "init").node);
      return made;
    },
    through: (handleOf) => createAccess(handleOf, variables),
  };
  const steps = new Map(
    program.functions.flatMap((fn): [string, LoweredSteps][] => {
      const { most, whole } = options.steps?.(fn) ?? { most: 1 };
      if (most < 2) return [];
      if (whole !== undefined) return [[fn.name, lowerSteps(graph, within, whole, { most, ...shared })]];
      const compiled = options.compiled?.(fn) ?? new Set();
      const accessIn = (body: NodeGraph): StateAccess => accessWithin(body, variables);
      return [[fn.name, lowerLoop(graph, accessIn, fn, { most, compiled, ...shared })]];
    }),
  );

  const init = graph.add("NoOp", [], {}, { name: "init", after: [...initial, ...scratch] });
  const content = encodeSavedModel({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: [servingTag], tensorflowVersion: "2.15.1" },
        graphDef: { node: graph.nodes, library: { function: library }, versions: { producer: 1645, minConsumer: 12 } },
        signatureDef: signaturesOf(graph, init.node, functions, state),
        ...(saverDef === undefined ? {} : { saverDef }),
      },
    ],
  });
  return { content, functions, steps, state };
}

type Variable = Pick<StateVariable, "name" | "type">;
type FirstValue = Float32Array | Int32Array | ByteSource;

function addVariable(graph: NodeGraph, { name, type }: Variable): TensorRef {
  const attributes = {
    dtype: typeAttr(type.dtype),
    shape: shapeAttr(type.shape),
    container: textAttr(""),
    shared_name: textAttr(name),
  };
  return graph.add("VarHandleOp", [], attributes, { name: `state/${name}` });
}

function createAccess(handle: (name: string) => TensorRef, variables: ReadonlyMap<string, StateVariable>): StateAccess {
  const type = (name: string): StateVariable["type"] => {
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
    return variable.type;
  };
  return {
    type,
    handle,
    read: (graph, name) =>
      graph.add("ReadVariableOp", [handle(name)], { dtype: typeAttr(type(name).dtype) }, { name: `read/${name}` }),
    gather: (graph, name, ids) => gatherRows(graph, handle(name), ids, type(name).dtype, { name: `gather/${name}` }),
  };
}

/** The same variables from the body of a function, which finds them by their names. */
function accessWithin(body: NodeGraph, variables: ReadonlyMap<string, StateVariable>): StateAccess {
  const handles = new Map<string, TensorRef>();
  const handle = (name: string): TensorRef => {
    const known = handles.get(name);
    if (known !== undefined) return known;
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
    const made = addVariable(body, variable);
    handles.set(name, made);
    return made;
  };
  return createAccess(handle, variables);
}

function assign(
  graph: NodeGraph,
  handle: TensorRef,
  value: TensorRef,
  { name, type }: Variable,
  prefix: string,
): TensorRef {
  const attributes = { dtype: typeAttr(type.dtype), validate_shape: { b: false } };
  return graph.add("AssignVariableOp", [handle, value], attributes, { name: `${prefix}/${name}` });
}

function initialValue(graph: NodeGraph, variable: Variable, data: FirstValue | undefined): TensorRef {
  const { dtype } = variable.type;
  const shape = variable.type.shape.map((size) => {
    if (typeof size === "number") return size;
    throw new Error(`state \`${variable.name}\` has the unknown size \`${size}\``);
  });
  const name = `init/${variable.name}/value`;
  if (data !== undefined) {
    const size = shape.reduce((product, side) => product * side, 1);
    const given = "pieces" in data ? data.length / 4 : data.length;
    if (given !== size) {
      throw new Error(`state \`${variable.name}\` has ${size} elements; the given value has ${given}`);
    }
    const value: ConstantData = { dtype, shape, data };
    return graph.constant(value, name);
  }
  const zero = graph.constant({ dtype, shape: [], data: 0 }, `${name}/zero`);
  const attributes = { T: typeAttr(dtype), index_type: typeAttr("int32") };
  return graph.add("Fill", [graph.integers(shape), zero], attributes, { name });
}

/** The loader feeds the place of the files and runs the restore before the initial assignments. Python asks for a save as well. */
function addSaver(
  graph: NodeGraph,
  program: Program,
  handle: (name: string) => TensorRef,
  restored: ReadonlySet<string>,
): NonNullable<SavedModelProto["metaGraphs"][number]["saverDef"]> {
  const place = graph.add(
    "Placeholder",
    [],
    { dtype: typeAttr("string"), shape: shapeAttr([]) },
    { name: "restore/place" },
  );
  const texts = (list: readonly string[], name: string): TensorRef =>
    graph.add("Const", [], { dtype: typeAttr("string"), value: { tensor: textsTensor(list) } }, { name });
  const whole = texts([""], "restore/whole");
  const kept = program.state.filter(({ name }) => restored.has(name));
  const assigned = kept.map((variable) => {
    const { name, type } = variable;
    const key = texts([name], `restore/${name}/name`);
    const dtypes = { dtypes: { list: { type: [DataType[type.dtype]] } } };
    const value = graph.add("RestoreV2", [place, key, whole], dtypes, { name: `restore/${name}/value` });
    return assign(graph, handle(name), value, variable, "restore").node;
  });
  const done = graph.add("NoOp", [], {}, { name: "restore/all", after: assigned });
  const names = texts(
    kept.map(({ name }) => name),
    "save/names",
  );
  const slices = texts(
    kept.map(() => ""),
    "save/slices",
  );
  const values = kept.map(({ name, type }) =>
    graph.add("ReadVariableOp", [handle(name)], { dtype: typeAttr(type.dtype) }, { name: `save/${name}/value` }),
  );
  const dtypes = { dtypes: { list: { type: kept.map(({ type }) => DataType[type.dtype]) } } };
  const save = graph.add("SaveV2", [place, names, slices, ...values], dtypes, { name: "save/all" });
  const saved = graph.add("Identity", [place], { T: typeAttr("string") }, { name: "save/place", after: [save.node] });
  return {
    filenameTensorName: `${place.node}:0`,
    saveTensorName: `${saved.node}:0`,
    restoreOpName: done.node,
    version: 2,
  };
}

/** A variable of the program in the graph: all of one, or columns of a joined table. */
type Held = Pick<JoinedPart, "variable"> & Partial<JoinedPart>;

function addAccessors(graph: NodeGraph, handle: TensorRef, held: Held): Omit<StateEndpoints, "variable" | "rows"> {
  const { variable } = held;
  const { name, type } = variable;
  const dtype = typeAttr(type.dtype);
  const read = graph.add("ReadVariableOp", [handle], { dtype }, { name: `get/${name}` });
  const get = columnsOf(graph, read, held);
  const shape = shapeAttr(type.shape);
  const value = graph.add("Placeholder", [], { dtype, shape }, { name: `set/${name}/value` });
  const rows = Number(type.shape[0] ?? 0);
  const set =
    held.begin === undefined
      ? // The variable must not live in the caller's memory.
        assign(
          graph,
          handle,
          graph.add("DeepCopy", [value], { T: dtype }, { name: `set/${name}/copy` }),
          variable,
          "set",
        )
      : assignRows(graph, handle, held, { begin: graph.integers([0]), end: graph.integers([rows]), value });
  const done = graph.add("Const", [], doneAttributes, { name: `set/${name}/done`, after: [set.node] });
  return { get: `${get.node}:0`, set: { value: `${value.node}:0`, done: `${done.node}:0` } };
}

function addRowAccessors(graph: NodeGraph, handle: TensorRef, held: Held): RowEndpoints {
  const { name, type } = held.variable;
  const feed = (part: string, of: "float32" | "int32", shape: StateVariable["type"]["shape"]): TensorRef =>
    graph.add("Placeholder", [], { dtype: typeAttr(of), shape: shapeAttr(shape) }, { name: `rows/${name}/${part}` });
  const ids = feed("ids", "int32", ["N"]);
  const rows = columnsOf(graph, gatherRows(graph, handle, ids, type.dtype, { name: `rows/${name}/get` }), held);
  const [begin, end] = [feed("begin", "int32", [1]), feed("end", "int32", [1])];
  const value = feed("value", type.dtype === "float32" ? "float32" : "int32", ["N", ...type.shape.slice(1)]);
  const set = assignRows(graph, handle, held, { begin, end, value });
  const done = graph.add("Const", [], doneAttributes, { name: `rows/${name}/done`, after: [set.node] });
  const tensor = ({ node }: TensorRef): string => `${node}:0`;
  return {
    get: { ids: tensor(ids), rows: tensor(rows) },
    set: { begin: tensor(begin), end: tensor(end), value: tensor(value), done: tensor(done) },
  };
}

/** Of rows that were read, the columns that are held. */
function columnsOf(graph: NodeGraph, rows: TensorRef, { variable, begin, width = 0 }: Held): TensorRef {
  if (begin === undefined) return rows;
  const attributes = { T: typeAttr(variable.type.dtype), Index: typeAttr("int32") };
  const operands = [rows, graph.integers([0, begin]), graph.integers([-1, width])];
  return graph.add("Slice", operands, attributes, { name: `columns/${variable.name}` });
}

/** Replaces rows [begin, end), each [1]. Unlike a scatter, it leaves the variable as one that is read without a copy. */
function assignRows(
  graph: NodeGraph,
  handle: TensorRef,
  { variable: { name, type }, begin, width = 0 }: Held,
  rows: { readonly begin: TensorRef; readonly end: TensorRef; readonly value: TensorRef },
): TensorRef {
  const place = (row: TensorRef, column: number): TensorRef =>
    begin === undefined
      ? row
      : graph.add(
          "ConcatV2",
          [row, graph.integers([column]), graph.integers(0)],
          { N: { i: 2 }, T: typeAttr("int32"), Tidx: typeAttr("int32") },
          { name: `rows/${name}/place` },
        );
  const masks = ["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"];
  const strides = graph.integers(begin === undefined ? [1] : [1, 1]);
  const [first, end] = [place(rows.begin, begin ?? 0), place(rows.end, (begin ?? 0) + width)];
  return graph.add(
    "ResourceStridedSliceAssign",
    [handle, first, end, strides, rows.value],
    {
      T: typeAttr(type.dtype),
      Index: typeAttr("int32"),
      ...Object.fromEntries(masks.map((mask) => [mask, { i: 0 }])),
    },
    { name: `rows/${name}/set` },
  );
}

const doneAttributes = {
  dtype: typeAttr("bool"),
  value: { tensor: { dtype: DataType.bool, tensorShape: { dim: [] }, boolVal: [true] } },
};

function signaturesOf(
  graph: NodeGraph,
  init: string,
  functions: ReadonlyMap<string, LoweredFunction>,
  state: ReadonlyMap<string, StateEndpoints>,
): Readonly<Record<string, SignatureDef>> {
  const info = ({ tensor, type }: Omit<Endpoint, "name">): TensorInfo => ({
    name: tensor,
    dtype: DataType[type.dtype],
    ...shapeOnly(type.shape),
  });
  const done = (tensor: string): TensorInfo => info({ tensor, type: { dtype: "bool", shape: [] } });
  const signatures: Record<string, SignatureDef> = {
    [initSignature]: { inputs: {}, outputs: { [initSignature]: { name: init } }, methodName: "" },
  };
  for (const [name, { inputs, outputs, done: end }] of functions) {
    const results = outputs.length > 0 ? endpointInfos(outputs, info) : { done: done(end) };
    signatures[name] = { inputs: endpointInfos(inputs, info), outputs: results, methodName: method };
  }
  const predict = signatures["predict"];
  if (predict !== undefined) signatures["serving_default"] = predict;
  if (state.size > 0) {
    const all = [...state.values()];
    const infos = (
      tensor: (endpoints: StateEndpoints) => string,
      name: (of: string) => string = (of) => of,
    ): Record<string, TensorInfo> =>
      Object.fromEntries(
        all.map((one) => [name(one.variable.name), info({ tensor: tensor(one), type: one.variable.type })]),
      );
    const inputs = inputNames([...state.keys()]);
    const allSet = graph.add("Const", [], doneAttributes, {
      name: "set_all/done",
      after: all.map((one) => one.set.done.replace(/:0$/, "")),
    });
    signatures["get"] = { inputs: {}, outputs: infos((one) => one.get), methodName: method };
    signatures["set"] = {
      inputs: infos(
        (one) => one.set.value,
        (name) => inputs.get(name) ?? name,
      ),
      outputs: { done: done(`${allSet.node}:0`) },
      methodName: method,
    };
  }
  return signatures;
}

function endpointInfos(
  endpoints: readonly Endpoint[],
  info: (endpoint: Endpoint) => TensorInfo,
): Readonly<Record<string, TensorInfo>> {
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint.name, info(endpoint)]));
}

function shapeOnly(shape: StateVariable["type"]["shape"]): Pick<TensorInfo, "tensorShape"> {
  return { tensorShape: { dim: shape.map((size) => ({ size: typeof size === "number" ? size : -1 })) } };
}
