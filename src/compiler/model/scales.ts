/** How a number of a feature becomes what the network sees: the arithmetic that encoders of rows and of graphs share. */
import type { NumberFeature } from "./feature-lists.js";
import type { FittedFeature } from "./fitted.js";

/** What float32 can hold; a number beyond it would become an infinity. */
export const largestFloat = 3.4028234663852886e38;

/** Whether the logarithm of a number is scaled in its place. */
export function isLogarithmic({ scale }: Pick<NumberFeature, "scale">): boolean {
  return scale === "log1p" || scale === "log1p_standard";
}

/** `log1p` keeps the sign: −log(1 + |x|) for a negative x, so that every number has a value. */
export function numberTransform(feature: Pick<NumberFeature, "scale">): (value: number) => number {
  if (!isLogarithmic(feature)) return (value) => value;
  return (value) => (value < 0 ? -Math.log1p(-value) : Math.log1p(value));
}

/** Whether what is fitted moves or stretches a number. */
export function isFittedScale({ scale }: Pick<NumberFeature, "scale">): boolean {
  return scale !== "none" && scale !== "log1p";
}

/** What is for a missing number before it is shifted; NaN stays missing. */
export function fillOf({ missing, scale }: NumberFeature, mean: number): number {
  if (missing === "mean") return mean;
  return missing === "none" ? NaN : numberTransform({ scale })(missing);
}

/** What is taken off a transformed number, and what the rest is multiplied by. */
export function affineOf(
  { scale }: NumberFeature,
  { mean, deviation, minimum, maximum }: Extract<FittedFeature, { kind: "number" }>,
): { readonly shift: number; readonly factor: number } {
  switch (scale) {
    case "none":
    case "log1p":
      return { shift: 0, factor: 1 };
    case "standard":
    case "log1p_standard":
      return { shift: mean, factor: deviation > 0 ? 1 / deviation : 1 };
    case "minmax":
      return { shift: minimum, factor: maximum > minimum ? 1 / (maximum - minimum) : 1 };
  }
}
