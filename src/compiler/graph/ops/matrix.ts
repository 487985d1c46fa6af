/** Matrix products, softmax and reductions. */
import { formatType, sameShape } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { Dim, TensorType } from "../graph.js";
import { indices, sizeOfShape, stridesOf, type Tensor } from "../tensor.js";
import { at, flopsPerInput, type OpRow, requireAxis, requireDType } from "./op.js";

interface MatrixSide {
  readonly batch: readonly Dim[];
  readonly rows: Dim;
  readonly columns: Dim;
}

/** The last two axes as they enter the product. */
function matrixSide(type: TensorType, transposed: boolean): MatrixSide {
  const { shape } = type;
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) throw new GraphError(`needs matrices, has ${formatType(type)}`);
  const batch = shape.slice(0, -2);
  return transposed ? { batch, rows: columns, columns: rows } : { batch, rows, columns };
}

const matmul: OpRow<"matmul"> = {
  arity: 2,
  flops: ({ attributes: { transposeA }, inputs, output, count }) =>
    2 * count(output.shape) * count([matrixSide(at(inputs, 0), transposeA).columns]),
  compilable: true,
  foldable: true,
  infer: (inputs, { transposeA, transposeB }) => {
    for (const input of inputs) requireDType(input, "float32");
    const a = matrixSide(at(inputs, 0), transposeA);
    const b = matrixSide(at(inputs, 1), transposeB);
    if (!sameShape(a.batch, b.batch) || a.columns !== b.rows) {
      const marks = [transposeA, transposeB].map((transposed) => (transposed ? "ᵀ" : ""));
      throw new GraphError(
        `needs equal leading sizes and as many columns as rows, has ${formatType(at(inputs, 0))}${marks[0]} and ${formatType(at(inputs, 1))}${marks[1]}`,
      );
    }
    return { dtype: "float32", shape: [...a.batch, a.rows, b.columns] };
  },
  gradient: ({ builder, inputs, attributes: { transposeA, transposeB }, upstream }) => {
    const [a, b] = [at(inputs, 0), at(inputs, 1)];
    return [
      () =>
        transposeA
          ? builder.matmul(b, upstream, { transposeA: transposeB, transposeB: true })
          : builder.matmul(upstream, b, { transposeB: !transposeB }),
      () =>
        transposeB
          ? builder.matmul(upstream, a, { transposeA: true, transposeB: transposeA })
          : builder.matmul(a, upstream, { transposeA: !transposeA }),
    ];
  },
  evaluate: (inputs, { transposeA, transposeB }) => {
    const [a, b] = [at(inputs, 0), at(inputs, 1)];
    const batch = a.shape.slice(0, -2);
    const [aRows = 1, aColumns = 1] = a.shape.slice(-2);
    const [bRows = 1, bColumns = 1] = b.shape.slice(-2);
    const [rows, inner] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
    const columns = transposeB ? bRows : bColumns;
    const [aRow, aInner] = transposeA ? [1, aColumns] : [aColumns, 1];
    const [bInner, bColumn] = transposeB ? [1, bColumns] : [bColumns, 1];
    const matrices = sizeOfShape(batch);
    const data = new Float64Array(matrices * rows * columns);
    for (let matrix = 0; matrix < matrices; matrix += 1) {
      for (let row = 0; row < rows; row += 1) {
        const out = (matrix * rows + row) * columns;
        for (let k = 0; k < inner; k += 1) {
          const left = a.data[matrix * rows * inner + row * aRow + k * aInner] ?? 0;
          const from = matrix * inner * columns + k * bInner;
          for (let column = 0; column < columns; column += 1) {
            data[out + column] = (data[out + column] ?? 0) + left * (b.data[from + column * bColumn] ?? 0);
          }
        }
      }
    }
    return { dtype: "float32", shape: [...batch, rows, columns], data };
  },
};

const softmax: OpRow<"softmax"> = {
  arity: 1,
  // Find the largest, subtract it, exponential, sum, divide.
  flops: ({ output, count }) => 5 * count(output.shape),
  compilable: true,
  foldable: true,
  infer: (inputs) => {
    requireDType(at(inputs, 0), "float32");
    requireAxis(at(inputs, 0), at(inputs, 0).shape.length - 1);
    return at(inputs, 0);
  },
  // yᵀ(g − (g·y)): the derivative of a softmax by its own result.
  gradient: ({ builder, output, upstream }) => [
    () => {
      const last = builder.type(output).shape.length - 1;
      const along = builder.sum(builder.mul(upstream, output), { axes: [last], keepDims: true });
      return builder.mul(output, builder.sub(upstream, along));
    },
  ],
  evaluate: (inputs) => {
    const x = at(inputs, 0);
    const width = x.shape.at(-1) ?? 1;
    const data = Float64Array.from(x.data);
    for (let start = 0; start < data.length; start += width) {
      const row = data.subarray(start, start + width);
      const highest = row.reduce((most, value) => Math.max(most, value), -Infinity);
      let total = 0;
      for (let index = 0; index < width; index += 1) {
        row[index] = Math.exp((row[index] ?? 0) - highest);
        total += row[index] ?? 0;
      }
      for (let index = 0; index < width; index += 1) row[index] = (row[index] ?? 0) / total;
    }
    return { dtype: "float32", shape: x.shape, data };
  },
};

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

function inferReduction(inputs: readonly TensorType[], { axes, keepDims }: Reduction): TensorType {
  const x = at(inputs, 0);
  requireDType(x, "float32");
  axes.forEach((axis, index) => {
    requireAxis(x, axis);
    if (axes.indexOf(axis) !== index) throw new GraphError(`names axis ${axis} twice`);
  });
  return { dtype: "float32", shape: reducedShape(x.shape, axes, keepDims) };
}

function reducedShape<D extends Dim>(shape: readonly D[], axes: readonly number[], keepDims: boolean): (D | 1)[] {
  return shape.flatMap((dim, axis): (D | 1)[] => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim]));
}

function reduce(
  x: Tensor,
  { axes, keepDims }: Reduction,
  initial: number,
  combine: (total: number, value: number) => number,
): Tensor {
  const kept = reducedShape(x.shape, axes, true);
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const into = indices(x.shape, strides);
  const data = new Float64Array(sizeOfShape(kept)).fill(initial);
  x.data.forEach((value, element) => {
    const index = into[element] ?? 0;
    data[index] = combine(data[index] ?? 0, value);
  });
  return { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepDims), data };
}

export const matrixOps = {
  matmul,
  softmax,
  sum: {
    arity: 1,
    flops: flopsPerInput,
    compilable: true,
    foldable: true,
    infer: inferReduction,
    gradient: ({ builder, inputs, attributes: { axes }, upstream }) => [
      () => {
        const { shape } = builder.type(at(inputs, 0));
        return builder.broadcast(builder.reshape(upstream, reducedShape(shape, axes, true)), shape);
      },
    ],
    evaluate: (inputs, attributes) => reduce(at(inputs, 0), attributes, 0, (total, value) => total + value),
  } satisfies OpRow<"sum">,
  max: {
    arity: 1,
    flops: flopsPerInput,
    compilable: true,
    foldable: true,
    infer: inferReduction,
    // Equal maxima share the gradient equally.
    gradient: ({ builder, inputs, attributes: { axes }, output, upstream }) => [
      () => {
        const x = at(inputs, 0);
        const kept = reducedShape(builder.type(x).shape, axes, true);
        const highest = builder.cast(builder.equal(x, builder.reshape(output, kept)), "float32");
        const share = builder.div(builder.reshape(upstream, kept), builder.sum(highest, { axes, keepDims: true }));
        return builder.mul(highest, share);
      },
    ],
    evaluate: (inputs, attributes) => reduce(at(inputs, 0), attributes, -Infinity, Math.max),
  } satisfies OpRow<"max">,
};
