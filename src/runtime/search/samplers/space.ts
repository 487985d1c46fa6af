/** Dimensions of a search as stretches of the line: what samplers compute with. */
import { roundedIn, type SearchDimension, type SearchPoint } from "../../../compiler/semantics/index.js";

/** Where a range lies on the line: by its logarithm with `log`; half a unit more at both ends where its numbers are whole. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
}

/** The stretch of a range; undefined for choices, which have no order. */
export function stretchOf({ space }: SearchDimension): Stretch | undefined {
  if (space.kind === "choices") return undefined;
  const half = space.whole ? 0.5 : 0;
  const onLine = (value: number): number => (space.log ? Math.log(value) : value);
  return { low: onLine(space.low - half), high: onLine(space.high + half) };
}

/** Where a value of a range lies on its stretch. */
export function placeOf({ space }: SearchDimension, value: number): number {
  return space.kind === "range" && space.log ? Math.log(value) : value;
}

/** The value of a range at a place of its stretch: a whole number, or one of four digits, of a narrow range more. */
export function valueAt({ space }: SearchDimension, place: number): number {
  if (space.kind === "choices") return place;
  return roundedIn(space, space.log ? Math.exp(place) : place);
}

/** The value of a dimension at a share of it in [0, 1): all choices are equally wide. */
export function valueAtShare(dimension: SearchDimension, share: number): number {
  const stretch = stretchOf(dimension);
  if (stretch !== undefined) return valueAt(dimension, stretch.low + share * (stretch.high - stretch.low));
  const count = choicesOf(dimension);
  return Math.min(count - 1, Math.floor(share * count));
}

/** How many choices a dimension has; 0 for a range. */
export function choicesOf({ space }: SearchDimension): number {
  return space.kind === "choices" ? space.choices.length : 0;
}

/** How many points there are; infinite where a range has more than whole numbers. */
export function countPoints(dimensions: readonly SearchDimension[]): number {
  return dimensions.reduce((count, { space }) => {
    if (space.kind === "choices") return count * space.choices.length;
    return space.whole ? count * (space.high - space.low + 1) : Infinity;
  }, 1);
}

/** The point with a number below {@link countPoints}, which is finite; the last dimension varies fastest. */
export function pointOfNumber(dimensions: readonly SearchDimension[], number: number): SearchPoint {
  const values: [string, number][] = [];
  let rest = number;
  for (const { name, space } of dimensions.toReversed()) {
    const [count, first] =
      space.kind === "choices" ? [space.choices.length, 0] : [space.high - space.low + 1, space.low];
    values.push([name, first + (rest % count)]);
    rest = Math.floor(rest / count);
  }
  return new Map(values.toReversed());
}

/** The same text for the same point. */
export function pointKey(dimensions: readonly SearchDimension[], point: SearchPoint): string {
  return dimensions.map(({ name }) => String(point.get(name))).join(" ");
}
