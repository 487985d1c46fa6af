/** Trees in the making: one more of each task a round, and what they say of rows so far. */
import type { Model, TreeHead } from "../../compiler/model/index.js";
import { treesInput } from "../../compiler/model/index.js";
import type { GraphFunction } from "../../compiler/graph/index.js";
import { addTrees, readEnsemble, type Tree } from "../../compiler/trees/index.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { EvaluationRole, Measured } from "../events.js";
import { createFailure } from "../failure.js";
import { scorePredictions } from "../measure/measure.js";
import type { Booster, LightGbm, TreeParameters } from "./lightgbm.js";
import { runFunction, sumsTensor } from "./session.js";
import type { TreeRows } from "./rows.js";
import type { TrainingRows } from "./training-data.js";

/** The trees of one task. */
export interface Growing {
  readonly task: TreeHead;
  readonly rounds: number;
  /** Makes one more tree; what LightGBM adds to the model, which is nothing where no split helps any more. */
  readonly grow: () => readonly Tree[];
  /** The model's first trees, as LightGBM writes it. */
  readonly text: (trees: number) => string;
  /** Number of trees after each round, from 0. */
  readonly counts: readonly number[];
  readonly close: () => void;
}

/** Throws a {@link Failure} (MTL7367) with LightGBM's words. */
export function startGrowing(
  library: LightGbm,
  task: TreeHead,
  { data }: TrainingRows,
  parameters: TreeParameters,
): Growing {
  const said = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw createFailure("MTL7367", { task: task.head.name, problem });
    }
  };
  const booster: Booster = said(() => library.open(data, parameters));
  const counts = [0];
  return {
    task,
    rounds: Number(task.node.arguments["rounds"]),
    grow: () => {
      said(booster.grow);
      const made = counts.at(-1) ?? 0;
      const { trees } = readEnsemble(booster.text(made, 1));
      counts.push(made + trees.length);
      return trees;
    },
    text: (trees) => booster.text(0, trees),
    counts,
    close: booster.close,
  };
}

/** Rows that the trees so far are measured on. */
export interface Watched {
  readonly role: EvaluationRole;
  /** Adds trees of a task to its sums. */
  readonly add: (task: TreeHead, trees: readonly Tree[]) => void;
  readonly measure: () => Measured;
}

export function watchRows(
  model: Model,
  evaluate: GraphFunction,
  role: EvaluationRole,
  rows: TreeRows,
  groups: Dataset["groups"],
): Watched {
  const sums = new Map<string, Float64Array>();
  const inputs = new Map<string, string>();
  return {
    role,
    add: ({ head, node, features }, trees) => {
      const sum = sums.get(head.name) ?? new Float64Array(rows.rows);
      sums.set(head.name, sum);
      inputs.set(head.name, treesInput(node));
      addTrees(trees, rows.columns.get(head.name) ?? new Float32Array(), features.length, sum);
    },
    measure: () => {
      const feeds = [...sums].map(([name, sum]) => [inputs.get(name) ?? "", sumsTensor(sum)] as const);
      const found = runFunction(evaluate, Object.fromEntries(feeds));
      const outputs = new Map(
        Object.entries(found).flatMap(([name, { data }]) =>
          data instanceof Float32Array ? [[name, data] as const] : [],
        ),
      );
      return scorePredictions({ ...rows, outputs }, groups, model, role);
    },
  };
}
