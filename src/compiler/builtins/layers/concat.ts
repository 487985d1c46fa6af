import type { GraphBuilder } from "../../graph/builder.js";
import type { NodeOf, ValueId } from "../../graph/graph.js";
import type { LayerBuiltin } from "../builtin.js";
import { inputRows } from "../replicas.js";
import { problem, shapeOf } from "../shapes.js";

export const concat: LayerBuiltin = {
  kind: "layer",
  name: "concat",
  summary: "Vectors one after another; `[a, b]` is the same.",
  inputs: "variadic",
  parameters: [],
  positions: true,
  shape: (inputs) =>
    inputs.every((shape) => shape.length === 1)
      ? shapeOf(inputs.reduce((width, [own = 0]) => width + own, 0))
      : problem("needs vectors per row"),
  lower: (context) => {
    const { builder } = context;
    const values = context.inputs.map((_, index) => inputRows(context, index));
    return builder.concat(joinSlices(builder, values), -1);
  },
};

/**
 * Neighbouring slices of one value as one slice: features of one table that are in the table's order are one piece of
 * what was gathered, not a copy each.
 */
function joinSlices(builder: GraphBuilder, values: readonly ValueId[]): readonly ValueId[] {
  const joined: ValueId[] = [];
  for (const value of values) {
    const last = joined.at(-1);
    const both = last === undefined ? undefined : joinPair(builder, last, value);
    if (both === undefined) joined.push(value);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function joinPair(builder: GraphBuilder, left: ValueId, right: ValueId): ValueId | undefined {
  const [a, b] = [lastAxisSlice(builder, left), lastAxisSlice(builder, right)];
  if (a === undefined || b === undefined || a.inputs[0] !== b.inputs[0]) return undefined;
  const { axis, begin, size } = a.attributes;
  if (b.attributes.begin !== begin + size) return undefined;
  return builder.slice(a.inputs[0] ?? -1, { axis, begin, size: size + b.attributes.size });
}

function lastAxisSlice(builder: GraphBuilder, value: ValueId): NodeOf<"slice"> | undefined {
  const node = builder.node(value);
  return node.op === "slice" && node.attributes.axis === node.type.shape.length - 1 ? node : undefined;
}
