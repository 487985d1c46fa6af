/**
 * An ensemble of regression trees and what it says of a row: the sum of a leaf of each tree. Its numbers are those of
 * LightGBM, bit for bit: the same comparisons of float64 and the same order of additions.
 */

/** A tree in arrays, a number for each inner node; without inner nodes it is its one leaf. */
export interface Tree {
  /** The column that a node looks at. */
  readonly column: Int32Array;
  /** Of a number, what goes left is ≤ this; of a category, the index of its set of categories. */
  readonly threshold: Float64Array;
  /** Bit 0: categories; bit 1: what is missing goes left; bits 2 and 3: what is missing, {@link missingKinds}. */
  readonly decision: Uint8Array;
  /** The inner node to go on with; −1 − i for the leaf i. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** A number for each leaf. */
  readonly leaves: Float64Array;
  /** Where each set of categories begins in `categories`, and the end. */
  readonly sets: Int32Array;
  /** Bit b of word w of a set is the category 32·w + b, which goes left. */
  readonly categories: Uint32Array;
}

export interface Ensemble {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** What was minimised and its settings, such as `binary sigmoid:1`; it says what a sum means. */
  readonly objective: string;
  readonly trees: readonly Tree[];
}

/** What a node takes for a missing number: nothing, 0, or NaN. */
export const missingKinds = { none: 0, zero: 1, nan: 2 } as const;

/** Numbers that are at most this far from 0 are 0 where that is what is missing: 1e-35 in float32. */
const zeroThreshold = Math.fround(1e-35);

/** Σ over the trees for each row; `rows`: row-major [n, columns]. NaN is a missing value. */
export function sumOfTrees(trees: readonly Tree[], rows: Float32Array | Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns === 0 ? 0 : rows.length / columns);
  addTrees(trees, rows, columns, sums);
  return sums;
}

/** The same, added to what `sums` holds. */
export function addTrees(
  trees: readonly Tree[],
  rows: Float32Array | Float64Array,
  columns: number,
  sums: Float64Array,
): void {
  for (let row = 0, first = 0; row < sums.length; row++, first += columns)
    for (const tree of trees) sums[row]! += tree.leaves[leafOf(tree, rows, first)]!;
}

/** The leaf that a row falls into; its values begin at `first`. */
export function leafOf(tree: Tree, values: Float32Array | Float64Array, first: number): number {
  const { column, threshold, decision, left, right } = tree;
  if (column.length === 0) return 0;
  let node = 0;
  while (node >= 0) {
    const value = values[first + column[node]!]!;
    const kind = decision[node]!;
    const goesLeft = (kind & 1) === 1 ? isInSet(tree, threshold[node]!, value) : isBelow(value, threshold[node]!, kind);
    node = goesLeft ? left[node]! : right[node]!;
  }
  return -1 - node;
}

function isBelow(given: number, threshold: number, kind: number): boolean {
  const missing = (kind >> 2) & 3;
  const value = given !== given && missing !== missingKinds.nan ? 0 : given;
  const isMissing =
    missing === missingKinds.nan
      ? value !== value
      : missing === missingKinds.zero && value >= -zeroThreshold && value <= zeroThreshold;
  return isMissing ? (kind & 2) !== 0 : value <= threshold;
}

/** A category that is missing, negative or unknown is in no set. */
function isInSet({ sets, categories }: Tree, set: number, value: number): boolean {
  if (!(value > -1)) return false;
  const category = Math.trunc(value);
  const word = sets[set]! + Math.floor(category / 32);
  return word < sets[set + 1]! && ((categories[word]! >>> (category % 32)) & 1) === 1;
}

/** What a sum of trees predicts: a probability under `binary`, an amount under what is fitted by its logarithm, else itself. */
export function transformed({ objective }: Pick<Ensemble, "objective">, sum: number): number {
  const [name = "", ...settings] = objective.split(" ");
  switch (name) {
    case "binary":
    case "cross_entropy":
      return 1 / (1 + Math.exp(-settingOf(settings, "sigmoid", 1) * sum));
    case "poisson":
    case "gamma":
    case "tweedie":
      return Math.exp(sum);
    case "regression":
      return settings.includes("sqrt") ? Math.sign(sum) * sum * sum : sum;
    default:
      return sum;
  }
}

function settingOf(settings: readonly string[], name: string, otherwise: number): number {
  const found = settings.find((each) => each.startsWith(`${name}:`));
  return found === undefined ? otherwise : Number(found.slice(name.length + 1));
}
