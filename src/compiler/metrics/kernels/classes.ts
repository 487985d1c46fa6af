/** What metrics of several classes count. A class is an index; `classes[k][row]` is its probability on a row. */
import type { MetricInput } from "../input.js";
import { aucOfOrder } from "./areas.js";
import { ascendingOrder } from "./sort.js";

type ClassInput = Pick<MetricInput, "classes" | "targets" | "weights">;

/** The class with the greatest probability, the first of several. */
export function likeliest(classes: readonly Float32Array[], row: number): number {
  let best = 0;
  for (let k = 1; k < classes.length; k++) if (classes[k]![row]! > classes[best]![row]!) best = k;
  return best;
}

/** Whether fewer than `count` classes are likelier than the row's own; of equal ones those before it are. */
export function isAmongFirst({ classes, targets }: ClassInput, row: number, count: number): boolean {
  const own = targets[row]!;
  const p = classes[own]![row]!;
  let before = 0;
  for (let k = 0; k < classes.length; k++) {
    const other = classes[k]![row]!;
    if (other > p || (other === p && k < own)) before += 1;
  }
  return before < count;
}

/** The area under the ROC curve of each class against the others; undefined where the rows have only it, or not it. */
export function aucOfClasses({ classes, targets, weights }: ClassInput): readonly (number | undefined)[] {
  return classes.map((scores, k) =>
    aucOfOrder(
      ascendingOrder(scores),
      scores,
      Float32Array.from(targets, (target) => Number(target === k)),
      weights,
    ),
  );
}

/** The same of all pairs of a row and a class at once, each as a row whose score is the probability of the class. */
export function aucOfPairs({ classes, targets, weights }: ClassInput): number | undefined {
  const rows = targets.length;
  const scores = new Float32Array(rows * classes.length);
  const hits = new Float32Array(scores.length);
  const counts = new Float32Array(scores.length);
  for (const [k, each] of classes.entries()) {
    scores.set(each, k * rows);
    counts.set(weights, k * rows);
    for (let row = 0; row < rows; row++) hits[k * rows + row] = Number(targets[row] === k);
  }
  return aucOfOrder(ascendingOrder(scores), scores, hits, counts);
}

/** F1 of each class, a row being given its likeliest one; undefined for one that no row has and no row is given. */
export function f1OfClasses({ classes, targets, weights }: ClassInput): readonly (number | undefined)[] {
  const both = new Float64Array(classes.length);
  const given = new Float64Array(classes.length);
  const had = new Float64Array(classes.length);
  for (let row = 0; row < targets.length; row++) {
    const weight = weights[row]!;
    const target = targets[row]!;
    // A row of no weight may hold anything.
    if (weight === 0) continue;
    const guess = likeliest(classes, row);
    given[guess]! += weight;
    had[target]! += weight;
    if (guess === target) both[target]! += weight;
  }
  return classes.map((_, k) => (given[k]! + had[k]! > 0 ? (2 * both[k]!) / (given[k]! + had[k]!) : undefined));
}

/** The mean of those that are defined; undefined without any. */
export function meanOfDefined(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
