/** Which optimizer trains which parameters, where a spec has one for each part. */
import type { ParameterGroup } from "../builtins/index.js";
import { type OptimizerChoice, resolveOptimizer } from "../graph/index.js";
import type { TrainModel } from "../model/index.js";

/** The groups of parameters that a spec may name. */
const groupNames: Readonly<Record<ParameterGroup | "embedding", string | undefined>> = {
  embedding: "embeddings",
  weight: "weights",
  bias: "biases",
  scale: undefined,
};

/**
 * The index in `train.optimizers` of what trains the parameters of an owner (a node, a logit, the feature of a table), or
 * undefined for `train.optimizer`: a part by its name goes before a group.
 */
export function partOptimizer(
  { optimizers = [] }: Pick<TrainModel, "optimizers">,
  owner: string,
  group: ParameterGroup | "embedding",
): number | undefined {
  const isOwn = (part: string): boolean =>
    owner === part || owner.startsWith(`${part}/`) || owner.startsWith(`${part}.`);
  const named = optimizers.findIndex(({ of, part }) => of === "part" && isOwn(part));
  if (named >= 0) return named;
  const grouped = optimizers.findIndex(({ of, part }) => of === "group" && part === groupNames[group]);
  return grouped < 0 ? undefined : grouped;
}

export function optimizerChoice({ name, arguments: settings }: TrainModel["optimizer"]): OptimizerChoice {
  const kind = resolveOptimizer(name);
  if (kind === undefined) throw new Error(`there is no optimizer ${name}`);
  return { kind, settings };
}
