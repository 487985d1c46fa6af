/** Seeded draws. Tests hand in others, so that an update can be compared draw by draw. */
import { createRandom } from "../data/batches/random.js";

export interface Draws {
  /** Uniform in [0, 1), 53 bits. */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
}

/** A stream of draws that is a function only of the seeds. Normals by the polar method (Marsaglia and Bray, 1964). */
export function createDraws(...seeds: readonly number[]): Draws {
  const word = createRandom(...seeds);
  const uniform = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * factor;
      return u * factor;
    }
  };
  return { uniform, normal };
}
