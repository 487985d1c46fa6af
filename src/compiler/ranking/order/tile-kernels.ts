/** Loops over columns of a tile of candidates, as functions of a WebAssembly module: four numbers at a time, each by the operations of a plain loop in its order. */
import {
  advance,
  type Code,
  doWhile,
  f64x2,
  i32,
  joined,
  kernel,
  lanesBytes,
  type Local,
  v128,
  when,
  whileTrue,
} from "../../wasm/index.js";

/** Candidates of a tile: some columns of them stay in a near cache from one term to the next. */
export const tile = 256;

/** Numbers that a pass takes at once. */
export const step = 4;

const numberBytes = 8;
const columnBytes = tile * numberBytes;

/** Columns that one pass over a row adds. */
const together = [8, 4, 2, 1];

/** Repeats what a function makes for both halves of a step. */
const halves = (half: (offset: number) => Code): Code => joined([half(0), half(lanesBytes)]);

/** (columns, factors, count, row, end): adds to a row up to `end` so many columns of a tile, each times its factor, one after the other. */
export const addProducts = kernel(5, ([columns, factors, count, row, end], { local }) => {
  const [at, column] = [local("i32"), local("i32")];
  const loaded = Array.from({ length: 8 }, () => local("v128"));
  const pass = (used: readonly Local[]): Code => [
    ...joined(used.map((factor, k) => factor.set(v128.loadSplatDouble(factors.get, k * numberBytes)))),
    ...at.set(row.get),
    ...column.set(columns.get),
    ...doWhile(
      [
        ...halves((offset) =>
          v128.store(
            at.get,
            used.reduce(
              (sum, factor, k) =>
                f64x2.add(sum, f64x2.mul(factor.get, v128.load(column.get, k * columnBytes + offset))),
              v128.load(at.get, offset),
            ),
            offset,
          ),
        ),
        ...advance(at, step * numberBytes),
        ...advance(column, step * numberBytes),
      ],
      i32.lessUnsigned(at.get, end.get),
    ),
    ...advance(columns, used.length * columnBytes),
    ...advance(factors, used.length * numberBytes),
    ...advance(count, -used.length),
  ];
  return joined(
    together.map((size, i) => {
      const isLeft = i32.atLeast(count.get, i32.const(size));
      return (i === 0 ? whileTrue : when)(isLeft, pass(loaded.slice(0, size)));
    }),
  );
});

/** (row, left, by, end): multiplies a row up to `end` by a number, and takes the squares from another column. */
export const takeSquares = kernel(4, ([row, left, by, end], { local }) => {
  const [factor, product] = [local("v128"), local("v128")];
  return [
    ...factor.set(v128.loadSplatDouble(by.get)),
    ...doWhile(
      [
        ...halves((offset) => [
          ...product.set(f64x2.mul(v128.load(row.get, offset), factor.get)),
          ...v128.store(row.get, product.get, offset),
          ...v128.store(left.get, f64x2.sub(v128.load(left.get, offset), f64x2.mul(product.get, product.get)), offset),
        ]),
        ...advance(row, step * numberBytes),
        ...advance(left, step * numberBytes),
      ],
      i32.lessUnsigned(row.get, end.get),
    ),
  ];
});
