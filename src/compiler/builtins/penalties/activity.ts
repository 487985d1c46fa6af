import type { ValueId } from "../../graph/graph.js";
import type { PenaltyBuiltin, PenaltyContext } from "../builtin.js";

export const activity: PenaltyBuiltin = {
  kind: "penalty",
  name: "activity",
  summary:
    "The mean per row of the squares of a tensor's units, summed: of an embedding, each use of an id counts, and no id that the batch does not use.",
  on: "nodes",
  parameters: [],
  lower: (context) => {
    const { builder, present } = context;
    const rows = builder.maximum(builder.sum(present()), builder.scalar(1));
    const total = context.nodes
      .map((node) => sumOfSquares(context, node))
      .reduce((sum, each) => builder.add(sum, each), builder.scalar(0));
    return builder.div(total, rows);
  },
};

/** Of a tensor [B, …], over the rows that count. */
function sumOfSquares({ builder, present }: PenaltyContext, value: ValueId): ValueId {
  const axes = builder.shape(value).flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  return builder.sum(builder.mul(builder.sum(builder.square(value), { axes }), present()));
}
