/** What short texts spell, by their entries: a length, and twelve bytes that are looked at at once. */
import {
  advance,
  type Code,
  doWhile,
  f64,
  i16x8,
  i32,
  i32x4,
  i8x16,
  kernel,
  lanesBytes,
  type Local,
  numberBytes,
  select,
  v128,
} from "../../../compiler/wasm/index.js";

/** Where the text of an entry begins, and how long it is at most. */
const [firstByte, shortBytes] = [4, 12];
/** Lengths that tables have rows for: those of short texts, and of longer ones. */
const lengths = shortBytes + 2;
/** A lane that there is not. */
const none = 0xff;
const [minus, point, zero] = [0x2d, 0x2e, 0x30];

const byte = (value: number): Code => v128.const(Array<number>(lanesBytes).fill(value));
const either = (...terms: readonly Code[]): Code => terms.reduce((a, b) => i32.or(a, b));
/** The least of a length and {@link lengths} less one. */
const bounded = (length: Code): Code =>
  select(length, i32.const(lengths - 1), i32.lessUnsigned(length, i32.const(lengths - 1)));

/** Weights that make numbers below 10,000 of four digits each: of neighbours, then of these. */
const ofDigits = v128.const([10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1]);
const ofPairs = v128.const([100, 0, 100, 0, 1, 0, 1, 0, 100, 0, 100, 0, 1, 0, 1, 0]);
/** The number of eight digits that are in four lanes of two. */
const ofLanes = (lanes: Local): Code =>
  i32.add(
    i32.mul(i32.add(i32x4.lane(lanes.get, 0), i32x4.lane(lanes.get, 1)), i32.const(10_000)),
    i32.add(i32x4.lane(lanes.get, 2), i32x4.lane(lanes.get, 3)),
  );
const isNoDigit = (digits: Local): Code => v128.any(i8x16.more(digits.get, byte(9)));

/** Digits of a whole number at most. */
const wholeDigits = 7;

/**
 * (entries, tables, below, out, rows): the whole number that each text is, −1 for other texts and from `below` on. `tables`: {@link wholeTables}.
 */
export const wholesOfEntries = kernel(5, (params, { local }) => {
  const [entries, tables, below, out, rows] = params;
  const [length, value] = [local("i32"), local("i32")];
  const [digits, lanes] = [local("v128"), local("v128")];
  const row = i32.add(tables.get, i32.shiftLeft(length.get, i32.const(4)));
  const least = i32.load(i32.add(tables.get, i32.shiftLeft(length.get, i32.const(2))), lengths * lanesBytes);
  const isWhole = i32.and(
    i32.and(i32.isZero(isNoDigit(digits)), i32.less(value.get, below.get)),
    i32.atLeast(value.get, least),
  );
  return doWhile(
    [
      ...length.set(bounded(i32.load(entries.get))),
      ...digits.set(i8x16.pick(i8x16.sub(v128.load(entries.get), byte(zero)), v128.load(row))),
      ...lanes.set(i16x8.dot(i8x16.mulLow(digits.get, ofDigits), ofPairs)),
      ...value.set(ofLanes(lanes)),
      ...i32.store(out.get, select(value.get, i32.const(-1), isWhole)),
      ...advance(entries, lanesBytes),
      ...advance(out, numberBytes),
      ...advance(rows, -1),
    ],
    rows.get,
  );
});

/** By the length of a text: the lanes that are its digits, the last one eighth; then the least number with so many digits, above all where there is none. */
export function wholeTables(): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(lengths * (lanesBytes + numberBytes)).fill(none, 0, lengths * lanesBytes);
  const least = new Int32Array(table.buffer, lengths * lanesBytes).fill(2 ** 31 - 1);
  for (let length = 1; length <= wholeDigits; length++) {
    for (let digit = 0; digit < length; digit++) table[length * lanesBytes + 8 - length + digit] = firstByte + digit;
    least[length] = length === 1 ? 0 : 10 ** (length - 1);
  }
  return table;
}

/** Places of a point in a short text, and that of none. */
const points = shortBytes + 1;
/** Where tables of decimals begin: powers of ten, what makes a minus a digit, orders of lanes. */
const [signsAt, ordersAt] = [8 * 16, 8 * 16 + 2 * lanesBytes];

/**
 * (entries, tables, out, rows): the number that each text is as a plain decimal, NaN for an empty one: digits with a minus before and a point between them, which a double holds
 * with the power of ten that divides them. `tables`: {@link decimalTables}. Gives whether any text is something else, a negative zero among them; such a one is NaN.
 */
export const decimalsOfEntries = kernel(
  4,
  (params, { local }) => {
    const [entries, tables, out, rows] = params;
    const ints = (): Local => local("i32");
    const [length, isNegative, place, places, isOther, areOthers] = [ints(), ints(), ints(), ints(), ints(), ints()];
    const [text, digits, lanes] = [local("v128"), local("v128"), local("v128")];
    const [high, value] = [local("f64"), local("f64")];
    const noPlace = i32.equal(place.get, i32.const(points - 1));
    const pointAt = i32.shiftRightUnsigned(i8x16.bits(i8x16.equal(text.get, byte(point))), i32.const(firstByte));
    const order = i32.add(
      tables.get,
      i32.shiftLeft(i32.add(i32.mul(length.get, i32.const(points)), place.get), i32.const(4)),
    );
    const sign = i32.add(tables.get, i32.shiftLeft(isNegative.get, i32.const(4)));
    return [
      ...doWhile(
        [
          ...length.set(bounded(i32.load(entries.get))),
          ...text.set(v128.load(entries.get)),
          ...isNegative.set(i32.equal(i32.loadByte(entries.get, firstByte), i32.const(minus))),
          ...place.set(i32.trailingZeros(i32.or(pointAt, i32.const(1 << (points - 1))))),
          ...places.set(select(i32.const(0), i32.sub(i32.sub(length.get, place.get), i32.const(1)), noPlace)),
          ...digits.set(
            i8x16.pick(
              i8x16.sub(i8x16.add(text.get, v128.load(sign, signsAt)), byte(zero)),
              v128.load(order, ordersAt),
            ),
          ),
          ...lanes.set(i16x8.dot(i8x16.mulLow(digits.get, ofDigits), ofPairs)),
          ...high.set(f64.mul(f64.ofInt(ofLanes(lanes)), f64.const(1e8))),
          ...lanes.set(i16x8.dot(i8x16.mulHigh(digits.get, ofDigits), ofPairs)),
          ...value.set(f64.add(high.get, f64.ofInt(ofLanes(lanes)))),
          ...isOther.set(
            either(
              isNoDigit(digits),
              i32.more(length.get, i32.const(shortBytes)),
              // A minus without a digit that is not zero.
              i32.and(isNegative.get, f64.equal(value.get, f64.const(0))),
              // A point is between two digits.
              i32.and(i32.isZero(noPlace), i32.or(i32.isZero(places.get), i32.equal(place.get, isNegative.get))),
            ),
          ),
          ...areOthers.set(i32.or(areOthers.get, isOther.get)),
          ...value.set(f64.div(value.get, f64.load(i32.add(tables.get, i32.shiftLeft(places.get, i32.const(3)))))),
          ...value.set(select(f64.neg(value.get), value.get, isNegative.get)),
          ...f64.store(out.get, select(value.get, f64.const(NaN), select(i32.const(0), length.get, isOther.get))),
          ...advance(entries, lanesBytes),
          ...advance(out, 2 * numberBytes),
          ...advance(rows, -1),
        ],
        rows.get,
      ),
      ...areOthers.get,
    ];
  },
  "i32",
);

/** Powers of ten by their exponent; zeros, and what makes a first byte that is a minus a zero; by length and place of the point, the lanes that are digits, the last one sixteenth. */
export function decimalTables(): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(ordersAt + lengths * points * lanesBytes).fill(none, ordersAt);
  new Float64Array(table.buffer, 0, points).set(Array.from({ length: points }, (_, exponent) => 10 ** exponent));
  table[signsAt + lanesBytes + firstByte] = zero - minus;
  for (let length = 1; length <= shortBytes; length++)
    for (let place = 0; place < points; place++) {
      const order = ordersAt + (length * points + place) * lanesBytes;
      const digits = Array.from({ length }, (_, at) => at).filter((at) => at !== place);
      for (const [i, at] of digits.entries()) table[order + lanesBytes - digits.length + i] = firstByte + at;
    }
  return table;
}
