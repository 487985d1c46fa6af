/** Layers over sequences: what is done to each position by itself. */
import { multiplyDims } from "../graph/dims.js";
import type { Dim, ValueId } from "../graph/graph.js";
import type { LayerBuiltin, LayerContext, ShapeResult } from "./builtin.js";
import { inputOf, knownDim } from "./replicas.js";
import { problem } from "./shapes.js";
import type { Arguments } from "../model/model.js";

/** The shape of a layer's value: of one that takes positions by themselves, as many of them as it reads. */
export function layerShape(layer: LayerBuiltin, inputs: readonly (readonly number[])[], args: Arguments): ShapeResult {
  const [length] = inputs.flatMap((shape) => (shape.length === 2 ? shape.slice(0, 1) : []));
  if (layer.positions !== true || length === undefined) return layer.shape(inputs, args);
  const result = layer.shape(
    inputs.map((shape) => shape.slice(-1)),
    args,
  );
  if (result.kind === "problem") return result;
  return inputs.every((shape) => shape.length === 2)
    ? { kind: "shape", shape: [length, ...result.shape] }
    : problem("reads sequences only, or vectors only");
}

export function lowerLayer(layer: LayerBuiltin, context: LayerContext): ValueId {
  const isOfPositions = layer.positions === true && context.masks.some((mask) => mask !== undefined);
  return isOfPositions ? eachPosition(context, layer.lower) : layer.lower(context);
}

/**
 * What a layer of vectors makes of each position of sequences [B, L, d]: to it positions are rows, of which those count that
 * have a value. → [B, L, w].
 */
export function eachPosition(context: LayerContext, lower: (context: LayerContext) => ValueId): ValueId {
  const { builder } = context;
  const [batch = "B", length] = builder.shape(inputOf(context, 0));
  const rows = multiplyDims(batch, knownDim(length));
  const value = lower({
    ...positionRows(context, 0, rows),
    inputs: context.inputs.map((input) => builder.reshape(input, [rows, knownDim(builder.shape(input).at(-1))])),
    masks: context.inputs.map(() => undefined),
  });
  return builder.reshape(value, [batch, knownDim(length), knownDim(builder.shape(value).at(-1))]);
}

/** The context with the positions of a sequence, one of its inputs, as rows: those count that have a value, in rows that count. */
export function positionRows(context: LayerContext, index: number, rows: Dim): LayerContext {
  const { builder } = context;
  const present = (): ValueId => {
    const counted = builder.mul(maskOf(context, index), builder.expandDims(context.present(), -1));
    return builder.reshape(counted, [rows]);
  };
  return { ...context, present };
}

/** [B, L] of an input that is a sequence. */
export function maskOf(context: LayerContext, index: number): ValueId {
  const mask = context.masks[index];
  if (mask === undefined) throw new Error(`the input ${index} is not a sequence`);
  return mask();
}
