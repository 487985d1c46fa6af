/** Elements that an instruction reads or writes. */
import type { Strides } from "./views.js";

export interface Place {
  readonly buffer: number;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: Strides;
}

/** With the last two axes in each other's place. */
export function transposed(place: Place): Place {
  const swap = (list: readonly number[]): readonly number[] => [...list.slice(0, -2), ...list.slice(-2).toReversed()];
  return { ...place, shape: swap(place.shape), strides: swap(place.strides) };
}

/** `[begin, begin + size)` of an axis. */
export function cut(place: Place, axis: number, begin: number, size: number): Place {
  return {
    ...place,
    offset: place.offset + begin * (place.strides[axis] ?? 0),
    shape: place.shape.map((each, at) => (at === axis ? size : each)),
  };
}

/** An operand that the arity of an op promises. */
export function need(place: Place | undefined): Place {
  if (place === undefined) throw new Error("an instruction misses an operand");
  return place;
}
