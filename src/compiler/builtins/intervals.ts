/** Mean losses over stretches of the training: epochs, or so many steps. */
import type { ValueId } from "../graph/graph.js";
import type { BalanceContext } from "./balance.js";
import type { ParameterSpec } from "./parameter.js";
import { vectorOf } from "./vectors.js";

/** How long a stretch is. */
export const stepsParameter: ParameterSpec = {
  name: "steps",
  type: { kind: "number", min: 1, integer: true },
  default: null,
  doc: "How many steps a mean of the losses is over; without it, the steps of an epoch.",
};

export interface Stretches {
  /** float32[]: how many have ended. */
  readonly ended: ValueId;
  /** bool[]: whether the last one that has ended did so with the step before. */
  readonly isNew: ValueId;
  /** [K]: mean losses over the last one that has ended, and over the one before it. */
  readonly last: ValueId;
  readonly before: ValueId;
}

/** Has a {@link stepsParameter} among its arguments. A loss that a stretch has no row for keeps its mean. */
export function meanLosses(context: BalanceContext): Stretches {
  const { builder, arguments: args, losses, memory } = context;
  const shape = [losses.length];
  const zero = builder.scalar(0);
  const { steps } = args;
  const now = typeof steps === "number" ? quotient(context, steps) : context.epoch();
  const index = memory("stretch", [], 0);
  const isNew = builder.less(index.value, now);
  const [sums, counts] = [memory("sum", shape, 0), memory("count", shape, 0)];
  const [last, before, ended] = [memory("last", shape, 0), memory("before", shape, 0), memory("ended", [], 0)];
  const mean = builder.div(sums.value, builder.maximum(counts.value, builder.scalar(1)));
  const newest = builder.select(builder.less(zero, counts.value), mean, last.value);
  const next = {
    last: builder.select(isNew, newest, last.value),
    before: builder.select(isNew, last.value, before.value),
    ended: builder.add(ended.value, builder.cast(isNew, "float32")),
  };
  index.update(now);
  last.update(next.last);
  before.update(next.before);
  ended.update(next.ended);
  const kept = (value: ValueId): ValueId => builder.select(isNew, builder.zeros(shape), value);
  sums.update(builder.add(kept(sums.value), vectorOf(builder, losses)));
  counts.update(builder.add(kept(counts.value), vectorOf(builder, context.present)));
  return { ...next, isNew };
}

/** ⌊steps done / length⌋ as a float32: exact up to 2²⁴ steps. */
function quotient({ builder, steps }: BalanceContext, length: number): ValueId {
  const share = builder.scale(builder.add(steps, builder.scalar(0.5)), 1 / length);
  return builder.cast(builder.cast(share, "int32"), "float32");
}
