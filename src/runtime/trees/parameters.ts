/** What LightGBM is told. */
import { resolveLoss } from "../../compiler/builtins/index.js";
import type { ArgumentValue, LossTerm, TreeHead } from "../../compiler/model/index.js";
import type { TreeParameters } from "./lightgbm.js";

/** LightGBM's names for the arguments of `trees(…)`; `rounds` is for whoever makes the trees. */
const names: Readonly<Record<string, string>> = {
  leaves: "num_leaves",
  lr: "learning_rate",
  depth: "max_depth",
  min_rows: "min_data_in_leaf",
  min_hessian: "min_sum_hessian_in_leaf",
  min_gain: "min_gain_to_split",
  l1: "lambda_l1",
  l2: "lambda_l2",
  row_share: "bagging_fraction",
  feature_share: "feature_fraction",
  bins: "max_bin",
};

/**
 * Parameters by LightGBM's names. `gains`: of an objective over lists, what each level of a label is worth. The same
 * parameters, data and number of threads give the same trees.
 */
export function treeParameters(
  { node }: Pick<TreeHead, "node">,
  term: LossTerm,
  run: { readonly seed: number; readonly threads: number; readonly gains: readonly number[] | undefined },
): TreeParameters {
  const objective = resolveLoss(term.loss)?.trees;
  if (objective === undefined) throw new Error(`trees cannot minimise ${term.loss}`);
  const own = Object.entries(node.arguments).flatMap(([name, value]): readonly (readonly [string, number])[] => {
    const known = names[name];
    return known === undefined || typeof value !== "number" ? [] : [[known, value]];
  });
  return {
    ...objective.parameters(term.arguments),
    ...(run.gains === undefined ? {} : { label_gain: run.gains.join(",") }),
    ...Object.fromEntries(own),
    ...(isBelowOne(node.arguments["row_share"]) ? { bagging_freq: 1 } : {}),
    seed: run.seed,
    num_threads: run.threads,
    deterministic: true,
    force_row_wise: true,
    verbosity: -1,
  };
}

function isBelowOne(value: ArgumentValue | undefined): boolean {
  return typeof value === "number" && value < 1;
}
