/** What is relevant to a metric: the head's own truth, or labels that the metric or the head's loss names. */
import { type Arguments, labelOrder, type HeadType, type LossModel, type MetricModel } from "../model/index.js";
import { metricArguments, rowOfMetric } from "./metric-model.js";

export type Relevance =
  /** Whether the head's event came about, or its amount. */
  | { readonly kind: "own" }
  /** A row is positive where one of these labels holds. */
  | { readonly kind: "any"; readonly labels: readonly string[] }
  /** A row is worth the largest of these of the labels that hold on it; an amount counts that many times. */
  | { readonly kind: "gains"; readonly gains: Readonly<Record<string, number>> }
  /** Which labels go before which, where not each two have an order: chains, the best label of each first. */
  | { readonly kind: "order"; readonly chains: readonly (readonly string[])[] };

/** What a metric of a head goes by; undefined where nothing says it: a score has no truth of its own. */
export function relevanceOf(
  metric: MetricModel,
  head: { readonly name: string; readonly type: HeadType },
  loss: Pick<LossModel, "terms">,
): Relevance | undefined {
  const { relevance: parameter } = rowOfMetric(metric);
  if (parameter === undefined) return { kind: "own" };
  const args = metricArguments(metric);
  if (typeof args["label"] === "string") return { kind: "any", labels: [args["label"]] };
  const given = statedBy(args);
  if (given !== undefined) return given;
  if (head.type.kind !== "score") return { kind: "own" };
  const own = loss.terms.filter((term) => term.head === head.name);
  const trained = own.map((term) => statedBy(term.arguments)).find((stated) => stated !== undefined);
  if (trained !== undefined && parameter === "label") return { kind: "any", labels: labelsOf(trained) };
  // Of an order that leaves some labels without one, which count is known, and not what they are worth.
  return trained?.kind === "order" && parameter === "gain" ? undefined : trained;
}

/** The labels that make a row relevant. */
function labelsOf(relevance: StatedRelevance): readonly string[] {
  if (relevance.kind === "order") return [...new Set(relevance.chains.flat())];
  return Object.entries(relevance.gains).flatMap(([label, gain]) => (gain > 0 ? [label] : []));
}

type StatedRelevance = Extract<Relevance, { kind: "gains" | "order" }>;

/** What `gain: { buy: 3, click: 1 }` or `order: [buy, click]` says; the checker made them. */
function statedBy({ gain, order }: Arguments): StatedRelevance | undefined {
  if (typeof gain === "object" && gain !== null && !Array.isArray(gain))
    return { kind: "gains", gains: gain as Readonly<Record<string, number>> };
  if (!Array.isArray(order)) return undefined;
  const chains = order as readonly (readonly string[])[];
  const { labels, isAbove, isTotal } = labelOrder(chains);
  if (!isTotal) return { kind: "order", chains };
  // In a total order the labels are grades, from 1.
  const grade = (label: string): number => 1 + labels.filter((other) => isAbove(label, other)).length;
  return { kind: "gains", gains: Object.fromEntries(labels.map((label) => [label, grade(label)])) };
}
