/** Columns of words, of which rows are made: ids in the place of codes, hashes of rows, the rows themselves. */
import {
  advance,
  type Code,
  doWhile,
  f32,
  f32x4,
  i32,
  i32x4,
  i8x16,
  kernel,
  lanesBytes,
  type Local,
  type ModuleFunction,
  numberBytes,
  select,
  v128,
  when,
  whileTrue,
} from "../../../compiler/wasm/index.js";

const lanes = lanesBytes / numberBytes;

/** What a place of a table of ids has besides ids: of a code that is none of it, and of a null. */
export const [outsideMark, nullMark] = [-3, -2];

/**
 * (codes, out, table, places, least, from, gap, none, unknown, found, rows): the id of each code, which is in place `code - least` of a table, or `gap` places before that of codes from `from` on. Behind the
 * `places` of the table are {@link outsideMark}, for codes that are none of these, and {@link nullMark}, for the code `none`. Nulls become `unknown`. At `found` are then how many are null, how many have
 * the id 0, and whether any has none.
 */
export const idsOfCodes = kernel(11, (params, { local }) => {
  const [codes, out, table, places, least, from, gap, none, unknown, found, rows] = params;
  const ints = (): Local => local("i32");
  const [code, place, id, isNull, nulls, unseen, outside] = [ints(), ints(), ints(), ints(), ints(), ints(), ints()];
  return [
    ...doWhile(
      [
        ...code.set(i32.load(codes.get)),
        ...place.set(
          i32.sub(i32.sub(code.get, least.get), select(gap.get, i32.const(0), i32.atLeast(code.get, from.get))),
        ),
        ...place.set(select(place.get, places.get, i32.lessUnsigned(place.get, places.get))),
        ...place.set(select(i32.add(places.get, i32.const(1)), place.get, i32.equal(code.get, none.get))),
        ...id.set(i32.load(i32.add(table.get, i32.shiftLeft(place.get, i32.const(2))))),
        ...isNull.set(i32.equal(id.get, i32.const(nullMark))),
        ...nulls.set(i32.add(nulls.get, isNull.get)),
        ...unseen.set(i32.add(unseen.get, i32.isZero(id.get))),
        ...outside.set(i32.or(outside.get, i32.equal(id.get, i32.const(outsideMark)))),
        ...i32.store(out.get, select(unknown.get, id.get, isNull.get)),
        ...advance(codes, numberBytes),
        ...advance(out, numberBytes),
        ...advance(rows, -1),
      ],
      rows.get,
    ),
    ...i32.store(found.get, nulls.get),
    ...i32.store(found.get, unseen.get, numberBytes),
    ...i32.store(found.get, outside.get, 2 * numberBytes),
  ];
});

/** What of a column is taken into a hash: its words, its numbers with 0 for NaN, or 1 for a number and 0 for NaN. */
export const mixed = ["words", "values", "known"] as const;
export type Mixed = (typeof mixed)[number];

/** (hashes, column, rows): takes a word of each row into its hash, as `row-keys.ts` says. Rows are taken four at a time. */
export function mixColumn(what: Mixed): ModuleFunction {
  return kernel(3, (params, { local }) => {
    const [hashes, column, rows] = params;
    const vector = local("v128");
    const isNumber = f32x4.equal(vector.get, vector.get);
    const word: Code = {
      words: vector.get,
      values: v128.and(vector.get, isNumber),
      known: v128.and(f32x4.splat(f32.const(1)), isNumber),
    }[what];
    return whileTrue(i32.more(rows.get, i32.const(0)), [
      ...vector.set(v128.load(column.get)),
      ...vector.set(i32x4.mul(v128.xor(v128.load(hashes.get), word), i32x4.splat(i32.const(hashFactor)))),
      ...v128.store(hashes.get, v128.xor(vector.get, i32x4.shiftRightUnsigned(vector.get, i32.const(hashShift)))),
      ...advance(hashes, lanesBytes),
      ...advance(column, lanesBytes),
      ...advance(rows, -lanes),
    ]);
  });
}

/** What the two hashes of a row are before any word. */
export const hashSeeds = [0x9e3779b9, 0x85ebca6b] as const;

/** What a hash is multiplied by with each word, and by how many bits it is then mixed with itself. */
export const [hashFactor, hashShift] = [0xcc9e2d51, 15];

/** Lanes of a word each of two vectors, those of the second after those of the first. */
const words = (a: Code, b: Code, order: readonly number[]): Code =>
  i8x16.shuffle(
    a,
    b,
    order.flatMap((word) => [0, 1, 2, 3].map((byte) => word * numberBytes + byte)),
  );

/**
 * (columns, out, rows, step, width): the rows of `width` columns, each `step` bytes behind the one before. Rows are made four at a time: behind the last one there is
 * room for three more, and columns have as many words.
 */
export const rowsOfColumns = kernel(5, (params, { local }) => {
  const [columns, out, rows, step, width] = params;
  const ints = (): Local => local("i32");
  const [from, to, left, rowBytes] = [ints(), ints(), ints(), ints()];
  const vectors = [0, 1, 2, 3].map(() => local("v128"));
  const halves = [0, 1, 2, 3].map(() => local("v128"));
  const [a, b, c, d] = vectors as [Local, Local, Local, Local];
  const [low, lowNext, high, highNext] = halves as [Local, Local, Local, Local];
  const step4 = (pointer: Local): Code => pointer.set(i32.add(pointer.get, step.get));
  const [firsts, seconds] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ] as const;
  const storeAt = (value: Code, isLast: boolean): Code => [
    ...v128.store(to.get, value),
    ...(isLast ? [] : to.set(i32.add(to.get, rowBytes.get))),
  ];
  const fourColumns: Code = [
    ...vectors.flatMap((vector) => [...vector.set(v128.load(from.get)), ...step4(from)]),
    ...low.set(words(a.get, b.get, firsts)),
    ...lowNext.set(words(c.get, d.get, firsts)),
    ...high.set(words(a.get, b.get, seconds)),
    ...highNext.set(words(c.get, d.get, seconds)),
    ...storeAt(words(low.get, lowNext.get, [0, 1, 4, 5]), false),
    ...storeAt(words(low.get, lowNext.get, [2, 3, 6, 7]), false),
    ...storeAt(words(high.get, highNext.get, [0, 1, 4, 5]), false),
    ...storeAt(words(high.get, highNext.get, [2, 3, 6, 7]), true),
    // Back to the first of the four rows, and on by four words.
    ...to.set(i32.add(i32.sub(to.get, i32.mul(rowBytes.get, i32.const(lanes - 1))), i32.const(lanesBytes))),
    ...advance(left, -lanes),
  ];
  const oneColumn: Code = [
    ...[0, 1, 2, 3].flatMap((row) => [
      ...i32.store(to.get, i32.load(from.get, row * numberBytes)),
      ...to.set(i32.add(to.get, rowBytes.get)),
    ]),
    ...to.set(i32.add(i32.sub(to.get, i32.mul(rowBytes.get, i32.const(lanes))), i32.const(numberBytes))),
    ...step4(from),
    ...advance(left, -1),
  ];
  return [
    ...rowBytes.set(i32.mul(width.get, i32.const(numberBytes))),
    ...when(
      i32.more(rows.get, i32.const(0)),
      doWhile(
        [
          ...from.set(columns.get),
          ...to.set(out.get),
          ...left.set(width.get),
          ...whileTrue(i32.atLeast(left.get, i32.const(lanes)), fourColumns),
          ...whileTrue(left.get, oneColumn),
          ...advance(columns, lanesBytes),
          ...out.set(i32.add(out.get, i32.mul(rowBytes.get, i32.const(lanes)))),
          ...advance(rows, -lanes),
        ],
        i32.more(rows.get, i32.const(0)),
      ),
    ),
  ];
});
