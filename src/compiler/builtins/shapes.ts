/** Shape rules that several layers share. */
import { omitUndefined } from "../text/index.js";
import type { ShapeResult } from "./builtin.js";

export function shapeOf(...shape: readonly number[]): ShapeResult {
  return { kind: "shape", shape };
}

export function problem(text: string, help?: string): ShapeResult {
  return { kind: "problem", problem: text, ...omitUndefined({ help }) };
}

/** `[64]`; of a sequence `sequence[50] × [64]`. */
export function shapeText(shape: readonly number[]): string {
  const [length, width] = shape;
  return shape.length === 2 ? `sequence[${length ?? ""}] × [${width ?? ""}]` : `[${shape.join(", ")}]`;
}

/** The length and width of a layer's one input, a sequence, handed on to the rule. */
export function fromSequence(
  shape: readonly number[] | undefined,
  rule: (length: number, width: number) => ShapeResult,
): ShapeResult {
  const [length, width] = shape ?? [];
  return length === undefined || width === undefined
    ? problem(`needs a sequence, has ${shapeText(shape ?? [])}`)
    : rule(length, width);
}

/** The width of a layer's one input, a vector per row, handed on to the rule. */
export function fromVector(inputs: readonly (readonly number[])[], rule: (width: number) => ShapeResult): ShapeResult {
  const [shape = []] = inputs;
  const [width] = shape;
  return width === undefined || shape.length !== 1
    ? problem(`needs a vector per row, has ${shapeText(shape)}`)
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
      : problem(
          `needs inputs of one width, has ${width} and ${other.length === 2 ? shapeText(other) : other.join("×")}`,
        );
  });
}
