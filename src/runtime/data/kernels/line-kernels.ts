/** Lines of delimited text, sixteen bytes at a time: where their values end, and the entries of a column of values. */
import {
  advance,
  type Code,
  doWhile,
  i32,
  i32x4,
  i8x16,
  kernel,
  lanesBytes,
  type Local,
  numberBytes,
  select,
  v128,
  when,
  whileTrue,
} from "../../../compiler/wasm/index.js";

const [newline, space] = [10, 32];

const byte = (value: number): Code => i8x16.splat(i32.const(value));

/** Kernels that find ends write so many bytes past the room that they are given. */
export const endsSlack = lanesBytes * numberBytes;

/**
 * (bytes, from, to, out, end, delimiter, isSpaced, width): puts where values end, counted from `bytes`, behind one another from `out` on, until `end` is reached or the
 * bytes from `from` up to `to` are through. Gives where the next one would go, or 0 where a line has more or fewer values than `width`, or a delimiter of the spaced kind no space.
 */
export const findEnds = kernel(
  8,
  (params, { local }) => {
    const [bytes, from, to, out, end, delimiter, isSpaced, width] = params;
    const ints = (): Local => local("i32");
    const [found, newlines, place, left, wrong, shift, rest] = [ints(), ints(), ints(), ints(), ints(), ints(), ints()];
    const [delimiters, vector] = [local("v128"), local("v128")];
    const each: Code = [
      ...place.set(i32.trailingZeros(found.get)),
      ...i32.store(out.get, i32.add(place.get, shift.get)),
      ...advance(out, numberBytes),
      ...advance(left, -1),
      // The last value of a line, and no other one, ends with the line.
      ...wrong.set(
        i32.or(
          wrong.get,
          i32.xor(i32.and(i32.shiftRightUnsigned(newlines.get, place.get), i32.const(1)), i32.isZero(left.get)),
        ),
      ),
      ...left.set(select(left.get, width.get, left.get)),
      ...found.set(i32.and(found.get, i32.sub(found.get, i32.const(1)))),
    ];
    const valid = i32.sub(
      i32.shiftLeft(
        i32.const(1),
        select(rest.get, i32.const(lanesBytes), i32.lessUnsigned(rest.get, i32.const(lanesBytes))),
      ),
      i32.const(1),
    );
    const step: Code = [
      ...vector.set(v128.load(from.get)),
      ...rest.set(i32.sub(to.get, from.get)),
      ...newlines.set(i8x16.bits(i8x16.equal(vector.get, byte(newline)))),
      ...found.set(i32.and(i8x16.bits(i8x16.equal(vector.get, delimiters.get)), valid)),
      ...when(
        isSpaced.get,
        wrong.set(
          i32.or(
            wrong.get,
            i32.and(found.get, i32.xor(i8x16.bits(i8x16.equal(v128.load(from.get, 1), byte(space))), i32.const(-1))),
          ),
        ),
      ),
      ...found.set(i32.or(found.get, i32.and(newlines.get, valid))),
      ...shift.set(i32.sub(from.get, bytes.get)),
      ...whileTrue(found.get, each),
      ...advance(from, lanesBytes),
    ];
    return [
      ...delimiters.set(i8x16.splat(delimiter.get)),
      ...left.set(width.get),
      ...whileTrue(i32.and(i32.lessUnsigned(from.get, to.get), i32.lessUnsigned(out.get, end.get)), step),
      ...select(i32.const(0), out.get, wrong.get),
    ];
  },
  "i32",
);

/** Bytes of an entry that are not of its text. */
const headBytes = 4;
/** Bytes that the text of an entry has at most. */
const shortBytes = lanesBytes - headBytes;

/**
 * (bytes, ends, step, before, masks, out, rows): the entries of a column of values. `ends`: where the value of the first row ends; that of the row before it is a
 * number earlier, and the next row is `step` bytes on; a value begins `before` bytes behind the end before it. `masks`: see {@link entryMasks}. Gives
 * whether there is a text that is longer than an entry, whose entry has where it begins.
 */
export const fillEntries = kernel(
  7,
  (params, { local }) => {
    const [bytes, ends, step, before, masks, out, rows] = params;
    const [from, length, isLong, hasLong] = [local("i32"), local("i32"), local("i32"), local("i32")];
    const mask = i32.add(
      masks.get,
      i32.shiftLeft(select(i32.const(shortBytes + 1), length.get, isLong.get), i32.const(4)),
    );
    // The text begins behind the length, which is in the place of the four bytes before it.
    const text = v128.load(i32.sub(i32.add(bytes.get, from.get), i32.const(headBytes)));
    return [
      ...doWhile(
        [
          ...from.set(i32.add(i32.load(i32.sub(ends.get, i32.const(numberBytes))), before.get)),
          ...length.set(i32.sub(i32.load(ends.get), from.get)),
          ...isLong.set(i32.more(length.get, i32.const(shortBytes))),
          ...v128.store(out.get, i32x4.withLane(v128.and(text, v128.load(mask)), 0, length.get)),
          ...when(isLong.get, [...i32.store(out.get, from.get, numberBytes), ...hasLong.set(i32.const(1))]),
          ...ends.set(i32.add(ends.get, step.get)),
          ...advance(out, lanesBytes),
          ...advance(rows, -1),
        ],
        rows.get,
      ),
      ...hasLong.get,
    ];
  },
  "i32",
);

/** By the length of a text: which bytes behind the head of an entry are its. None of a longer one. */
export function entryMasks(): Uint8Array<ArrayBuffer> {
  const masks = new Uint8Array((shortBytes + 2) * lanesBytes);
  for (let length = 1; length <= shortBytes; length++)
    masks.fill(0xff, length * lanesBytes + headBytes, length * lanesBytes + headBytes + length);
  return masks;
}
