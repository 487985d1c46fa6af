/** An ONNX graph under construction: unique readable names, typed attributes, constants made once, sizes of this call. */
import type { Dim, DType, Shape } from "../../graph/graph.js";
import { factorOf, symbolsOf } from "../../graph/dims.js";
import {
  type AttributeProto,
  AttributeType,
  ElementType,
  type ElementTypeName,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./proto.js";

/** Name of a tensor. */
export type TensorName = string;

export interface NodeOptions {
  /** Wanted name of its result; a number is appended when it is taken. */
  readonly name?: string;
  /** Absent: ONNX's own. */
  readonly domain?: string;
}

export class NodeList {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #names: Set<string>;
  readonly #shared = new Map<string, TensorName>();
  readonly #sizes = new Map<string, { readonly tensor: TensorName; readonly axis: number }>();

  /** `reserved`: names that only the graph's inputs and outputs have. */
  constructor(reserved: readonly string[]) {
    this.#names = new Set(reserved);
  }

  get nodes(): readonly NodeProto[] {
    return this.#nodes;
  }

  get initializers(): readonly TensorProto[] {
    return this.#initializers;
  }

  /** Appends a node of one result and returns its name. */
  add(
    opType: string,
    input: readonly TensorName[],
    attribute: readonly AttributeProto[] = [],
    { name, domain }: NodeOptions = {},
  ): TensorName {
    const output = this.uniqueName(name ?? opType);
    this.addNamed(opType, input, output, attribute, domain);
    return output;
  }

  /** {@link add} with a result of a reserved name. */
  addNamed(
    opType: string,
    input: readonly TensorName[],
    output: TensorName,
    attribute: readonly AttributeProto[] = [],
    domain?: string,
  ): void {
    const node = { input, output: [output], name: output, opType, attribute };
    this.#nodes.push(domain === undefined ? node : { ...node, domain });
  }

  uniqueName(wanted: string): TensorName {
    const base = wanted.replace(/[^A-Za-z0-9_./]/g, "_");
    let name = base;
    for (let count = 1; this.#names.has(name); count += 1) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** A tensor that the file holds. */
  initializer(tensor: Omit<TensorProto, "name">, wanted: string): TensorName {
    const name = this.uniqueName(wanted);
    this.#initializers.push({ name, ...tensor });
    return name;
  }

  /** A small constant; equal ones are one tensor. A `number` is a scalar. */
  constant(dtype: "float32" | "int32" | "int64" | "bool" | "float64", values: number | readonly number[]): TensorName {
    const isScalar = typeof values === "number";
    return this.constantOf(dtype, isScalar ? [] : [values.length], isScalar ? [values] : values);
  }

  /** {@link constant} of any shape; `values` in row-major order. */
  constantOf(
    dtype: Exclude<ElementTypeName, "string">,
    dims: readonly number[],
    values: readonly number[],
  ): TensorName {
    const key = JSON.stringify([dtype, dims, values.map((value) => (Object.is(value, -0) ? "-0" : String(value)))]);
    return this.#once(key, () =>
      this.initializer({ dims, dataType: ElementType[dtype], rawData: bytesOf(dtype, values) }, "constant"),
    );
  }

  /** Says where the size of a symbolic dimension can be read. */
  bindSize(name: string, tensor: TensorName, axis: number): void {
    if (!this.#sizes.has(name)) this.#sizes.set(name, { tensor, axis });
  }

  /** The size as an int64 [1]. Throws for a dimension that no input has. */
  size(dim: Dim): TensorName {
    if (typeof dim === "number") return this.constant("int64", [dim]);
    return this.#once(`size ${dim}`, () => {
      const factors = symbolsOf(dim).map((name) => this.#sizeOf(name));
      const factor = factorOf(dim);
      const parts = factor === 1 ? factors : [this.constant("int64", [factor]), ...factors];
      return parts.reduce((product, part) => this.add("Mul", [product, part], [], { name: "size" }));
    });
  }

  #sizeOf(name: string): TensorName {
    const found = this.#sizes.get(name);
    if (found === undefined) throw new Error(`no input has the size \`${name}\``);
    const { tensor, axis } = found;
    return this.#once(`size ${name}`, () =>
      this.add("Shape", [tensor], [intAttribute("start", axis), intAttribute("end", axis + 1)], { name }),
    );
  }

  /** A shape as an int64 tensor. */
  shape(shape: Shape): TensorName {
    const known = shape.filter((size) => typeof size === "number");
    if (known.length === shape.length) return this.constant("int64", known);
    if (shape.length === 1) return this.size(shape[0] ?? 0);
    return this.#once(`shape ${JSON.stringify(shape)}`, () =>
      this.add(
        "Concat",
        shape.map((size) => this.size(size)),
        [intAttribute("axis", 0)],
        { name: "shape" },
      ),
    );
  }

  #once(key: string, make: () => TensorName): TensorName {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }
}

/** Elements as a file of tensors holds them. */
function bytesOf(dtype: Exclude<ElementTypeName, "string">, values: readonly number[]): Uint8Array {
  switch (dtype) {
    case "float32":
      return new Uint8Array(Float32Array.from(values).buffer);
    case "float64":
      return new Uint8Array(Float64Array.from(values).buffer);
    case "int32":
      return new Uint8Array(Int32Array.from(values).buffer);
    case "int64":
      return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    case "bool":
      return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
  }
}

export const intAttribute = (name: string, i: number): AttributeProto => ({ name, type: AttributeType.int, i });
export const intsAttribute = (name: string, ints: readonly number[]): AttributeProto => ({
  name,
  type: AttributeType.ints,
  ints,
});

/** An input or output of a graph. Sizes that are not known have their name. */
export function valueInfo(name: string, dtype: ElementTypeName, shape: Shape): ValueInfoProto {
  const dim = shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: ElementType[dtype], shape: { dim } } } };
}

export const elementTypeOf = (dtype: DType): number => ElementType[dtype];
