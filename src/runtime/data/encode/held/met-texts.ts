/**
 * Texts of a column that were met, by their length and, where several have the same, three of their characters. A text that comes again is compared with one other, which takes half as
 * long as to look it up in a map, whose hash of it has to be computed first where the text is new in the memory.
 */

/** A power of two. */
const places = 512;

/** Lengths of which a text may be the only one. */
const lengths = 64;

/** Misses after which a column whose texts are mostly others is left to its map. */
const mostMisses = 1 << 16;

/** The id of a text, which `find` is asked for where it is not known; what is 0 is asked for again. */
export type MetTexts = (text: string) => number;

export function createMetTexts(find: (text: string) => number): MetTexts {
  const texts = Array.from({ length: places }, (): string | undefined => undefined);
  const ids = new Int32Array(places);
  /** Of each length, the text that was met where no other has been; its characters need not be read to find it, which takes long where it is a part of a longer text. */
  const only = Array.from({ length: lengths }, (): string | undefined => undefined);
  /** The id of that text; −1 where several were met. */
  const onlyIds = new Int32Array(lengths);
  const meetLength = (text: string, id: number): void => {
    const { length } = text;
    if (length >= lengths || onlyIds[length]! < 0) return;
    const isFirst = onlyIds[length] === 0;
    onlyIds[length] = isFirst ? id : -1;
    only[length] = isFirst ? ownText(text) : undefined;
  };
  /** Doubles in memory: a count in a variable would be a new object each time, once it is large. */
  const counts = new Float64Array(2);
  let isLeft = false;
  const met = (place: number): number => {
    counts[0]! += 1;
    return ids[place]!;
  };
  return (text) => {
    if (isLeft) return find(text);
    const { length } = text;
    if (length < lengths && only[length] === text) {
      counts[0]! += 1;
      return onlyIds[length]!;
    }
    let place = placeOf(text);
    // One comparison: of parts of longer texts it takes longer than all else.
    if (texts[place] === text) return met(place);
    if (ids[place]! > 0) {
      place ^= places >> 1;
      if (texts[place] === text) return met(place);
    }
    counts[1]! += 1;
    isLeft = counts[1]! > mostMisses && counts[1]! > counts[0]!;
    const id = find(text);
    // Who came first stays: texts that would take turns are all as slow as new ones.
    if (id > 0 && ids[place] === 0) {
      texts[place] = ownText(text);
      ids[place] = id;
    }
    if (id > 0) meetLength(text, id);
    return id;
  };
}

/** Texts of one column differ in their length, or at their ends, mostly. */
function placeOf(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const second = text.charCodeAt(length === 1 ? 0 : 1);
  const middle = text.charCodeAt(length >> 1);
  const last = text.charCodeAt(length - 1);
  return (Math.imul(length, 37) + Math.imul(second, 71) + Math.imul(middle, 11) + Math.imul(last, 5)) & (places - 1);
}

/** A text in memory of its own: a part of a longer one would keep all of that. */
function ownText(text: string): string {
  return text.split("").join("");
}
