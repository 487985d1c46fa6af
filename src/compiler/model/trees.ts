/** Tasks whose logit is an ensemble of trees, `trees(x)`: what they read is features, which no network comes between. */
import type { FeatureModel, HeadExpression, HeadModel, Model, NetNode, NodeRef } from "./model.js";
import { nodeAt } from "./node-at.js";

/** The layer of their nodes. */
export const treesLayer = "trees";

export interface TreeHead {
  readonly head: HeadModel;
  readonly node: NetNode;
  readonly activation: Extract<HeadExpression, { kind: "activation" }>["function"];
  /** In the order of the trees' columns. */
  readonly features: readonly FeatureModel[];
}

export function isTrees({ layer }: Pick<NetNode, "layer">): boolean {
  return layer === treesLayer;
}

/** Whether a model is of trees; the checker sees to it that it is of nothing else then. */
export function hasTrees({ nodes }: Pick<Model, "nodes">): boolean {
  return nodes.some(isTrees);
}

/** Name of the functions' input that has the sums [B, 1] of a task's trees. */
export function treesInput(node: Pick<NetNode, "id">): string {
  return `trees/${node.id}`;
}

/** In the order of the heads. */
export function treeHeads(model: Pick<Model, "heads" | "nodes" | "features">): readonly TreeHead[] {
  return model.heads.flatMap((head): readonly TreeHead[] => {
    const { value } = head;
    if (value.kind !== "activation" || value.logit.kind !== "value") return [];
    const node = nodeAt(model, value.logit.node);
    if (!isTrees(node)) return [];
    const features = columnsOfTrees(model, node).map((name) => model.features.find((each) => each.name === name));
    return [{ head, node, activation: value.function, features: features.filter((each) => each !== undefined) }];
  });
}

/** The features that trees read, each once, through lists of them; other tensors are left out. */
export function columnsOfTrees(model: { readonly nodes: readonly NetNode[] }, node: NetNode): readonly string[] {
  const found = new Set<string>();
  const collect = (ref: NodeRef): void => {
    const { layer, inputs, arguments: args } = nodeAt(model, ref);
    if (layer === "concat") inputs.forEach(collect);
    else if (layer === "feature" && typeof args["feature"] === "string") found.add(args["feature"]);
  };
  node.inputs.forEach(collect);
  return [...found];
}
