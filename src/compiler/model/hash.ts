import { compareText } from "../text/index.js";
import type { MetricModel, Model, NetNode } from "./model.js";
import { ruleOrders } from "./rule-traits.js";
import type { ServingModel } from "./serving.js";
import { sha256 } from "./checksums/sha256.js";

/**
 * The hash of what a model is: 64 hexadecimal digits. Places in the text and doc comments do not count, nor does the order
 * of declarations, features, labels, losses and metrics; that of rules counts where it decides: see `ruleOrders`.
 */
export function hashModel(model: Model): string {
  return sha256(canonicalModel(model));
}

/** The text that is hashed: JSON with sorted keys, nodes by their ids instead of their places. */
export function canonicalModel(model: Model): string {
  const { nodes } = model;
  return canonicalJson({
    ...model,
    features: byName(model.features),
    labels: byName(model.labels),
    nodes: [...nodes].sort((a, b) => compareText(a.id, b.id)).map((node) => nodeById(node, nodes)),
    heads: byName(model.heads).map((head) => replaceNodes(head, nodes)),
    loss: {
      ...model.loss,
      terms: [...model.loss.terms].sort((a, b) => compareText(a.head, b.head) || compareText(a.loss, b.loss)),
      penalties: byName(model.loss.penalties).map((penalty) => ({
        ...penalty,
        nodes: penalty.nodes.map((ref) => idOf(ref, nodes)),
      })),
    },
    metrics: [...model.metrics]
      .sort((a, b) => compareText(a.head, b.head))
      .map(({ head, metrics }) => ({
        head,
        metrics: [...metrics].sort((a, b) => compareText(metricKey(a), metricKey(b))),
      })),
    serving: model.serving === undefined ? undefined : canonicalServing(model.serving),
    // What a spec expects of itself, what its parts were called and when a run is saved does not change what it is.
    train: { ...model.train, formerly: undefined, checkpointEvery: undefined },
    tests: undefined,
  });
}

/** Sets of names in the order of the names; the order of rules in the text counts where rules compete. */
function canonicalServing(serving: ServingModel): unknown {
  return {
    inputs: byName(serving.inputs),
    params: byName(serving.params),
    fusions: byName(serving.fusions),
    ruleSets: byName(serving.ruleSets).map((set) => {
      const order = ruleOrders(set);
      return { ...set, rules: byName(set.rules), order: order.length === 0 ? undefined : order };
    }),
    ranks: byName(serving.ranks),
    experiments: byName(serving.experiments),
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => compareText(a.name, b.name));
}

function metricKey(metric: MetricModel): string {
  return typeof metric === "string" ? metric : canonicalJson(metric);
}

function idOf(ref: number, nodes: readonly NetNode[]): string {
  return nodes[ref]?.id ?? "";
}

function nodeById(node: NetNode, nodes: readonly NetNode[]): unknown {
  return { ...node, inputs: node.inputs.map((ref) => idOf(ref, nodes)) };
}

/** Heads hold references only in the key `node`. */
function replaceNodes(value: unknown, nodes: readonly NetNode[]): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceNodes(item, nodes));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "node" && typeof item === "number" ? idOf(item, nodes) : replaceNodes(item, nodes),
    ]),
  );
}

/** What says where or why and not what. Under a name of the spec, such as a parameter that an arm sets, is a number. */
function isSilent(key: string, item: unknown): boolean {
  return typeof item !== "number" && (key === "span" || key === "doc" || key === "places");
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([key, item]) => item !== undefined && !isSilent(key, item))
    .sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
