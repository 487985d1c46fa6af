/** Ops that read and write rows by their ids. */
import { formatType, sameShape } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { TensorType } from "../graph.js";
import { sizeOfShape, type Tensor } from "../tensor.js";
import { at, flopsPerInput, noFlops, type OpRow, requireDType } from "./op.js";

function requireIds(ids: TensorType): void {
  requireDType(ids, "int32");
  if (ids.shape.length !== 1) throw new GraphError(`needs a list of ids, has ${formatType(ids)}`);
}

function requireRows(table: TensorType): void {
  if (table.shape.length === 0) throw new GraphError(`needs rows, has ${formatType(table)}`);
}

function checkId(id: number, count: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= count) throw new GraphError(`id ${id} is outside of [0, ${count})`);
}

/** The distinct values in order of first appearance, and each element's index among them. */
function distinct(ids: Tensor): { readonly values: readonly number[]; readonly index: Float64Array } {
  const found = new Map<number, number>();
  const index = ids.data.map((id) => {
    const position = found.get(id) ?? found.size;
    found.set(id, position);
    return position;
  });
  return { values: [...found.keys()], index };
}

export const indexingOps = {
  gather: {
    arity: 2,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs) => {
      const [table, ids] = [at(inputs, 0), at(inputs, 1)];
      requireDType(table, "float32", "int32");
      requireRows(table);
      requireDType(ids, "int32");
      return { dtype: table.dtype, shape: [...ids.shape, ...table.shape.slice(1)] };
    },
    // Dense: a whole table of sums. `autodiff.ts` has the sparse form.
    gradient: ({ builder, inputs, upstream }) => {
      const [table, ids] = [at(inputs, 0), at(inputs, 1)];
      return [
        () => {
          const { shape } = builder.type(table);
          const rows = builder.flattenRows(upstream, builder.type(ids).shape.length);
          return builder.segmentSum(rows, builder.flatten(ids), at(shape, 0));
        },
        undefined,
      ];
    },
    evaluate: (inputs) => {
      const [table, ids] = [at(inputs, 0), at(inputs, 1)];
      const width = sizeOfShape(table.shape.slice(1));
      const data = new Float64Array(ids.data.length * width);
      ids.data.forEach((id, row) => {
        checkId(id, table.shape[0] ?? 0);
        data.set(table.data.subarray(id * width, (id + 1) * width), row * width);
      });
      return { dtype: table.dtype, shape: [...ids.shape, ...table.shape.slice(1)], data };
    },
  } satisfies OpRow<"gather">,

  segmentSum: {
    arity: 2,
    flops: flopsPerInput,
    // Compilers for CPUs turn a sum by segment into a loop over single rows.
    compilable: false,
    foldable: true,
    missingIn: ["tfjs", "onnx", "simd"],
    infer: (inputs, { count }) => {
      const [values, ids] = [at(inputs, 0), at(inputs, 1)];
      requireDType(values, "float32");
      requireRows(values);
      requireIds(ids);
      if (!sameShape(values.shape.slice(0, 1), ids.shape)) {
        throw new GraphError(`needs an id for each row, has ${formatType(values)} and ${formatType(ids)}`);
      }
      return { dtype: "float32", shape: [count, ...values.shape.slice(1)] };
    },
    gradient: ({ builder, inputs, upstream }) => [() => builder.gather(upstream, at(inputs, 1)), undefined],
    evaluate: (inputs, attributes, context) => {
      const [values, ids] = [at(inputs, 0), at(inputs, 1)];
      const inner = values.shape.slice(1);
      const width = sizeOfShape(inner);
      const count = at(context.sizes([attributes.count]), 0);
      const data = new Float64Array(count * width);
      ids.data.forEach((id, row) => {
        checkId(id, count);
        for (let column = 0; column < width; column += 1) {
          data[id * width + column] = (data[id * width + column] ?? 0) + (values.data[row * width + column] ?? 0);
        }
      });
      return { dtype: "float32", shape: [count, ...inner], data };
    },
    mapDims: ({ count }, map) => ({ count: map(count) }),
  } satisfies OpRow<"segmentSum">,

  unique: {
    arity: 1,
    flops: noFlops,
    compilable: false,
    foldable: false,
    missingIn: ["onnx", "simd"],
    infer: (inputs, { dim }) => {
      requireIds(at(inputs, 0));
      return { dtype: "int32", shape: [dim] };
    },
    gradient: () => [undefined],
    evaluate: (inputs, { dim }, context) => {
      const { values } = distinct(at(inputs, 0));
      context.bind(dim, values.length);
      return { dtype: "int32", shape: [values.length], data: Float64Array.from(values) };
    },
  } satisfies OpRow<"unique">,

  uniqueIndex: {
    arity: 1,
    flops: noFlops,
    compilable: false,
    foldable: true,
    missingIn: ["onnx", "simd"],
    infer: (inputs) => {
      requireIds(at(inputs, 0));
      return at(inputs, 0);
    },
    gradient: () => [undefined],
    evaluate: (inputs) => ({ ...at(inputs, 0), data: distinct(at(inputs, 0)).index }),
  } satisfies OpRow<"uniqueIndex">,
};
