import type { KeyValue } from "../plan.js";
import { scratchInts } from "./scratch.js";

/** Characters at each end of a text that decide its place: of a longer one those between do not. */
const endLength = 12;

/** Places that are looked at for one text; whoever makes texts that meet each other gets a map. */
const mostLooks = 32;

/** Values on their way: growing an array of its own for each numbering would leave three times what it is to hold. */
const space: KeyValue[] = [];

/** The space is not kept for more of them. */
const mostKept = 2 ** 14;

/**
 * Numbers values as they first appear, from 0 on. Texts are found by open addressing: a map of a request's own would be grown for
 * each request, and be most of what it allocates. One numbers at a time, until its values are taken.
 */
export class Numbering {
  /** How many values there are; they lie in the space. */
  #count = 0;
  /** A text's number and 1 more; at most half full. */
  #places: Int32Array;
  /** Of each number. */
  #hashes: Int32Array;
  #bits: number;
  /** Values that are no texts; texts as well once they meet too often. */
  #others: Map<KeyValue, number> | undefined;
  #isCrowded = false;

  /** @param expected values, of which many may be the same */
  constructor(expected: number) {
    this.#bits = Math.max(4, 33 - Math.clz32(expected));
    this.#places = scratchInts(2 ** this.#bits);
    this.#hashes = scratchInts(2 ** (this.#bits - 1));
  }

  numberOf(value: KeyValue): number {
    if (typeof value !== "string" || this.#isCrowded) return this.#numberOther(value);
    const hash = hashEnds(value);
    const mask = this.#places.length - 1;
    let place = (hash ^ (hash >>> 15)) & mask;
    for (let looks = 0; looks < mostLooks; looks++) {
      const number = this.#places[place]! - 1;
      if (number < 0) return this.#add(value, hash, place);
      if (this.#hashes[number] === hash && space[number] === value) return number;
      place = (place + 1) & mask;
    }
    this.#isCrowded = true;
    const map = (this.#others ??= new Map<KeyValue, number>());
    for (let number = 0; number < this.#count; number++) map.set(space[number]!, number);
    return this.#numberOther(value);
  }

  /** What the numbers mean. No more are given. */
  takeValues(): readonly KeyValue[] {
    const values = space.slice(0, this.#count);
    if (space.length > mostKept) space.length = 0;
    else space.fill("", 0, this.#count);
    return values;
  }

  #add(value: string, hash: number, place: number): number {
    const number = this.#put(value);
    this.#places[place] = number + 1;
    this.#hashes[number] = hash;
    if (number + 1 >= this.#hashes.length) this.#grow();
    return number;
  }

  #grow(): void {
    this.#bits++;
    const hashes = scratchInts(2 ** (this.#bits - 1));
    hashes.set(this.#hashes);
    const places = scratchInts(2 ** this.#bits);
    const mask = places.length - 1;
    for (let number = 0; number < this.#count; number++) {
      if (typeof space[number] !== "string") continue;
      const hash = hashes[number]!;
      let place = (hash ^ (hash >>> 15)) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = number + 1;
    }
    this.#places = places;
    this.#hashes = hashes;
  }

  #numberOther(value: KeyValue): number {
    const map = (this.#others ??= new Map<KeyValue, number>());
    const found = map.get(value);
    if (found !== undefined) return found;
    const number = this.#put(value);
    map.set(value, number);
    if (!this.#isCrowded && number + 1 >= this.#hashes.length) this.#grow();
    return number;
  }

  #put(value: KeyValue): number {
    space[this.#count] = value;
    return this.#count++;
  }
}

function hashEnds(text: string): number {
  const { length } = text;
  let hash = length;
  const first = Math.min(length, endLength);
  for (let i = 0; i < first; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
  for (let i = Math.max(first, length - endLength); i < length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash;
}
