/**
 * The engine of few rows: a function without updates becomes a WebAssembly module for each size that comes, whose call costs what its
 * arithmetic does. It does not train. State is held here, in the memory of the modules; tables that are large stay outside of it.
 */
import { erf } from "../../../compiler/graph/erf.js";
import type { GraphFunction, Program, StateVariable, TensorType, ValueId } from "../../../compiler/graph/graph.js";
import { rowsOf } from "../../../compiler/graph/initialize.js";
import { bindDims } from "../../../compiler/graph/passes/bind-dims.js";
import { functionInputs, type FunctionInput, stateOf } from "../../../compiler/graph/reads.js";
import { sizeOfShape } from "../../../compiler/graph/tensor.js";
import {
  importedFrom,
  type PlacedValue,
  slack,
  Space,
  writeSimdFunction,
} from "../../../compiler/targets/simd/index.js";
import { opRefusals } from "../../../compiler/targets/target.js";
import { type Engine, type HostTensor, isLarge, type OpenOptions, type Session } from "../engine.js";
import { checkFeeds, checkTensor, zeroTensor } from "../feeds.js";
import { type WasmInstance, type WasmMemory, webAssembly } from "../../web-assembly.js";

/** The dimension of rows. */
const rowsDim = "B";

/** Bytes of a page of a memory, and the pages that it has at most: what 32 bits address, with a sign. */
const pageBytes = 1 << 16;
const mostPages = 1 << 15;

/** Sizes that a function is held for; the next one begins with none. */
const mostSizes = 32;

/** Rows that a module is written for at most where rows are apart: what is computed of them stays in the nearest caches. */
export const blockRows = 32;

/** Rows that a module is written for where rows are apart: 1, 2, 3, 4, 6, 8, 12, 16, … */
function roundedRows(rows: number): number {
  let size = 1;
  while (size < rows) size *= 2;
  return size > 2 && (size / 4) * 3 >= rows ? (size / 4) * 3 : size;
}

/** The engine, or why it cannot run here. */
export function createSimdEngine(): SimdEngine | { readonly reasons: readonly string[] } {
  // A module of one function that drops a vector of four numbers.
  const probe = Uint8Array.of(
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    1,
    4,
    1,
    96,
    0,
    0,
    3,
    2,
    1,
    0,
    10,
    9,
    1,
    7,
    0,
    65,
    0,
    253,
    17,
    26,
    11,
  );
  if (webAssembly?.validate(probe) !== true) return { reasons: ["this processor or Node has no SIMD in WebAssembly"] };
  return {
    name: "simd",
    description: "simd: WebAssembly written for the model, 1 thread; predicts only, fast for few rows",
    compiles: false,
    openNow: (program, options = {}) => new SimdSession(program, options),
    open: async (program, options = {}) => new SimdSession(program, options),
  };
}

export interface SimdEngine extends Engine {
  /** The same at once. */
  readonly openNow: (program: Program, options?: SimdOptions) => Session;
}

export interface SimdOptions extends OpenOptions {
  /**
   * The functions have no size but the number of rows `B`, and what they say of a row is decided by that row: a call may then be computed
   * with more rows than it has, and a module is written for each of a few numbers of rows. Default: for each number that comes.
   */
  readonly rowsApart?: boolean;
}

/** A state variable outside of the memory; its rows are copied as they are read. */
interface LargeTable {
  readonly variable: StateVariable;
  readonly width: number;
  /** Absent: all zero. */
  values?: Float32Array | Int32Array | undefined;
  /** Whether the array is the session's own, so that rows of it may be replaced. */
  isOwn: boolean;
}

/** A function for one size of each dimension. */
interface SizedFunction {
  /** Rows that it computes: those of a call, or more. */
  readonly rows: number;
  readonly inputs: readonly SizedValue[];
  readonly outputs: readonly SizedValue[];
  readonly prepare: () => void;
  readonly run: () => void;
}

interface SizedValue extends PlacedValue {
  /** Whether its first axis is that of rows. */
  readonly hasRows: boolean;
  /** Numbers of a row, or of all where it has none. */
  readonly width: number;
}

interface SimdTarget {
  readonly fn: GraphFunction;
  readonly inputs: readonly FunctionInput[];
  /** Outputs whose first axis is that of rows. */
  readonly rowOutputs: ReadonlySet<string>;
  /** By the sizes of its dimensions. */
  readonly sized: Map<string, SizedFunction>;
  last?: SizedFunction | undefined;
}

class SimdSession implements Session {
  readonly #variables: ReadonlyMap<string, StateVariable>;
  readonly #addresses = new Map<string, number>();
  readonly #tables: LargeTable[] = [];
  readonly #functions: ReadonlyMap<string, SimdTarget>;
  readonly #rowsApart: boolean;
  readonly #memory: WasmMemory;
  /** Where what is written for a size begins: behind the state. */
  readonly #start: number;
  #end: number;
  readonly #written: SizedFunction[] = [];
  readonly #packed = new Map<string, number>();
  /** Whether what only state decides is that of the state as it is. */
  #isPrepared = true;
  #floats = new Float32Array();
  #ints = new Int32Array();

  constructor(
    readonly program: Program,
    { functions, rowsApart = false }: SimdOptions,
  ) {
    this.#rowsApart = rowsApart;
    this.#variables = new Map(program.state.map((variable) => [variable.name, variable]));
    const names = functions ?? program.functions.map(({ name }) => name);
    const wanted = names.map((name) =>
      sayable(
        found(
          program.functions.find((fn) => fn.name === name),
          "function",
          name,
        ),
      ),
    );
    this.#functions = new Map(
      wanted.map((fn) => [
        fn.name,
        { fn, inputs: functionInputs(fn), rowOutputs: rowOutputs(fn), sized: new Map<string, SizedFunction>() },
      ]),
    );
    const outside = tablesOutside(program, wanted);
    const space = new Space(slack);
    for (const variable of program.state) {
      const { rows, width } = rowsOf(variable);
      if (outside.has(variable.name)) {
        this.#tables.push({ variable, width, isOwn: false });
        continue;
      }
      this.#addresses.set(variable.name, space.take(rows * width));
    }
    this.#start = space.end;
    this.#end = space.end;
    if (webAssembly === undefined) throw new Error("this process has no WebAssembly");
    this.#memory = new webAssembly.Memory({ initial: Math.ceil(space.end / pageBytes) + 1, maximum: mostPages });
    this.#see();
  }

  run(name: string, feeds: Readonly<Record<string, HostTensor>>): Readonly<Record<string, HostTensor>> {
    const target = found(this.#functions.get(name), "function", name);
    const rows = rowsOfFeeds(target, feeds);
    if (this.#rowsApart && rows > blockRows) return this.#runBlocks(target, feeds, rows);
    return this.#runBlock(target, feeds, rows);
  }

  #runBlock(target: SimdTarget, feeds: Readonly<Record<string, HostTensor>>, rows: number): Record<string, HostTensor> {
    const { last } = target;
    const isLast = last !== undefined && last.rows === this.#computed(rows) && fits(last, feeds, rows);
    const sized = isLast ? last : this.#sizedFor(target, feeds, rows);
    for (const { name: input, address, isFloat } of sized.inputs) {
      const feed = feeds[input];
      if (feed !== undefined) (isFloat ? this.#floats : this.#ints).set(feed.data, address >> 2);
    }
    if (!this.#isPrepared) this.#prepareAll();
    sized.run();
    const outputs: Record<string, HostTensor> = {};
    for (const { name: output, shape, address, isFloat, hasRows, width } of sized.outputs) {
      const first = address >> 2;
      const values = isFloat ? this.#floats : this.#ints;
      outputs[output] = hasRows
        ? { shape: [rows, ...shape.slice(1)], data: values.slice(first, first + rows * width) }
        : { shape, data: values.slice(first, first + width) };
    }
    return outputs;
  }

  /** More rows than a module is written for: some at a time. */
  #runBlocks(
    target: SimdTarget,
    feeds: Readonly<Record<string, HostTensor>>,
    rows: number,
  ): Record<string, HostTensor> {
    checkFeeds(target.fn.name, target.inputs, feeds);
    const { inputs } = target;
    const outputs: Record<string, HostTensor> = {};
    for (let first = 0; first < rows; first += blockRows) {
      const count = Math.min(blockRows, rows - first);
      const block: Record<string, HostTensor> = {};
      for (const { name, type } of inputs) block[name] = partOf(feeds[name]!, type, first, count, rows);
      for (const [name, { shape, data }] of Object.entries(this.#runBlock(target, block, count))) {
        const hasRows = target.rowOutputs.has(name);
        if (first === 0)
          outputs[name] = hasRows
            ? { shape: [rows, ...shape.slice(1)], data: arrayLike(data, (data.length / count) * rows) }
            : { shape, data };
        if (hasRows) outputs[name]!.data.set(data, (data.length / count) * first);
      }
    }
    return outputs;
  }

  /** Rows that are computed for so many. */
  #computed(rows: number): number {
    return this.#rowsApart ? roundedRows(rows) : rows;
  }

  get(names?: readonly string[]): ReadonlyMap<string, HostTensor> {
    return new Map(
      (names ?? [...this.#variables.keys()]).map((name) => {
        const { type } = this.#variable(name);
        return [name, { shape: type.shape.map(Number), data: this.#valuesOf(name).slice() }];
      }),
    );
  }

  /** A large table is not copied: it is read where it is given, so the array must not change while the session is open. */
  set(values: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of values) {
      checkTensor(`state \`${name}\``, this.#variable(name).type, value, new Map());
      const table = this.#tableOf(name);
      if (table === undefined) this.#valuesOf(name).set(value.data);
      else Object.assign(table, { values: value.data, isOwn: false });
    }
    this.#isPrepared = false;
  }

  readRows(name: string, first: number, count: number): Float32Array | Int32Array {
    const { width } = rowsOf(this.#variable(name));
    return this.#valuesOf(name).slice(first * width, (first + count) * width);
  }

  writeRows(name: string, first: number, values: Float32Array | Int32Array): void {
    const { width } = rowsOf(this.#variable(name));
    const table = this.#tableOf(name);
    if (table !== undefined && !table.isOwn)
      Object.assign(table, { values: this.#valuesOf(name).slice(), isOwn: true });
    this.#valuesOf(name).set(values, first * width);
    this.#isPrepared = false;
  }

  close(): void {
    for (const target of this.#functions.values()) {
      target.sized.clear();
      target.last = undefined;
    }
    this.#tables.length = 0;
  }

  /** One size reads what another has prepared: all of them, in the order in which they were written. */
  #prepareAll(): void {
    for (const each of this.#written) each.prepare();
    this.#isPrepared = true;
  }

  /** A view of a state variable. */
  #valuesOf(name: string): Float32Array | Int32Array {
    const table = this.#tableOf(name);
    if (table !== undefined)
      return (table.values ??= zeroTensor(table.variable.type.dtype, table.variable.type.shape.map(Number)).data);
    const variable = this.#variable(name);
    const { rows, width } = rowsOf(variable);
    const first = found(this.#addresses.get(name), "state", name) >> 2;
    return (variable.type.dtype === "float32" ? this.#floats : this.#ints).subarray(first, first + rows * width);
  }

  #tableOf(name: string): LargeTable | undefined {
    return this.#tables.find(({ variable }) => variable.name === name);
  }

  #variable(name: string): StateVariable {
    return found(this.#variables.get(name), "state", name);
  }

  /** The views are of the memory as large as it is now. */
  #see(): void {
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
  }

  #sizedFor(target: SimdTarget, feeds: Readonly<Record<string, HostTensor>>, rows: number): SizedFunction {
    const { sizes } = checkFeeds(target.fn.name, target.inputs, feeds);
    const computed = new Map(sizes);
    if (sizes.has(rowsDim)) computed.set(rowsDim, this.#computed(rows));
    const key = [...computed].map(([name, size]) => `${name}=${size}`).join(" ");
    let sized = target.sized.get(key);
    if (sized === undefined) {
      if (target.sized.size >= mostSizes) this.#forget();
      sized = this.#write(target.fn, computed);
      target.sized.set(key, sized);
    }
    target.last = sized;
    return sized;
  }

  /** Gives the memory of all sizes back to those that come. */
  #forget(): void {
    for (const target of this.#functions.values()) {
      target.sized.clear();
      target.last = undefined;
    }
    this.#end = this.#start;
    this.#written.length = 0;
    this.#packed.clear();
  }

  #write(fn: GraphFunction, sizes: ReadonlyMap<string, number>): SizedFunction {
    const written = writeSimdFunction(bindDims(fn, Object.fromEntries(sizes)), {
      start: this.#end,
      shared: this.#start,
      packed: this.#packed,
      state: (name) => {
        const address = this.#addresses.get(name);
        return address === undefined
          ? { table: this.#tables.findIndex(({ variable }) => variable.name === name) }
          : { address };
      },
    });
    const missing = Math.ceil(written.end / pageBytes) + 1 - this.#memory.buffer.byteLength / pageBytes;
    if (missing > 0) {
      this.#memory.grow(missing);
      this.#see();
    }
    this.#end = written.end;
    for (const { address, values } of written.data)
      (values instanceof Float32Array ? this.#floats : this.#ints).set(values, address >> 2);
    const rows = sizes.get(rowsDim) ?? 0;
    const types = new Map(functionInputs(fn).map(({ name, type }) => [name, type]));
    const values = new Map(fn.outputs.map(({ name, value }) => [name, fn.nodes[value]?.type]));
    const inputs = written.inputs.map((each) => sizedValue(each, types.get(each.name), rows));
    // Rows that a call does not have are those of the call before: ids of rows that are there.
    for (const { address, shape } of inputs) this.#ints.fill(0, address >> 2, (address >> 2) + sizeOfShape(shape));
    const { exports } = this.#instance(written.module);
    const sized: SizedFunction = {
      rows,
      inputs,
      outputs: written.outputs.map((each) => sizedValue(each, values.get(each.name), rows)),
      prepare: found(exports["prepare"], "function", "prepare"),
      run: found(exports["run"], "function", "run"),
    };
    this.#written.push(sized);
    this.#isPrepared = false;
    return sized;
  }

  #instance(bytes: Uint8Array<ArrayBuffer>): WasmInstance {
    if (webAssembly === undefined) throw new Error("this process has no WebAssembly");
    const { exp, expm1, log, log1p, cos, tanh, pow } = Math;
    const given = { exp, expm1, log, log1p, cos, tanh, erf, pow, memory: this.#memory, rows: this.#readRows };
    return new webAssembly.Instance(new webAssembly.Module(bytes), { [importedFrom]: given });
  }

  /** What a module calls for rows of a table that is outside of its memory. */
  readonly #readRows = (index: number, ids: number, out: number, count: number): void => {
    const table = this.#tables[index];
    if (table === undefined) throw new Error(`there is no table ${index}`);
    const { variable, width } = table;
    const values = this.#valuesOf(variable.name);
    const to = (values instanceof Float32Array ? this.#floats : this.#ints).subarray(out >> 2);
    for (let row = 0; row < count; row += 1) {
      const first = (this.#ints[(ids >> 2) + row] ?? -1) * width;
      if (first < 0 || first >= values.length) throw new Error(`a row outside of \`${variable.name}\` is read`);
      for (let column = 0; column < width; column += 1) to[row * width + column] = values[first + column] ?? 0;
    }
  };
}

function rowOutputs({ nodes, outputs }: GraphFunction): ReadonlySet<string> {
  return new Set(outputs.flatMap(({ name, value }) => (nodes[value]?.type.shape[0] === rowsDim ? [name] : [])));
}

/** Rows [first, first + count) of a tensor of `rows` rows; one that has no rows as it is. */
function partOf(
  tensor: HostTensor,
  { shape: [dim] }: TensorType,
  first: number,
  count: number,
  rows: number,
): HostTensor {
  if (dim !== rowsDim) return tensor;
  const width = tensor.data.length / rows;
  const data = tensor.data.subarray(first * width, (first + count) * width);
  return { shape: [count, ...tensor.shape.slice(1)], data };
}

function arrayLike(data: Float32Array | Int32Array, length: number): Float32Array | Int32Array {
  return data instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);
}

function sizedValue(placed: PlacedValue, type: TensorType | undefined, rows: number): SizedValue {
  const hasRows = type?.shape[0] === rowsDim;
  const elements = sizeOfShape(placed.shape);
  return { ...placed, hasRows, width: hasRows && rows > 0 ? elements / rows : elements };
}

/** The rows of a call: as many as its first feed has that has any. */
function rowsOfFeeds({ inputs }: SimdTarget, feeds: Readonly<Record<string, HostTensor>>): number {
  for (const { name, type } of inputs) if (type.shape[0] === rowsDim) return feeds[name]?.shape[0] ?? 0;
  return 0;
}

/** Whether feeds of so many rows have the sizes that a function was written for. */
function fits({ inputs }: SizedFunction, feeds: Readonly<Record<string, HostTensor>>, rows: number): boolean {
  for (const { name, shape, isFloat, hasRows, width } of inputs) {
    const feed = feeds[name];
    if (feed === undefined || feed.shape.length !== shape.length) return false;
    for (let axis = 0; axis < shape.length; axis += 1)
      if (feed.shape[axis] !== (axis === 0 && hasRows ? rows : shape[axis])) return false;
    if (feed.data.length !== (hasRows ? rows * width : width) || feed.data instanceof Float32Array !== isFloat)
      return false;
  }
  return true;
}

/** The function, where this engine computes it. */
function sayable(fn: GraphFunction): GraphFunction {
  if (fn.updates.length > 0) throw new Error(`\`${fn.name}\` updates state, which the engine simd does not`);
  const [refusal] = opRefusals("simd", fn);
  if (refusal !== undefined) throw new Error(`the engine simd cannot compute ${refusal.what}`);
  return fn;
}

/** Large variables that are read by rows only. */
function tablesOutside(program: Program, functions: readonly GraphFunction[]): ReadonlySet<string> {
  const large = functions.flatMap((fn) => stateOf(program, fn).filter(isLarge));
  return new Set(large.flatMap(({ name }) => (functions.every((fn) => isReadByRows(fn, name)) ? [name] : [])));
}

function isReadByRows({ nodes, outputs }: GraphFunction, name: string): boolean {
  const reads = new Set<ValueId>();
  nodes.forEach((node, id) => {
    if (node.op === "state" && node.attributes.name === name) reads.add(id);
  });
  return (
    !outputs.some(({ value }) => reads.has(value)) &&
    nodes.every((node) => node.inputs.every((input, at) => !reads.has(input) || (node.op === "gather" && at === 0)))
  );
}

function found<T>(value: T | undefined, what: "function" | "state", name: string): T {
  if (value === undefined) throw new Error(`the session has no ${what} \`${name}\``);
  return value;
}
