/** What holds for a spec with trees: they are the whole logit of tasks, read features, and are trained without gradients. */
import { losses, lossOptions, resolveLoss, type TreeObjective } from "../../builtins/index.js";
import {
  type FeatureModel,
  type HeadModel,
  isTrees,
  type LossModel,
  type LossTerm,
  nodeAt,
  type NodeRef,
  type TreeHead,
  treeHeads,
} from "../../model/index.js";
import type { CheckContext } from "../context.js";
import type { Blocks } from "../names/blocks.js";
import type { Network, NetworkContext } from "../network/network.js";

/** The keys of the `train` block that trees have. */
export const treeTrainKeys: readonly string[] = ["stop", "seed", "formerly"];

/** The rest of the spec is valid: what it says is reported once. */
export function checkTrees(
  { context, network }: NetworkContext,
  blocks: Blocks,
  heads: readonly HeadModel[],
  loss: LossModel,
): void {
  const features = [...network.features.values()];
  const unfilled = features.find((feature) => feature.kind === "numeric" && feature.missing === "none");
  if (!context.hasTrees && unfilled !== undefined)
    context.reporter.report("MTL3136", { feature: unfilled.name }, unfilled.span);
  if (!network.nodes.some(isTrees) || context.reporter.hasErrors) return;
  const tasks = treeHeads({ nodes: network.nodes, heads, features });
  checkPlaces(context, network, tasks);
  checkInputs(context, network, tasks);
  checkOthers(context, heads, tasks);
  for (const task of tasks) checkObjective(context, loss, task);
  checkSettings(context, { blocks, loss, features });
}

function checkPlaces({ reporter }: CheckContext, { nodes }: Network, tasks: readonly TreeHead[]): void {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  for (const [ref, node] of nodes.entries()) {
    if (!isTrees(node)) continue;
    const isLogit = tasks.some((task) => task.node === node);
    if (!isLogit || node.declared !== undefined || read.has(ref)) reporter.report("MTL3130", undefined, node.span);
  }
}

function checkInputs({ reporter }: CheckContext, network: Network, tasks: readonly TreeHead[]): void {
  for (const { node } of tasks) {
    const found = firstUnread(network, node.inputs);
    if (found !== undefined) reporter.report("MTL3131", { found }, node.span);
  }
}

/** What of the inputs trees cannot read, with its article. */
function firstUnread(network: Network, inputs: readonly NodeRef[]): string | undefined {
  for (const ref of inputs) {
    const { layer, inputs: inner, arguments: args, declared, id } = nodeAt(network, ref);
    const feature = typeof args["feature"] === "string" ? network.features.get(args["feature"]) : undefined;
    const found =
      layer === "concat"
        ? firstUnread(network, inner)
        : layer === "feature" && feature !== undefined
          ? listText(feature)
          : declared === undefined
            ? `\`${layer}(…)\``
            : `the ${declared.keyword} \`${id}\``;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Features that are one column. */
const columnKinds: readonly FeatureModel["kind"][] = ["numeric", "bucket", "categorical"];

function listText(feature: FeatureModel): string | undefined {
  return columnKinds.includes(feature.kind) ? undefined : `the ${feature.kind} \`${feature.name}\``;
}

/** Chains may read trees; a task is trees or is a network. */
function checkOthers({ reporter }: CheckContext, heads: readonly HeadModel[], tasks: readonly TreeHead[]): void {
  const [first] = tasks;
  const other = heads.find((head) => head.keyword === "task" && !tasks.some((task) => task.head === head));
  if (first === undefined || other === undefined) return;
  reporter.report("MTL3132", { trees: first.head.name, network: other.name }, other.span, {
    labels: [{ span: first.node.span, message: "trees" }],
  });
}

function checkObjective({ reporter }: CheckContext, { terms }: LossModel, { head, activation }: TreeHead): void {
  const own = terms.filter((term) => term.head === head.name);
  const [term, second] = own;
  if (term === undefined) return void reporter.report("MTL3135", { task: head.name }, head.span);
  if (second !== undefined) reporter.report("MTL3134", { setting: "second loss" }, second.span);
  const objective = resolveLoss(term.loss)?.trees;
  const fits = losses.filter(({ trees, heads }) => trees !== undefined && heads.includes(head.type.kind));
  if (objective !== undefined && objective.activation === activation) return;
  reporter.report(
    "MTL3133",
    {
      loss: term.loss,
      task: head.name,
      fitting: fits.map(({ name }) => name),
      needs: objective === undefined ? undefined : valueText(objective),
    },
    term.span,
    { labels: [{ span: head.span, message: "trees" }] },
  );
}

function valueText({ activation }: TreeObjective): string {
  return activation === "identity" ? "trees(…)" : `${activation}(trees(…))`;
}

/** What only training by gradients has; the first of each block is enough. */
function checkSettings(
  { reporter }: CheckContext,
  {
    blocks,
    loss,
    features,
  }: { readonly blocks: Blocks; readonly loss: LossModel; readonly features: readonly FeatureModel[] },
): void {
  const entry = blocks.Train?.entries.find(({ key }) => !treeTrainKeys.includes(key.text));
  if (entry !== undefined) reporter.report("MTL3134", { setting: `\`${entry.key.text}\`` }, entry.key.span);
  const [penalty] = loss.penalties;
  if (penalty !== undefined) reporter.report("MTL3134", { setting: "penalties" }, penalty.span);
  const balance = blocks.Loss?.entries.find(({ key }) => key.text === "balance");
  if (balance !== undefined && loss.balance.method !== "fixed")
    reporter.report("MTL3134", { setting: "balance of losses" }, balance.value.span);
  for (const term of loss.terms) {
    const setting = settingOf(term);
    if (setting !== undefined) reporter.report("MTL3134", { setting }, term.span);
  }
  const dropped = features.find(({ dropout }) => dropout > 0);
  if (dropped !== undefined) reporter.report("MTL3134", { setting: "dropout" }, dropped.span);
}

function settingOf({ weight, rows, by, loss }: LossTerm): string | undefined {
  if (weight !== 1) return "weight of a loss";
  const builtin = resolveLoss(loss);
  const option =
    builtin === undefined ? undefined : lossOptions(builtin).find(({ name }) => rows?.[name] !== undefined);
  if (option !== undefined) return `\`${option.name}\` of a loss`;
  return by?.kind === "batch" ? "batch that could be a list" : undefined;
}
