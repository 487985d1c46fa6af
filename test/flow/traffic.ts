/** A day of simulated requests, seeded. */
export interface Traffic {
  /** Requests in the half minute that begins `step` half minutes after midnight. */
  readonly requests: (step: number) => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** From 1.7 times the average at eight in the evening to 0.3 times at eight in the morning. */
export function createTraffic(total: number, seed: number): Traffic {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const weight = (step: number): number => 1 + 0.7 * Math.cos((step / 120 - 20) * (Math.PI / 12));
  const sum = Array.from({ length: 2880 }, (_, step) => weight(step)).reduce((a, b) => a + b, 0);
  return {
    random,
    requests: (step) => {
      const mean = (total * weight(step)) / sum;
      return Math.floor(mean * (0.7 + 0.6 * random()) + random());
    },
  };
}
