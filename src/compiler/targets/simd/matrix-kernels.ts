/** Kernels of products of matrices. */
import { type Code, doWhile, f32, f32x4, i32, type Local, v128, when, whileTrue } from "../../wasm/instructions.js";
import { advance, bytes, kernel, lanesBytes, numberBytes, sum, zeros } from "../../wasm/kernel.js";
import type { ModuleFunction } from "../../wasm/module.js";

/**
 * Vectors of four columns that one pass over the rows of a matrix sums at once, then fewer for what is left. Compilers load all of a step
 * before they multiply: with eight sums, one of them is kept in memory.
 */
const columnSteps = [6, 4, 2, 1] as const;

/** Four columns each: as many vectors as a step has, done as often as they fit into `left`, which counts down with `place`. */
export function eachPanel(left: Local, place: Local, panel: (vectors: number) => Code): Code {
  const counted = (vectors: number): Code => [
    ...panel(vectors),
    ...advance(place, vectors * lanesBytes),
    ...advance(left, -vectors),
  ];
  const [most, ...fewer] = columnSteps;
  return [
    ...whileTrue(i32.atLeastUnsigned(left.get, i32.const(most)), counted(most)),
    ...fewer.flatMap((vectors) => when(i32.and(left.get, i32.const(vectors)), counted(vectors))),
  ];
}

export const vectorsOf = (columns: Local): Code =>
  i32.shiftRightUnsigned(i32.add(columns.get, i32.const(3)), i32.const(2));

/** Where a product of rows is: `a` and `b` go on, `matrices` counts down. */
interface RowLoop {
  readonly a: Local;
  readonly b: Local;
  readonly matrices: Local;
  readonly rows: Local;
  readonly columns: Local;
  readonly innerBytes: Local;
  /** Counts the rows of a matrix. */
  readonly row: Local;
}

/** Does `body` for each row of each matrix of `a`. */
function eachRow({ a, b, matrices, rows, columns, innerBytes, row }: RowLoop, body: Code): Code {
  return doWhile(
    [
      ...row.set(rows.get),
      ...doWhile([...body, ...a.set(i32.add(a.get, innerBytes.get)), ...advance(row, -1)], row.get),
      ...b.set(i32.add(b.get, i32.mul(innerBytes.get, columns.get))),
      ...advance(matrices, -1),
    ],
    matrices.get,
  );
}

/** (a, b, out, matrices, rows, inner, columns): [matrices, rows, inner] × [matrices, inner, columns]. */
export const matmul = kernel(7, ([a, b, out, matrices, rows, inner, columns], { local }) => {
  const ints = (): Local => local("i32");
  const [columnBytes, at, weight, end, place, left] = [ints(), ints(), ints(), ints(), ints(), ints()];
  const [innerBytes, row] = [ints(), ints()];
  const factor = local("v128");
  const sums = Array.from({ length: columnSteps[0] }, () => local("v128"));
  const pass = (vectors: number): Code => {
    const own = sums.slice(0, vectors);
    return [
      ...own.flatMap((each) => each.set(zeros)),
      ...at.set(a!.get),
      ...end.set(i32.add(a!.get, innerBytes.get)),
      ...weight.set(i32.add(b!.get, place.get)),
      ...doWhile(
        [
          ...factor.set(v128.loadSplat(at.get)),
          ...own.flatMap((each, lane) =>
            each.set(f32x4.add(each.get, f32x4.mul(factor.get, v128.load(weight.get, lane * lanesBytes)))),
          ),
          ...weight.set(i32.add(weight.get, columnBytes.get)),
          ...advance(at, numberBytes),
        ],
        i32.lessUnsigned(at.get, end.get),
      ),
      ...own.flatMap((each, lane) => v128.store(i32.add(out!.get, place.get), each.get, lane * lanesBytes)),
    ];
  };
  return [
    ...innerBytes.set(bytes(inner!)),
    ...columnBytes.set(bytes(columns!)),
    ...eachRow({ a: a!, b: b!, matrices: matrices!, rows: rows!, columns: columns!, innerBytes, row }, [
      ...place.set(i32.const(0)),
      ...left.set(vectorsOf(columns!)),
      ...eachPanel(left, place, pass),
      ...out!.set(i32.add(out!.get, columnBytes.get)),
    ]),
  ];
});

/**
 * (b, out, matrices, inner, columns): weights [matrices, inner, columns] in the order in which a product reads them: panels of up to six
 * vectors of columns beside one another, all rows of one before the next.
 */
export const pack = kernel(5, ([b, out, matrices, inner, columns], { local }) => {
  const ints = (): Local => local("i32");
  const [columnBytes, row, from, place, left] = [ints(), ints(), ints(), ints(), ints()];
  return [
    ...columnBytes.set(bytes(columns!)),
    ...doWhile(
      [
        ...place.set(i32.const(0)),
        ...left.set(vectorsOf(columns!)),
        ...eachPanel(left, place, (vectors) => [
          ...row.set(inner!.get),
          ...from.set(i32.add(b!.get, place.get)),
          ...doWhile(
            [
              ...Array.from({ length: vectors }, (_, at) => at * lanesBytes).flatMap((at) =>
                v128.store(out!.get, v128.load(from.get, at), at),
              ),
              ...from.set(i32.add(from.get, columnBytes.get)),
              ...advance(out!, vectors * lanesBytes),
              ...advance(row, -1),
            ],
            row.get,
          ),
        ]),
        ...b!.set(i32.add(b!.get, i32.mul(columnBytes.get, inner!.get))),
        ...advance(matrices!, -1),
      ],
      matrices!.get,
    ),
  ];
});

/** Rows that one pass over a panel multiplies. */
export type PassRows = 1 | 2 | 4;

/** Vectors of a panel of so many that one pass multiplies with so many rows: what the registers hold. */
function vectorsOfPass(rows: PassRows, width: number): number {
  if (rows === 1) return width;
  if (rows === 2) return width === 6 ? 3 : width;
  return Math.min(2, width);
}

/**
 * (a, b, out, matrices, blocks, columns, matrix of a, matrix of out): `blocks` times `rows` rows of each [.., inner] with weights as `pack`
 * leaves them; the bytes from one matrix to the next are given. Of several rows, the columns are a multiple of four.
 */
export function packedMatmul(rows: PassRows, inner: number): ModuleFunction {
  return kernel(8, ([a, b, out, matrices, blocks, columns, nextA, nextOut], { local }) => {
    const ints = (): Local => local("i32");
    const [columnBytes, block, at, end, weight, place, left] = [ints(), ints(), ints(), ints(), ints(), ints(), ints()];
    const [rowsOf, target, column] = [ints(), ints(), ints()];
    const factor = local("v128");
    const factors = Array.from({ length: rows }, (_, row) => row);
    const weights = Array.from({ length: vectorsOfPass(rows, columnSteps[0]) + 1 }, () => local("v128"));
    const sums = Array.from({ length: 8 }, () => local("v128"));
    const innerBytes = inner * numberBytes;
    const part = (vectors: number, width: number): Code => {
      const held = weights.slice(0, vectors);
      const sumOf = (row: number, vector: number): Local => sums[row * vectors + vector]!;
      const eachSum = (code: (row: number, vector: number) => Code): Code =>
        factors.flatMap((_, row) => Array.from({ length: vectors }, (__, vector) => code(row, vector)).flat());
      return [
        ...eachSum((row, vector) => sumOf(row, vector).set(zeros)),
        ...at.set(rowsOf.get),
        ...end.set(i32.add(at.get, i32.const(innerBytes))),
        ...weight.set(i32.add(b!.get, column.get)),
        ...doWhile(
          [
            ...held.flatMap((each, vector) => each.set(v128.load(weight.get, vector * lanesBytes))),
            ...factors.flatMap((_, row) => [
              ...factor.set(v128.loadSplat(at.get, row * innerBytes)),
              ...held.flatMap((each, vector) =>
                sumOf(row, vector).set(f32x4.add(sumOf(row, vector).get, f32x4.mul(factor.get, each.get))),
              ),
            ]),
            ...advance(weight, width * lanesBytes),
            ...advance(at, numberBytes),
          ],
          i32.lessUnsigned(at.get, end.get),
        ),
        ...at.set(sum(target.get, place.get, column.get)),
        ...factors.flatMap((_, row) => [
          ...Array.from({ length: vectors }, (__, vector) => vector).flatMap((vector) =>
            v128.store(at.get, sumOf(row, vector).get, vector * lanesBytes),
          ),
          ...at.set(i32.add(at.get, columnBytes.get)),
        ]),
      ];
    };
    const panel = (width: number): Code => {
      const vectors = vectorsOfPass(rows, width);
      return [
        ...block.set(blocks!.get),
        ...rowsOf.set(a!.get),
        ...target.set(out!.get),
        ...doWhile(
          [
            ...column.set(i32.const(0)),
            ...doWhile(
              [...part(vectors, width), ...advance(column, vectors * lanesBytes)],
              i32.lessUnsigned(column.get, i32.const(width * lanesBytes)),
            ),
            ...advance(rowsOf, rows * innerBytes),
            ...target.set(i32.add(target.get, i32.mul(columnBytes.get, i32.const(rows)))),
            ...advance(block, -1),
          ],
          block.get,
        ),
        ...advance(b!, inner * width * lanesBytes),
      ];
    };
    return [
      ...columnBytes.set(bytes(columns!)),
      ...doWhile(
        [
          ...place.set(i32.const(0)),
          ...left.set(vectorsOf(columns!)),
          ...eachPanel(left, place, panel),
          ...a!.set(i32.add(a!.get, nextA!.get)),
          ...out!.set(i32.add(out!.get, nextOut!.get)),
          ...advance(matrices!, -1),
        ],
        matrices!.get,
      ),
    ];
  });
}

/** (a, b, out, matrices, rows, inner, columns): [matrices, rows, inner] × [matrices, columns, inner]ᵀ. */
export const matmulOfRows = kernel(7, ([a, b, out, matrices, rows, inner, columns], { local }) => {
  const ints = (): Local => local("i32");
  const [vectorBytes, column, at, weight, vectorEnd, end] = [ints(), ints(), ints(), ints(), ints(), ints()];
  const [innerBytes, row] = [ints(), ints()];
  const lanes = local("v128");
  const total = local("f32");
  const lane = (index: number): Code => f32x4.lane(lanes.get, index);
  const product: Code = [
    ...lanes.set(zeros),
    ...at.set(a!.get),
    ...vectorEnd.set(i32.add(a!.get, vectorBytes.get)),
    ...end.set(i32.add(a!.get, innerBytes.get)),
    ...whileTrue(i32.lessUnsigned(at.get, vectorEnd.get), [
      ...lanes.set(f32x4.add(lanes.get, f32x4.mul(v128.load(at.get), v128.load(weight.get)))),
      ...advance(at, lanesBytes),
      ...advance(weight, lanesBytes),
    ]),
    ...total.set(f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)))),
    ...whileTrue(i32.lessUnsigned(at.get, end.get), [
      ...total.set(f32.add(total.get, f32x4.lane(f32x4.mul(v128.load(at.get), v128.load(weight.get)), 0))),
      ...advance(at, numberBytes),
      ...advance(weight, numberBytes),
    ]),
    ...f32.store(out!.get, total.get),
    ...advance(out!, numberBytes),
  ];
  return [
    ...innerBytes.set(bytes(inner!)),
    ...vectorBytes.set(i32.and(innerBytes.get, i32.const(-lanesBytes))),
    ...eachRow({ a: a!, b: b!, matrices: matrices!, rows: rows!, columns: columns!, innerBytes, row }, [
      ...column.set(columns!.get),
      ...weight.set(b!.get),
      ...doWhile([...product, ...advance(column, -1)], column.get),
    ]),
  ];
});
