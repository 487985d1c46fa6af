/** Reads the text that LightGBM keeps a model in. */
import type { Ensemble, Tree } from "./ensemble.js";

/** Throws an `Error` that says what is wrong with a text that is not one of a single output, of plain trees. */
export function readEnsemble(text: string): Ensemble {
  const [head = "", ...parts] = text.split(/^Tree=\d+$/m);
  const entries = entriesOf(head);
  if (!head.startsWith("tree\n")) throw new Error("it does not begin with `tree`");
  const version = entries.get("version");
  if (version !== "v4" && version !== "v3") throw new Error(`its version is ${version ?? "missing"}, not v3 or v4`);
  for (const count of ["num_class", "num_tree_per_iteration"])
    if (entries.get(count) !== "1") throw new Error(`its ${count} is ${entries.get(count) ?? "missing"}, not 1`);
  if (/^average_output$/m.test(head)) throw new Error("it is a random forest, whose trees are averaged");
  if (!/^end of trees$/m.test(parts.at(-1) ?? head)) throw new Error("it ends within its trees");
  const columns = (entries.get("feature_names") ?? "").split(" ").filter((name) => name !== "");
  return {
    columns,
    objective: entries.get("objective") ?? "",
    trees: parts.map((part, index) => readTree(part, index, columns.length)),
  };
}

function entriesOf(part: string): ReadonlyMap<string, string> {
  return new Map(
    part.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

function readTree(part: string, index: number, columns: number): Tree {
  const entries = entriesOf(part.split(/^end of trees$/m)[0] ?? "");
  const numbers = (name: string): readonly number[] => {
    const values = (entries.get(name) ?? "").split(" ").filter((each) => each !== "");
    return values.map((value) => numberOf(value, name, index));
  };
  if (entries.get("is_linear") === "1") throw new Error(`the leaves of tree ${index} are linear models`);
  const leaves = Float64Array.from(numbers("leaf_value"));
  const inner = leaves.length - 1;
  const tree: Tree = {
    column: Int32Array.from(numbers("split_feature")),
    threshold: Float64Array.from(numbers("threshold")),
    decision: Uint8Array.from(numbers("decision_type")),
    left: Int32Array.from(numbers("left_child")),
    right: Int32Array.from(numbers("right_child")),
    leaves,
    sets: Int32Array.from(numbers("cat_boundaries")),
    categories: Uint32Array.from(numbers("cat_threshold")),
  };
  const { column, threshold, decision, left, right } = tree;
  const isWhole = [column, threshold, decision, left, right].every(({ length }) => length === inner);
  if (!isWhole || numbers("num_leaves")[0] !== leaves.length) throw new Error(`tree ${index} is not complete`);
  if (column.some((each) => each < 0 || each >= columns))
    throw new Error(`tree ${index} reads a column that is not there`);
  if (!leadsDown(tree)) throw new Error(`tree ${index} is not a tree`);
  return tree;
}

function numberOf(text: string, name: string, index: number): number {
  const value = text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
  if (Number.isNaN(value)) throw new Error(`the ${name} of tree ${index} has \`${text}\`, which is not a number`);
  return value;
}

/** Whether each inner node comes after the one that leads to it, and each leaf is there: a row always arrives. */
function leadsDown({ left, right, leaves, decision, threshold, sets, categories }: Tree): boolean {
  const isSound = (node: number, child: number): boolean =>
    child >= 0 ? child > node && child < left.length : -1 - child < leaves.length;
  return left.every(
    (child, node) =>
      isSound(node, child) &&
      isSound(node, right[node]!) &&
      ((decision[node]! & 1) === 0 || (sets[threshold[node]! + 1] ?? Infinity) <= categories.length),
  );
}
