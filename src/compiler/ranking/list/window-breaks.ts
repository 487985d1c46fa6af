import type { WindowConstraint } from "./problem.js";
import { scratchInts } from "./scratch.js";

/**
 * Positions (from 0) of a list that break a window: whose item, with the `size` − 1 positions before it, those of the page before
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
  const near = scratchInts(valueCount);
  const add = (position: number, by: 1 | -1): void => {
    if (position < 0) {
      for (const value of tail[-1 - position] ?? []) near[value]! += by;
      return;
    }
    const candidate = list[position]!;
    for (let e = offsets[candidate]!; e < offsets[candidate + 1]!; e++) near[values[e]!] = near[values[e]!]! + by;
  };
  const reach = Math.min(size - 1, tail.length);
  for (let position = -reach; position < 0; position++) add(position, 1);
  const broken: number[] = [];
  for (let position = 0; position < list.length; position++) {
    add(position, 1);
    if (position - size >= -reach) add(position - size, -1);
    const candidate = list[position]!;
    for (let e = offsets[candidate]!; e < offsets[candidate + 1]!; e++)
      if (near[values[e]!]! > most) {
        broken.push(position);
        break;
      }
  }
  return broken;
}
