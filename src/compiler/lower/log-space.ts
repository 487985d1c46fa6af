/** Arithmetic on logarithms of probabilities. */
import type { GraphBuilder, ValueId } from "../graph/index.js";

/** The largest log p below 0 that float32 tells apart from it with room for the logarithm of 1 − p; log(1 − p) is −85 there. */
const nearestToZero = -1e-37;

/**
 * log(1 − eˣ) for x ≤ 0, finite with its gradient everywhere. Above −log 2 by log(−expm1(x)), below by log1p(−exp(x)):
 * each loses no digits where it is used (Mächler: Accurately Computing log(1 − exp(−|a|)), 2012). Each branch sees only
 * values of its own range, as the gradient of the one that is not taken must be finite too.
 */
export function logOneMinusExp(builder: GraphBuilder, x: ValueId): ValueId {
  const border = builder.scalar(-Math.LN2);
  const near = builder.maximum(builder.minimum(x, builder.scalar(nearestToZero)), border);
  const far = builder.minimum(x, border);
  return builder.select(
    builder.less(border, x),
    builder.log(builder.neg(builder.expm1(near))),
    builder.log1p(builder.neg(builder.exp(far))),
  );
}
