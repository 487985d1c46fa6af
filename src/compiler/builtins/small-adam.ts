import type { ValueId } from "../graph/graph.js";
import type { BalanceContext } from "./balance.js";

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** A vector [K] moved against a gradient by Adam, with memories of its own: what it is next. `time`: float32[], 1 in its first step. */
export function adamStep(
  { builder, memory }: Pick<BalanceContext, "builder" | "memory">,
  { value, gradient, rate, time }: { value: ValueId; gradient: ValueId; rate: number; time: ValueId },
): ValueId {
  const shape = builder.shape(value).map(Number);
  const running = (name: string, share: number, of: ValueId): ValueId => {
    const average = memory(name, shape, 0);
    const next = builder.add(builder.scale(average.value, share), builder.scale(of, 1 - share));
    average.update(next);
    return next;
  };
  const mean = running("mean", beta1, gradient);
  const square = running("square", beta2, builder.square(gradient));
  const seen = (share: number): ValueId => builder.neg(builder.expm1(builder.scale(time, Math.log(share))));
  const root = builder.sqrt(builder.div(square, seen(beta2)));
  const move = builder.div(builder.div(mean, seen(beta1)), builder.add(root, builder.scalar(epsilon)));
  return builder.sub(value, builder.scale(move, rate));
}
