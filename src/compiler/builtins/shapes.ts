/** Shape rules that several layers share. */
import type { ShapeResult } from "./builtin.js";

export function shapeOf(...shape: readonly number[]): ShapeResult {
  return { kind: "shape", shape };
}

export function problem(text: string): ShapeResult {
  return { kind: "problem", problem: text };
}

/** The width of a layer's one input, a vector per row, handed on to the rule. */
export function fromVector(inputs: readonly (readonly number[])[], rule: (width: number) => ShapeResult): ShapeResult {
  const [shape = []] = inputs;
  const [width] = shape;
  return width === undefined || shape.length !== 1
    ? problem(`needs a vector per row, has [${shape.join(", ")}]`)
    : rule(width);
}

/** The common width of vectors per row. */
export function fromEqualVectors(
  inputs: readonly (readonly number[])[],
  rule: (width: number) => ShapeResult,
): ShapeResult {
  return fromVector(inputs, (width) => {
    const other = inputs.find((shape) => shape.length !== 1 || shape[0] !== width);
    return other === undefined
      ? rule(width)
      : problem(`needs inputs of one width, has ${width} and ${other.join("×")}`);
  });
}
