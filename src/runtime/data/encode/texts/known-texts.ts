/** Long texts that come again and again, each made once: by its bytes one is found in a third of the time that it takes to make it. */
/** The text of `length` bytes of UTF-8 from `start` on, more than `shortBytes`. */
export type TextOfBytes = (bytes: Buffer, start: number, length: number) => string;

/** Texts that are known at most, and the places of their table. */
const [mostTexts, places] = [2 ** 12, 2 ** 13];
/** Bytes of all of them. */
const poolBytes = 2 ** 18;

/** Knows the first different texts; those after them are made each time. */
export function createKnownTexts(): TextOfBytes {
  const texts: string[] = [];
  /** By place: the number of a text, from 1. */
  const numbers = new Int16Array(places);
  const starts = new Int32Array(mostTexts);
  const lengths = new Int32Array(mostTexts);
  const pool = Buffer.alloc(poolBytes);
  const known = viewOf(pool);
  let filled = 0;
  let last: Buffer | undefined;
  let view = known;

  const isText = (number: number, start: number, length: number): boolean => {
    if (lengths[number] !== length) return false;
    const from = starts[number]!;
    for (let at = 0; at < length - 4; at += 4)
      if (view.getInt32(start + at, true) !== known.getInt32(from + at, true)) return false;
    return view.getInt32(start + length - 4, true) === known.getInt32(from + length - 4, true);
  };

  return (bytes, start, length) => {
    if (bytes !== last) {
      last = bytes;
      view = viewOf(bytes);
    }
    let hash = length;
    for (let at = 0; at < length - 4; at += 4) hash = mixed(hash, view.getInt32(start + at, true));
    hash = mixed(hash, view.getInt32(start + length - 4, true));
    let place = (hash ^ (hash >>> 15)) & (places - 1);
    for (; numbers[place] !== 0; place = (place + 1) & (places - 1)) {
      const number = numbers[place]! - 1;
      if (isText(number, start, length)) return texts[number]!;
    }
    const text = bytes.toString("utf8", start, start + length);
    if (texts.length < mostTexts && filled + length <= poolBytes) {
      bytes.copy(pool, filled, start, start + length);
      starts[texts.length] = filled;
      lengths[texts.length] = length;
      filled += length;
      texts.push(text);
      numbers[place] = texts.length;
    }
    return text;
  };
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function mixed(hash: number, word: number): number {
  const next = Math.imul(hash ^ word, 0x9e3779b1);
  return next ^ (next >>> 15);
}
