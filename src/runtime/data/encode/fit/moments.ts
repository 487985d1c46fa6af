/** Mean and deviation of numbers by Welford's method, in the order in which they come. */
import type { FittedFeature } from "../fitted.js";

export interface Moments {
  add(values: Float64Array, count: number): void;
  result(): FittedFeature;
}

export function createMoments(transform: (value: number) => number): Moments {
  let n = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  return {
    add: (values, count) => {
      // What functions share is boxed: each new number of it would be one more object.
      let [seen, middle, sum, least, most] = [n, mean, squares, minimum, maximum];
      for (let i = 0; i < count; i++) {
        const raw = values[i]!;
        if (raw !== raw) continue;
        const value = transform(raw);
        seen += 1;
        const delta = value - middle;
        middle += delta / seen;
        sum += delta * (value - middle);
        if (value < least) least = value;
        if (value > most) most = value;
      }
      [n, mean, squares, minimum, maximum] = [seen, middle, sum, least, most];
    },
    result: () => {
      if (n === 0) return { kind: "number", mean: 0, deviation: 0, minimum: 0, maximum: 0 };
      // Numbers near the end of a double's range square to infinity; no scale is better than a factor of zero.
      const deviation = Math.sqrt(squares / n);
      return { kind: "number", mean, deviation: Number.isFinite(deviation) ? deviation : 0, minimum, maximum };
    },
  };
}
