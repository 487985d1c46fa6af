/** What a function is fed, checked against its types; the same for every engine. */
import type { DType, TensorType } from "../../compiler/graph/graph.js";
import type { FunctionInput } from "../../compiler/graph/reads.js";
import { sizeOfShape } from "../../compiler/graph/tensor.js";
import type { HostTensor } from "./engine.js";

/** The feeds in the order of `inputs`, and the size of each symbolic dimension. Throws when one is missing or misshapen. */
export function checkFeeds(
  fn: string,
  inputs: readonly FunctionInput[],
  feeds: Readonly<Record<string, HostTensor>>,
): { readonly tensors: readonly HostTensor[]; readonly sizes: ReadonlyMap<string, number> } {
  const sizes = new Map<string, number>();
  const tensors = inputs.map(({ name, type }) => {
    const feed = feeds[name];
    if (feed === undefined) throw new Error(`\`${fn}\` needs the input \`${name}\``);
    checkTensor(`input \`${name}\` of \`${fn}\``, type, feed, sizes);
    return feed;
  });
  return { tensors, sizes };
}

/** Throws unless the tensor has the type; binds symbolic dimensions in `sizes`. */
export function checkTensor(what: string, type: TensorType, value: HostTensor, sizes: Map<string, number>): void {
  const found = `[${value.shape.join(", ")}]`;
  const wanted = `[${type.shape.join(", ")}]`;
  if (value.shape.length !== type.shape.length) throw new Error(`${what} has shape ${found}; it is ${wanted}`);
  type.shape.forEach((size, axis) => {
    const actual = value.shape[axis] ?? 0;
    const expected = typeof size === "number" ? size : (sizes.get(size) ?? actual);
    if (typeof size === "string") sizes.set(size, expected);
    if (actual !== expected) throw new Error(`${what} has shape ${found}; it is ${wanted} with ${size} = ${expected}`);
  });
  const elements = value.shape.reduce((product, size) => product * size, 1);
  if (value.data.length !== elements) {
    throw new Error(`${what} has ${value.data.length} elements; its shape ${found} has ${elements}`);
  }
  const isFloat = value.data instanceof Float32Array;
  if (isFloat !== (type.dtype === "float32")) {
    throw new Error(`${what} is ${isFloat ? "a Float32Array" : "an Int32Array"}; it is of ${type.dtype}`);
  }
}

/** A tensor of zeros of a type with known sizes. */
export function zeroTensor(dtype: DType, shape: readonly number[]): HostTensor {
  const size = sizeOfShape(shape);
  return { shape, data: dtype === "float32" ? new Float32Array(size) : new Int32Array(size) };
}
