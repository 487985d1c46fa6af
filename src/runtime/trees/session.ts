/** A model of trees as a session: the sums of its trees are fed to its program, which is interpreted. No engine is needed. */
import { createInterpreter, float32, type GraphFunction, type GraphNode, int32 } from "../../compiler/graph/index.js";
import {
  batchInputs,
  batchLayout,
  type Model,
  type TreeHead,
  treeHeads,
  treesInput,
} from "../../compiler/model/index.js";
import { type Ensemble, sumOfTrees } from "../../compiler/trees/index.js";
import type { Fitted } from "../data/index.js";
import type { HostTensor, Session } from "../engine/engine.js";
import { createColumnReader } from "./columns.js";

/** The trees of each task. */
export type Ensembles = ReadonlyMap<string, Ensemble>;

export interface TreeModel {
  readonly model: Model;
  readonly fitted: Fitted;
  readonly ensembles: Ensembles;
}

/** One function of a program, `evaluate` or `predict`, which takes batches as that of a network does. */
export function openTrees(
  trees: TreeModel,
  target: GraphFunction,
): { readonly target: GraphFunction; readonly session: Session } {
  const batched = withBatch(target, trees.model);
  return { target: batched, session: createTreesSession(trees, batched) };
}

/** The function with the inputs that its trees are computed from. */
function withBatch(target: GraphFunction, model: Model): GraphFunction {
  const { idWidth, numberWidth } = batchLayout(model);
  const inputs = [
    { name: batchInputs.ids, type: int32("B", idWidth), width: idWidth },
    { name: batchInputs.numbers, type: float32("B", numberWidth), width: numberWidth },
  ].filter(({ width }) => width > 0);
  const nodes = inputs.map(({ name, type }): GraphNode => ({
    op: "input",
    inputs: [],
    attributes: { name, type },
    type,
  }));
  return { ...target, nodes: [...target.nodes, ...nodes] };
}

function createTreesSession({ model, fitted, ensembles }: TreeModel, target: GraphFunction): Session {
  const tasks = treeHeads(model).map((task) => ({
    ...task,
    read: createColumnReader(model, fitted, task),
    trees: treesOf(ensembles, task),
  }));
  return {
    run: (_name, feeds) => {
      const [ids, numbers] = [feeds[batchInputs.ids], feeds[batchInputs.numbers]];
      const batch = {
        ids: ids?.data instanceof Int32Array ? ids.data : new Int32Array(),
        numbers: numbers?.data instanceof Float32Array ? numbers.data : new Float32Array(),
      };
      const rows = (ids ?? numbers)?.shape[0] ?? 0;
      const sums = tasks.map(({ node, read, trees, features }): readonly [string, HostTensor] => [
        treesInput(node),
        sumsTensor(sumOfTrees(trees, read(batch, rows, "served"), features.length)),
      ]);
      return runFunction(target, { ...feeds, ...Object.fromEntries(sums) });
    },
    get: () => new Map(),
    set: noState,
    readRows: noState,
    writeRows: noState,
    close: () => undefined,
  };
}

export function treesOf(ensembles: Ensembles, { head, features }: TreeHead): Ensemble["trees"] {
  const found = ensembles.get(head.name);
  if (found === undefined) throw new Error(`there are no trees of ${head.name}`);
  if (found.columns.length !== features.length)
    throw new Error(`the trees of ${head.name} have ${found.columns.length} columns, and the model ${features.length}`);
  return found.trees;
}

/** [rows, 1]. */
export function sumsTensor(sums: Float64Array): HostTensor {
  return { shape: [sums.length, 1], data: Float32Array.from(sums) };
}

/** A function of a program without state, in float64. */
export function runFunction(
  target: GraphFunction,
  feeds: Readonly<Record<string, HostTensor>>,
): Readonly<Record<string, HostTensor>> {
  const found = createInterpreter({ state: [], functions: [target] }).run(target.name, feeds);
  return Object.fromEntries(
    Object.entries(found).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}

function noState(): never {
  throw new Error("a model of trees has no state");
}
