/**
 * The data of MMoE's synthetic experiment (Ma et al., KDD 2018, section 3.2): x of independent standard normals, and for each of
 * two tasks y = w·x + Σᵢ sin(αᵢ·(w·x) + βᵢ) + noise. w₁ and w₂ are of length c and have the cosine p, the "task correlation".
 */
import { createNormals } from "./normals.js";

/** What the paper leaves open, and what it says of d. */
export interface Generator {
  /** d: numbers in x. */
  readonly dimension: number;
  /** c: the length of w₁ and w₂. */
  readonly scale: number;
  /** αᵢ and βᵢ, as many of either as there are sines (m). */
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
  /** Standard deviation of what is added to y. */
  readonly noise: number;
}

/** αᵢ and βᵢ from N(0, 1), as some take them; the same for every data set. */
function drawnSines(count: number): Pick<Generator, "alphas" | "betas"> {
  const normal = createNormals(0x51e5, count);
  return {
    alphas: Array.from({ length: count }, normal),
    betas: Array.from({ length: count }, normal),
  };
}

/** Choices that others made; none is the paper's, which gives no numbers. */
export const presets = {
  /** Google's own generator: c = 1, α = 1 … 10, β = (i − 1)². */
  google: {
    dimension: 100,
    scale: 1,
    alphas: Array.from({ length: 10 }, (_, i) => i + 1),
    betas: Array.from({ length: 10 }, (_, i) => i ** 2),
    noise: 0.01,
  },
  /** keras-mmoe: few sines, short weights, much noise. */
  keras: { dimension: 100, scale: 0.3, ...drawnSines(5), noise: 0.1 },
  /** A port to PyTorch: few sines and long weights, so that y bends often. */
  pytorch: { dimension: 100, scale: 3, ...drawnSines(4), noise: 0.01 },
} as const satisfies Readonly<Record<string, Generator>>;

export type PresetName = keyof typeof presets;

/** Rows of one data set: row-major, what was there before is overwritten. */
export interface Rows {
  /** [count, d] */
  readonly x: Float32Array;
  /** [count, 2] */
  readonly y: Float32Array;
}

/** Streams of a data set: what trains, what measures a run on its way, and what measures it at its end. */
export const streams = { train: 0, points: 1, end: 2 } as const;

/** One data set without an end: weights that are drawn once, and rows of them. */
export interface DataSet {
  /** w₁ and w₂, [d]. */
  readonly weights: readonly [Float64Array, Float64Array];
  /** Overwrites all rows with the next ones of a stream. Streams of one data set have different rows of the same function. */
  readonly stream: (index: number) => (rows: Rows) => void;
}

/** @param correlation p in [−1, 1] */
export function createDataSet(generator: Generator, correlation: number, seed: number): DataSet {
  const { dimension, scale, alphas, betas, noise } = generator;
  const [u1, u2] = orthonormalPair(dimension, createNormals(seed, 0));
  const across = Math.sqrt(1 - correlation ** 2);
  const first = u1.map((value) => scale * value);
  const second = u1.map((value, i) => scale * (correlation * value + across * u2[i]!));
  const label = (product: number): number => {
    let sum = product;
    for (let i = 0; i < alphas.length; i++) sum += Math.sin(alphas[i]! * product + betas[i]!);
    return sum;
  };
  const stream = (index: number): ((rows: Rows) => void) => {
    const normal = createNormals(seed, 1 + index);
    return ({ x, y }) => {
      for (let row = 0; row < y.length / 2; row++) {
        const [start, end] = [row * dimension, (row + 1) * dimension];
        let [one, two] = [0, 0];
        for (let at = start; at < end; at++) {
          const value = (x[at] = Math.fround(normal()));
          one += value * first[at - start]!;
          two += value * second[at - start]!;
        }
        y[2 * row] = label(one) + noise * normal();
        y[2 * row + 1] = label(two) + noise * normal();
      }
    };
  };
  return { weights: [first, second], stream };
}

/** Two directions at right angles, by Gram and Schmidt from normals: uniform over all such pairs. */
function orthonormalPair(dimension: number, normal: () => number): readonly [Float64Array, Float64Array] {
  const draw = (): Float64Array => Float64Array.from({ length: dimension }, normal);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const unit = (a: Float64Array): Float64Array => a.map((value) => value / Math.sqrt(dot(a, a)));
  const first = unit(draw());
  const second = draw();
  const along = dot(first, second);
  return [first, unit(second.map((value, i) => value - along * first[i]!))];
}
