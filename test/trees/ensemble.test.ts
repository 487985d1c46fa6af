/**
 * Our reader beside LightGBM: models that it made and the numbers that it predicts with them, written by
 * `write_models.py`. No library is needed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addTrees, type Ensemble, readEnsemble, sumOfTrees, transformed } from "../../src/compiler/trees/index.js";

const folder = join(import.meta.dirname, "models");
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".txt") ? [file.slice(0, -4)] : []));

interface Known {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly sums: readonly number[];
  readonly predictions: readonly number[];
}

const textOf = (name: string): string => readFileSync(join(folder, `${name}.txt`), "utf8");
const knownOf = (name: string): Known => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Known;
const valuesOf = ({ rows }: Known): Float64Array => Float64Array.from(rows.flat(), (value) => value ?? NaN);
const sumsOf = ({ trees, columns }: Ensemble, known: Known): readonly number[] => [
  ...sumOfTrees(trees, valuesOf(known), columns.length),
];

describe("models of LightGBM", () => {
  it.each(names)("%s: sums are its sums, bit for bit", (name) => {
    expect(sumsOf(readEnsemble(textOf(name)), knownOf(name))).toEqual(knownOf(name).sums);
  });

  it.each(names)("%s: predictions are its predictions", (name) => {
    const [ensemble, known] = [readEnsemble(textOf(name)), knownOf(name)];
    known.sums.forEach((sum, row) => {
      const predicted = known.predictions[row]!;
      expect(Math.abs(transformed(ensemble, sum) - predicted)).toBeLessThanOrEqual(1e-14 * Math.abs(predicted));
    });
  });

  it("together have every kind of node that there is", () => {
    const kinds = names.flatMap((name) => readEnsemble(textOf(name)).trees.flatMap(({ decision }) => [...decision]));
    const numbers = kinds.filter((kind) => (kind & 1) === 0);
    // Nothing, zero and NaN missing; the last two to the left and to the right.
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([2, 4, 6, 8, 10]);
    expect(kinds.some((kind) => (kind & 1) === 1)).toBe(true);
  });

  it("are read tree by tree as well", () => {
    const { trees, columns } = readEnsemble(textOf("binary"));
    const known = knownOf("binary");
    const sums = new Float64Array(known.rows.length);
    for (const tree of trees) addTrees([tree], valuesOf(known), columns.length, sums);
    expect([...sums]).toEqual(known.sums);
  });

  it("depend on every column that a node names: a reader that mixed up columns would differ", () => {
    const { trees, columns } = readEnsemble(textOf("missing_nan"));
    const known = knownOf("missing_nan");
    const swapped = known.rows.map(([a, b, c, d]) => [b!, a!, c!, d!]);
    expect([...sumOfTrees(trees, valuesOf({ ...known, rows: swapped }), columns.length)]).not.toEqual(known.sums);
  });
});

describe("a text that is not a model", () => {
  const text = textOf("binary");

  it.each([
    ["", "it does not begin with `tree`"],
    [text.replace("version=v4", "version=v9"), "its version is v9, not v3 or v4"],
    [text.replace("num_class=1", "num_class=3"), "its num_class is 3, not 1"],
    [text.replace("objective=", "average_output\nobjective="), "it is a random forest, whose trees are averaged"],
    [text.slice(0, text.length / 2), "it ends within its trees"],
    [text.replace(/is_linear=0/, "is_linear=1"), "the leaves of tree 0 are linear models"],
    [text.replace(/leaf_value=\S+ /, "leaf_value="), "tree 0 is not complete"],
    [text.replace(/leaf_value=\S+/, "leaf_value=x"), "the leaf_value of tree 0 has `x`, which is not a number"],
    [text.replace(/split_feature=\S+/, "split_feature=4"), "tree 0 reads a column that is not there"],
    [text.replace(/left_child=\S+/, "left_child=0"), "tree 0 is not a tree"],
  ])("is refused with what is wrong %#", (broken, message) => {
    expect(() => readEnsemble(broken)).toThrow(message);
  });
});
