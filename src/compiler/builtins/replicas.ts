/**
 * Values of a layer that stands for n networks. In and out they are [B, n, d]; on the way through several matrix products
 * they are [n, B, d], because a batched product wants the copies first, and after a product with a shared input [B, n·d].
 */
import type { GraphBuilder } from "../graph/builder.js";
import type { Dim, ValueId } from "../graph/graph.js";
import type { FirstValues, LayerContext, ParameterGroup } from "./builtin.js";

export type Signal =
  /** [B, d]: one network, or one input that all n networks read. */
  | { readonly layout: "shared"; readonly value: ValueId }
  /** [B, n·d]. */
  | { readonly layout: "flat"; readonly value: ValueId }
  /** [n, B, d]. */
  | { readonly layout: "copies"; readonly value: ValueId };

/** An input of the layer as it comes. */
export function inputSignal(context: LayerContext, index = 0): Signal {
  const value = inputOf(context, index);
  return context.inputReplicas[index] === undefined
    ? { layout: "shared", value }
    : { layout: "copies", value: context.builder.transpose(value, [1, 0, 2]) };
}

export function inputOf(context: LayerContext, index: number): ValueId {
  const value = context.inputs[index];
  if (value === undefined) throw new Error(`the layer has no input ${index}`);
  return value;
}

/** Rows [B, d], or [B, n, d] of the layer's n networks, as a signal. */
export function spreadRows({ builder, replicas }: LayerContext, value: ValueId): Signal {
  return replicas === undefined
    ? { layout: "shared", value }
    : { layout: "copies", value: builder.transpose(value, [1, 0, 2]) };
}

/** The number of features of a signal's network. */
export function widthOf(context: LayerContext, signal: Signal): number {
  const last = knownDim(context.builder.shape(signal.value).at(-1));
  return signal.layout === "flat" ? last / (context.replicas ?? 1) : last;
}

export function knownDim(dim: Dim | undefined): number {
  if (typeof dim !== "number") throw new Error(`a width is not known: ${String(dim)}`);
  return dim;
}

/** [n, B, d] of a replicated signal. */
export function copiesFirst(context: LayerContext, signal: Signal): ValueId {
  const { builder } = context;
  switch (signal.layout) {
    case "copies":
      return signal.value;
    case "flat":
    case "shared":
      return builder.transpose(rowsFirst(context, signal), [1, 0, 2]);
  }
}

/** What the layer returns: [B, d], or [B, n, d] with replicas; a value that all copies share is repeated for each. */
export function rowsFirst(context: LayerContext, signal: Signal): ValueId {
  const { builder, replicas } = context;
  if (replicas === undefined) return signal.value;
  const [batch = "B"] = builder.shape(signal.value);
  switch (signal.layout) {
    case "copies":
      return builder.transpose(signal.value, [1, 0, 2]);
    case "flat":
      return builder.reshape(signal.value, [batch, replicas, widthOf(context, signal)]);
    case "shared":
      return repeat(builder, signal.value, replicas);
  }
}

/** [B, d] → [B, n, d]. */
export function repeat(builder: GraphBuilder, value: ValueId, replicas: number): ValueId {
  const [batch = "B", width = 1] = builder.shape(value);
  return builder.broadcast(builder.expandDims(value, 1), [batch, replicas, width]);
}

/** An input with the layer's replicas: [B, d] without, [B, n, d] with. */
export function inputRows(context: LayerContext, index: number): ValueId {
  return rowsFirst(context, inputSignal(context, index));
}

/** A parameter of each of the layer's networks: `shape` of one, [n, …shape] of n. */
export function ownParameter(
  context: LayerContext,
  name: string,
  shape: readonly number[],
  initializer: FirstValues,
  group: ParameterGroup,
): ValueId {
  if (context.ownParameter !== undefined) return context.ownParameter(name, shape, initializer, group);
  return context.parameter(name, withCopies(context, shape), initializer, group);
}

/** A statistic of each of the layer's networks, likewise. */
export function ownStatistic(
  context: LayerContext,
  name: string,
  shape: readonly number[],
  initial: number,
): ReturnType<LayerContext["statistic"]> {
  if (context.ownStatistic !== undefined) return context.ownStatistic(name, shape, initial);
  return context.statistic(name, withCopies(context, shape), initial);
}

/** A parameter's shape with the copies first, where there are any. */
function withCopies(context: LayerContext, shape: readonly number[]): readonly number[] {
  return context.replicas === undefined ? shape : [context.replicas, ...shape];
}

/** A shared input is given to each copy, where what is done to it differs by copy. */
export function apartCopies(context: LayerContext, signal: Signal): Signal {
  if (signal.layout !== "shared" || context.replicas === undefined) return signal;
  const rows = rowsFirst(context, signal);
  const [batch = "B", copies, width] = context.builder.shape(rows);
  const value = context.builder.reshape(rows, [batch, knownDim(copies) * knownDim(width)]);
  return { layout: "flat", value };
}

/** A number per unit, [d] or [n, d], laid out to meet the signal: [d], [n·d] or [n, 1, d]. */
export function spreadUnits(context: LayerContext, signal: Signal, units: ValueId): ValueId {
  const { builder, replicas = 1 } = context;
  const width = widthOf(context, signal);
  switch (signal.layout) {
    case "shared":
      return builder.reshape(units, [width]);
    case "flat":
      return builder.reshape(units, [replicas * width]);
    case "copies":
      return builder.reshape(units, [replicas, 1, width]);
  }
}
