import type { WindowConstraint } from "./problem.js";

/**
 * Places (from 0) of a list that break a window: whose item, with the `size` − 1 places before it, those of the page before
 * among them, is one too many of some value. The window holds exactly where there is none.
 */
export function windowBreaks(
  {
    keys: { offsets, values, valueCount },
    most,
    size,
    tail,
  }: Pick<WindowConstraint, "keys" | "most" | "size" | "tail">,
  list: Int32Array,
): readonly number[] {
  const near = new Int32Array(valueCount);
  const add = (place: number, by: 1 | -1): void => {
    if (place < 0) {
      for (const value of tail[-1 - place] ?? []) near[value] = (near[value] as number) + by;
      return;
    }
    const candidate = list[place] as number;
    for (let e = offsets[candidate] as number; e < (offsets[candidate + 1] as number); e++)
      near[values[e] as number] = (near[values[e] as number] as number) + by;
  };
  const reach = Math.min(size - 1, tail.length);
  for (let place = -reach; place < 0; place++) add(place, 1);
  const broken: number[] = [];
  for (let place = 0; place < list.length; place++) {
    add(place, 1);
    if (place - size >= -reach) add(place - size, -1);
    const candidate = list[place] as number;
    const own = values.subarray(offsets[candidate], offsets[candidate + 1]);
    if (own.some((value) => (near[value] as number) > most)) broken.push(place);
  }
  return broken;
}
