/** How the labels of two tasks go together: figure 2 of the paper. */
import { createDataSet, type Generator, type PresetName, presets } from "./generator.js";
import { intervalPoint, numbersFrom } from "./figures.js";
import type { SyntheticResults } from "./results.js";

/** Trials of figure 2, each of as many rows. */
const trials = 100;
const trialRows = 10_000;

/** Pearson's correlation of the labels by that of the tasks, over trials. */
export function labelCorrelations(names: readonly PresetName[], tasks: readonly number[]): SyntheticResults["labels"] {
  return tasks.map((correlation) => ({
    correlation,
    pearson: Object.fromEntries(
      names.map((preset) => [
        preset,
        intervalPoint(
          numbersFrom(1, trials).map((seed) => labelCorrelation(presets[preset], correlation, seed, trialRows)),
        ),
      ]),
    ),
  }));
}

/** Labels depend on x only by two products, which have one distribution for every d, so that two numbers in x are enough. */
export function labelCorrelation(generator: Generator, correlation: number, seed: number, rows: number): number {
  const y = new Float32Array(2 * rows);
  createDataSet({ ...generator, dimension: 2 }, correlation, seed).stream(0)({ x: new Float32Array(2 * rows), y });
  const column = (task: number): Float32Array => y.filter((_, i) => i % 2 === task);
  return pearson(column(0), column(1));
}

function pearson(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return both / Math.sqrt(ofA * ofB);
}
