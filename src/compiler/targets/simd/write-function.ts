/**
 * A function of the tensor IR with known sizes as a WebAssembly module: one call of a kernel after another, with the addresses of their
 * numbers as constants. What only moves numbers is done while this is written, by keeping where each number lies: a value that nothing
 * computes with as a whole is never copied.
 */
import { GraphError } from "../../graph/graph-error.js";
import type { GraphFunction, GraphNode, NodeOf, OpName, Shape, ValueId } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { readersIn, readersOf } from "../../graph/passes/readers.js";
import { broadcastIndices, indices, sizeOfShape, stridesOf } from "../../graph/tensor.js";
import { call, type Code, i32, joined } from "../../wasm/instructions.js";
import { numberBytes } from "../../wasm/kernel.js";
import {
  type CastName,
  elementwiseKernel,
  imports,
  type Kernel,
  kernels,
  packedKernel,
  type PassRows,
  type LaneType,
  readRows,
  takesScalars,
} from "./kernels.js";
import { encodeModule } from "../../wasm/module.js";
import { addressesOf, placesOf, runsOf, Space, type Value } from "./places.js";

export interface FunctionPlaces {
  /** The address of a state variable, or the number of a table that is kept outside of the memory. */
  readonly state: (name: string) => { readonly address: number } | { readonly table: number };
  /** The first address that is free. */
  readonly start: number;
  /** What lies below this address is there for every module of the memory. */
  readonly shared: number;
  /** Weights that a module of the memory has packed: their address by what they are. What is packed now is added. */
  readonly packed: Map<string, number>;
}

/** A value that lies together in the memory. */
export interface PlacedValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly address: number;
  readonly isFloat: boolean;
}

export interface SimdFunction {
  /**
   * Imports `memory` and {@link simdImports} from `env`. `prepare` computes what only state decides: after the data is in the memory,
   * and whenever state has changed. `run` computes the outputs from the inputs.
   */
  readonly module: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly PlacedValue[];
  readonly outputs: readonly PlacedValue[];
  /** What has to be in the memory before the first call. */
  readonly data: readonly { readonly address: number; readonly values: Float32Array | Int32Array }[];
  /** The first address that is free behind it. */
  readonly end: number;
}

/** Numbers of a vector. */
const vectorSize = 4;

/** Rows that a pass over packed weights takes, from many to one. */
const passRows: readonly PassRows[] = [4, 2, 1];

/** [matrices, rows, inner] × [matrices, inner, columns]. */
interface ProductSizes {
  readonly matrices: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** A value is copied run by run where its runs are as long as this on average, else number by number. */
const shortestRun = 6;

/** Writes a function without updates whose sizes are all numbers. Throws a {@link GraphError} for what cannot be said. */
export function writeSimdFunction(fn: GraphFunction, places: FunctionPlaces): SimdFunction {
  return new Writer(fn, places).write();
}

class Writer {
  readonly #space: Space;
  /** By their names, in the order of their indices. */
  readonly #kernels = new Map<string, { readonly index: number; readonly kernel: Kernel }>();
  readonly #prepare: Code[] = [];
  readonly #run: Code[] = [];
  readonly #inputs = new Map<string, PlacedValue>();
  readonly #data: { address: number; values: Float32Array | Int32Array }[] = [];
  readonly #values: (Value | undefined)[] = [];
  readonly #together = new WeakMap<Value, number>();
  /** Rows of tables that are only added up: they are read where they are added. */
  readonly #summed: ReadonlySet<ValueId>;

  constructor(
    readonly fn: GraphFunction,
    readonly places: FunctionPlaces,
  ) {
    this.#space = new Space(places.start);
    this.#summed = summedRows(fn, (id) => {
      const node = fn.nodes[id];
      return node?.op === "state" && "table" in places.state(node.attributes.name);
    });
  }

  write(): SimdFunction {
    if (this.fn.updates.length > 0) throw new GraphError(`\`${this.fn.name}\` changes state`);
    const live = liveValues(this.fn);
    this.fn.nodes.forEach((node, id) => {
      if (live.has(id) && !this.#summed.has(id)) this.#values[id] = this.#valueOf(node);
    });
    const outputs = this.fn.outputs.map(({ name, value }): PlacedValue => {
      const { shape, dtype } = this.#value(value);
      return { name, shape, address: this.#addressOf(this.#value(value)), isFloat: dtype === "float32" };
    });
    const called = [...this.#kernels.values()].map(({ kernel }) => kernel.write());
    const body = (code: readonly Code[], exported: string) => ({ inputs: 0, locals: [], body: joined(code), exported });
    const module = encodeModule({
      imports,
      pages: 1,
      functions: [...called, body(this.#prepare, "prepare"), body(this.#run, "run")],
    });
    return { module, inputs: [...this.#inputs.values()], outputs, data: this.#data, end: this.#space.end };
  }

  #value(id: ValueId): Value {
    const value = this.#values[id];
    if (value === undefined) throw new GraphError(`%${id} is read before it is known`);
    return value;
  }

  #input(node: GraphNode, at: number): Value {
    return this.#value(node.inputs[at] ?? -1);
  }

  #valueOf(node: GraphNode): Value {
    switch (node.op) {
      case "input":
        return this.#fed(node);
      case "state":
        return this.#state(node);
      case "constant":
        return this.#constant(node);
      case "reshape":
        return this.#moved(node, this.#input(node, 0));
      case "stopGradient":
        return this.#input(node, 0);
      case "broadcast": {
        const value = this.#input(node, 0);
        return this.#picked(node, value, broadcastIndices(value.shape, shapeOf(node)));
      }
      case "transpose": {
        const value = this.#input(node, 0);
        const strides = stridesOf(value.shape);
        const order = node.attributes.permutation.map((axis) => strides[axis] ?? 0);
        return this.#picked(node, value, indices(shapeOf(node), order));
      }
      case "slice":
        return this.#slice(node);
      case "concat":
      case "pad":
        return this.#joined(node);
      case "cast":
        return this.#cast(node);
      case "matmul":
        return this.#matmul(node);
      case "softmax": {
        const value = this.#input(node, 0);
        const count = value.shape.at(-1) ?? 1;
        return this.#computed(node, (out) => [
          kernels.softmax,
          this.#addressOf(value),
          out,
          value.elements / Math.max(count, 1),
          count,
        ]);
      }
      case "sum":
      case "max":
        return this.#reduced(node);
      case "gather":
        return this.#gathered(node);
      case "random":
      case "segmentSum":
      case "unique":
      case "uniqueIndex":
        throw new GraphError(`\`${node.op}\` cannot be said`);
      default:
        return this.#elementwise(node);
    }
  }

  #fed(node: NodeOf<"input">): Value {
    const { name } = node.attributes;
    const shape = shapeOf(node);
    const known = this.#inputs.get(name);
    const placed: PlacedValue = known ?? {
      name,
      shape,
      address: this.#space.take(sizeOfShape(shape)),
      isFloat: node.type.dtype === "float32",
    };
    this.#inputs.set(name, placed);
    return this.#at(node, placed.address, false);
  }

  #state(node: NodeOf<"state">): Value {
    const place = this.places.state(node.attributes.name);
    if ("address" in place) return this.#at(node, place.address, true);
    return { ...this.#at(node, 0, true), places: { kind: "outside", table: place.table } };
  }

  #constant(node: NodeOf<"constant">): Value {
    const { type, value } = node.attributes;
    const elements = sizeOfShape(shapeOf(node));
    const values = type.dtype === "float32" ? new Float32Array(elements) : new Int32Array(elements);
    if (typeof value === "number") values.fill(value);
    else values.set(value);
    return this.#at(node, this.#given(values), true);
  }

  /** Puts numbers into the memory before the first call; their address. */
  #given(values: Float32Array | Int32Array): number {
    const address = this.#space.take(values.length);
    this.#data.push({ address, values });
    return address;
  }

  #at(node: GraphNode, address: number, isFixed: boolean): Value {
    const shape = shapeOf(node);
    return {
      dtype: node.type.dtype,
      shape,
      elements: sizeOfShape(shape),
      places: { kind: "run", address },
      isFixed,
    };
  }

  /** The same numbers as another value, in another shape or read as another type. */
  #moved(node: GraphNode, value: Value): Value {
    if (value.places.kind === "outside") throw new GraphError("a large table is read as a whole");
    return { ...value, dtype: node.type.dtype, shape: shapeOf(node) };
  }

  /** Numbers of another value, by their index in it. */
  #picked(node: GraphNode, value: Value, from: Int32Array): Value {
    const addresses = addressesOf(value);
    return this.#spread(
      node,
      from.map((index) => addresses[index] ?? 0),
      value.isFixed,
    );
  }

  #spread(node: GraphNode, addresses: Int32Array, isFixed: boolean): Value {
    return { ...this.#at(node, 0, isFixed), places: placesOf(addresses) };
  }

  #slice(node: NodeOf<"slice">): Value {
    const { axis, begin } = node.attributes;
    const value = this.#input(node, 0);
    const strides = stridesOf(value.shape);
    const first = begin * (strides[axis] ?? 0);
    return this.#picked(
      node,
      value,
      indices(shapeOf(node), strides).map((index) => index + first),
    );
  }

  /** Parts beside one another along an axis; those of `pad` are zeros and its input. */
  #joined(node: NodeOf<"concat"> | NodeOf<"pad">): Value {
    const shape = shapeOf(node);
    const { axis } = node.attributes;
    const inner = sizeOfShape(shape.slice(axis + 1));
    const size = (shape[axis] ?? 0) * inner;
    const addresses = new Int32Array(sizeOfShape(shape));
    const inputs = node.inputs.map((_, at) => this.#input(node, at));
    let begin = 0;
    if (node.op === "pad") {
      addresses.fill(this.#given(new Float32Array(1)));
      begin = node.attributes.before * inner;
    }
    for (const input of inputs) {
      const own = (input.shape[axis] ?? 0) * inner;
      const from = addressesOf(input);
      for (let at = 0; own > 0 && at < from.length; at += own)
        addresses.set(from.subarray(at, at + own), (at / own) * size + begin);
      begin += own;
    }
    return this.#spread(
      node,
      addresses,
      inputs.every(({ isFixed }) => isFixed),
    );
  }

  #cast(node: NodeOf<"cast">): Value {
    const value = this.#input(node, 0);
    const name = castName(value.dtype === "float32", node.type.dtype);
    if (name === undefined || value.dtype === node.type.dtype) return this.#moved(node, value);
    return this.#computed(node, (out) => [kernels[name], this.#addressOf(value), out, value.elements]);
  }

  #matmul(node: NodeOf<"matmul">): Value {
    const { transposeA, transposeB } = node.attributes;
    const a = transposeA ? swapped(this.#input(node, 0)) : this.#input(node, 0);
    const b = this.#input(node, 1);
    const shape = shapeOf(node);
    const [rows = 1, columns = 1] = shape.slice(-2);
    const inner = a.shape.at(-1) ?? 0;
    if (inner === 0) throw new GraphError("a product over no columns");
    const matrices = sizeOfShape(shape.slice(0, -2));
    const sizes = [matrices, rows, inner, columns];
    // A single column lies as its transpose does.
    if (columns === 1 || (transposeB && !b.isFixed))
      return this.#computed(node, (out) => [
        kernels.matmulOfRows,
        this.#addressOf(a),
        this.#addressOf(b),
        out,
        ...sizes,
      ]);
    const weights = transposeB ? swapped(b) : b;
    if (!b.isFixed || a.isFixed)
      return this.#computed(node, (out) => [
        kernels.matmul,
        this.#addressOf(a),
        this.#addressOf(weights),
        out,
        ...sizes,
      ]);
    return this.#ofWeights(node, a, weights, { matrices, rows, inner, columns });
  }

  /** A product with weights, which are packed once. */
  #ofWeights(node: NodeOf<"matmul">, a: Value, weights: Value, sizes: ProductSizes): Value {
    const { matrices, rows, inner, columns } = sizes;
    const value = this.#at(node, this.#space.take(matrices * rows * columns), false);
    if (value.elements === 0) return value;
    const packed = this.#packed(weights, sizes);
    const [from, to] = [this.#addressOf(a), this.#addressOf(value)];
    const [rowOfA, rowOfValue] = [numberBytes * inner, numberBytes * columns];
    if (columns % vectorSize !== 0) {
      // A row is written past its end: the next one has to come after it.
      const matrixOfB = numberBytes * inner * paddedColumns(columns);
      for (let row = 0; row < matrices * rows; row += 1)
        this.#call(
          false,
          packedKernel(1, inner),
          from + row * rowOfA,
          packed + Math.floor(row / rows) * matrixOfB,
          to + row * rowOfValue,
          1,
          1,
          columns,
          0,
          0,
        );
      return value;
    }
    let done = 0;
    for (const each of passRows) {
      const blocks = Math.floor((rows - done) / each);
      const places = [from + done * rowOfA, packed, to + done * rowOfValue];
      const counts = [matrices, blocks, columns, rows * rowOfA, rows * rowOfValue];
      if (blocks > 0) this.#call(false, packedKernel(each, inner), ...places, ...counts);
      done += blocks * each;
    }
    return value;
  }

  /** The address of weights in the order in which a product reads them. */
  #packed(weights: Value, { matrices, inner, columns }: ProductSizes): number {
    const key = weights.places.kind === "run" ? `${weights.places.address}:${matrices}:${inner}:${columns}` : undefined;
    const known = key === undefined ? undefined : this.places.packed.get(key);
    if (known !== undefined) return known;
    const from = this.#addressOf(weights);
    const address = this.#space.take(matrices * inner * paddedColumns(columns));
    this.#call(true, kernels.pack, from, address, matrices, inner, columns);
    // Weights of the state lie where they do for every size.
    if (key !== undefined && from < this.places.shared) this.places.packed.set(key, address);
    return address;
  }

  #reduced(node: NodeOf<"sum"> | NodeOf<"max">): Value {
    const rows = this.fn.nodes[node.inputs[0] ?? -1];
    if (rows?.op === "gather" && this.#summed.has(node.inputs[0] ?? -1)) return this.#sumOfRows(node, rows);
    const value = this.#input(node, 0);
    const { axes } = node.attributes;
    if (axes.length === 0) return this.#moved(node, value);
    if (value.dtype !== "float32") throw new GraphError(`\`${node.op}\` of ${value.dtype}`);
    const sorted = [...axes].sort((a, b) => a - b);
    const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
    const isBlock = last - first + 1 === sorted.length;
    const [outer, count, inner] = isBlock
      ? [value.shape.slice(0, first), value.shape.slice(first, last + 1), value.shape.slice(last + 1)].map(sizeOfShape)
      : [
          sizeOfShape(value.shape.filter((_, axis) => !axes.includes(axis))),
          sizeOfShape(sorted.map((axis) => value.shape[axis] ?? 1)),
          1,
        ];
    if (count === 0) throw new GraphError(`\`${node.op}\` of nothing`);
    const source = isBlock ? value : withLast(value, sorted);
    return this.#computed(node, (out) => [
      kernels[node.op],
      this.#addressOf(source),
      out,
      outer ?? 1,
      count ?? 1,
      inner ?? 1,
    ]);
  }

  /** Rows of a table [V, D] for ids [B, K], added up to [B, D]. */
  #sumOfRows(node: GraphNode, gather: NodeOf<"gather">): Value {
    const [table, ids] = [this.#input(gather, 0), this.#input(gather, 1)];
    const [rows = 0, width = 0] = table.shape;
    const [count = 0, features = 0] = ids.shape;
    const value = this.#at(node, this.#space.take(count * width), false);
    if (value.elements === 0) return value;
    const places = [this.#addressOf(table), this.#addressOf(ids), this.#space.take(features), this.#addressOf(value)];
    this.#call(false, kernels.gatherSum, ...places, count, features, width, rows);
    return value;
  }

  #gathered(node: NodeOf<"gather">): Value {
    const [table, ids] = [this.#input(node, 0), this.#input(node, 1)];
    const [rows = 0, ...row] = table.shape;
    const width = sizeOfShape(row);
    if (table.places.kind !== "outside")
      return this.#computed(node, (out) => [
        kernels.gather,
        this.#addressOf(table),
        this.#addressOf(ids),
        out,
        ids.elements,
        width,
        rows,
      ]);
    const value = this.#at(node, this.#space.take(ids.elements * width), false);
    const { table: number } = table.places;
    // State outside may change without a word to this module: such rows are read in every call.
    if (value.elements > 0)
      this.#run.push(readRows(number, this.#addressOf(ids), this.#addressOf(value), ids.elements));
    return value;
  }

  #elementwise(node: GraphNode): Value {
    const inputs = node.inputs.map((_, at) => this.#input(node, at));
    const shape = shapeOf(node);
    const elements = sizeOfShape(shape);
    const type: LaneType = inputs.at(-1)?.dtype === "float32" ? "float" : "int";
    const operands = inputs.map((input) => {
      if (input.elements === elements) return { value: input, isScalar: false };
      if (input.elements === 1 && takesScalars(node.op)) return { value: input, isScalar: true };
      const from = addressesOf(input);
      const addresses = broadcastIndices(input.shape, shape).map((index) => from[index] ?? 0);
      return { value: { ...input, shape, elements, places: placesOf(addresses) }, isScalar: false };
    });
    const kernel = elementwiseKernel(
      node.op,
      type,
      operands.map(({ isScalar }) => isScalar),
    );
    if (kernel === undefined) throw new GraphError(`\`${node.op}\` of ${type} cannot be said`);
    return this.#computed(node, (out) => [
      kernel,
      ...operands.map(({ value }) => this.#addressOf(value)),
      out,
      elements,
    ]);
  }

  /** What a kernel computes into room of its own: in every call, or once where all its inputs are fixed. */
  #computed(node: GraphNode, write: (out: number) => readonly [Kernel, ...number[]]): Value {
    const isFixed = node.inputs.every((_, at) => this.#input(node, at).isFixed);
    const address = this.#space.take(sizeOfShape(shapeOf(node)));
    const value = this.#at(node, address, isFixed);
    if (value.elements === 0) return value;
    const [kernel, ...inputs] = write(address);
    this.#call(isFixed, kernel, ...inputs);
    return value;
  }

  #call(isFixed: boolean, kernel: Kernel, ...inputs: readonly number[]): void {
    const { index } = this.#kernels.get(kernel.name) ?? { index: this.#kernels.size };
    this.#kernels.set(kernel.name, { index, kernel });
    (isFixed ? this.#prepare : this.#run).push(call(imports.length + index, ...inputs.map(i32.const)));
  }

  /** Where the numbers of a value lie together: copied there unless they do. */
  #addressOf(value: Value): number {
    const { places, isFixed, elements } = value;
    if (places.kind === "run") return places.address;
    const known = this.#together.get(value);
    if (known !== undefined) return known;
    const addresses = addressesOf(value);
    const address = this.#space.take(elements);
    const runs = runsOf(addresses);
    if (elements / runs.length >= shortestRun)
      for (const { at, count } of runs)
        this.#call(isFixed, kernels.copy, addresses[at] ?? 0, address + at * numberBytes, count);
    else this.#call(isFixed, kernels.take, this.#given(addresses), address, elements);
    this.#together.set(value, address);
    return address;
  }
}

/** Rows of a table that lies in the memory, [B, K, D], that nothing reads but their sum over K. */
function summedRows(fn: GraphFunction, isOutside: (id: ValueId) => boolean): ReadonlySet<ValueId> {
  const readers = readersOf(fn);
  const isSummed = (node: GraphNode, id: ValueId): boolean => {
    const [reader, ...others] = readersIn(readers, id);
    if (node.op !== "gather" || reader?.node.op !== "sum" || others.length > 0) return false;
    const shape = node.type.shape;
    const [axis, ...more] = reader.node.attributes.axes;
    return node.type.dtype === "float32" && shape.length === 3 && shape[1] !== 0 && axis === 1 && more.length === 0;
  };
  return new Set(fn.nodes.flatMap((node, id) => (isSummed(node, id) && !isOutside(node.inputs[0] ?? -1) ? [id] : [])));
}

/** Columns of packed weights: whole vectors. */
function paddedColumns(columns: number): number {
  return Math.ceil(columns / vectorSize) * vectorSize;
}

/** The sizes of a node's value. Throws where one is not known. */
function shapeOf({ op, type }: { readonly op: OpName; readonly type: { readonly shape: Shape } }): readonly number[] {
  return type.shape.map((size) => {
    if (typeof size === "number") return size;
    throw new GraphError(`the size ${size} of \`${op}\` is not known`);
  });
}

/** The last two axes in each other's place. */
function swapped(value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const [a = 0, b = 0] = axes.slice(-2);
  return permuted(value, [...axes.slice(0, -2), b, a]);
}

/** The given axes behind the others. */
function withLast(value: Value, last: readonly number[]): Value {
  const axes = value.shape.map((_, axis) => axis);
  return permuted(value, [...axes.filter((axis) => !last.includes(axis)), ...last]);
}

function permuted(value: Value, permutation: readonly number[]): Value {
  const strides = stridesOf(value.shape);
  const shape = permutation.map((axis) => value.shape[axis] ?? 1);
  const addresses = addressesOf(value);
  const from = indices(
    shape,
    permutation.map((axis) => strides[axis] ?? 0),
  );
  return { ...value, shape, places: placesOf(from.map((index) => addresses[index] ?? 0)) };
}

/** The kernel of a cast; undefined where the numbers stay what they are. */
function castName(isFloat: boolean, to: "float32" | "int32" | "bool"): CastName | undefined {
  switch (to) {
    case "float32":
      return isFloat ? undefined : "intToFloat";
    case "int32":
      return isFloat ? "floatToInt" : undefined;
    case "bool":
      return isFloat ? "floatToBool" : "intToBool";
  }
}
