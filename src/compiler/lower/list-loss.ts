/** A loss over lists: which rows count, what is relevant in them, and the lists that it compares rows in. */
import { type HeadValue, type ListLoss, type ListLossBuiltin, type Lists } from "../builtins/index.js";
import type { GraphBuilder, ValueId } from "../graph/index.js";
import { type Arguments, type HeadType, labelOrder, type LossTerm, type Model } from "../model/index.js";
import { createLists } from "./lists.js";
import type { Network } from "./network.js";
import { holds, labelValue, lossRows, type LabelInputs } from "./sample-space.js";

/** What a loss term is lowered from. */
export interface TermInputs {
  /** What the term is called: see `termNames`. */
  readonly name: string;
  readonly labels: LabelInputs;
  /** [B]. */
  readonly weights: ValueId;
  readonly network: Network;
  readonly model: Model;
  readonly training: boolean;
  /** Uniform numbers of a stream, other ones each step. */
  readonly random: (stream: number, shape: readonly (number | string)[]) => ValueId;
  /** [B, 1] int32: the ids of a feature. */
  readonly ids: (feature: string) => ValueId;
}

/** Comes inside the label of its term. */
export function lowerListLoss(
  { labels, weights, network, model }: TermInputs,
  term: LossTerm,
  loss: ListLossBuiltin,
  type: HeadType,
  prediction: HeadValue,
): ListLoss {
  const { builder } = labels;
  if (term.by === undefined) throw new Error(`nothing says the lists of ${term.loss} of ${term.head}`);
  const relevance = relevanceOf(labels, term, type);
  const counts = builder.mul(weights, relevance.mask);
  const counted = builder.cast(builder.less(builder.scalar(0), counts), "float32");
  const lists = createLists(builder, term.by, counted);
  return loss.lower({
    builder,
    arguments: term.arguments,
    prediction,
    score: scoreOf(builder, prediction),
    gain: relevance.gain,
    preferred: () => builder.mul(relevance.preferred(lists), lists.isMember()),
    weights: counts,
    lists,
    head: (name) => {
      const other = model.heads.find((each) => each.name === name);
      if (other === undefined) throw new Error(`there is no head ${name}`);
      return network.head(other);
    },
  });
}

/** The logit; of a probability without one its log-odds; else the value itself. */
function scoreOf(builder: GraphBuilder, { logit, logTrue, logFalse, value }: HeadValue): ValueId {
  if (logit !== undefined) return logit;
  return logTrue === undefined || logFalse === undefined ? value : builder.sub(logTrue, logFalse);
}

/** What is relevant to a loss, by what it says or the head's own truth. */
export interface Relevance {
  /** [B]: 1 for rows of the sample space on which all that the loss reads is known, else 0. */
  readonly mask: ValueId;
  /** [B] ≥ 0. */
  readonly gain: ValueId;
  /** [B, L] float32: 1 where the row is to come before the member. */
  readonly preferred: (lists: Lists) => ValueId;
}

export function relevanceOf(labels: LabelInputs, term: LossTerm, type: HeadType): Relevance {
  const { builder } = labels;
  const isGreater =
    (value: ValueId) =>
    (lists: Lists): ValueId =>
      builder.cast(builder.less(lists.members(value), lists.own(value)), "float32");
  const gains = gainsOf(term.arguments);
  const chains = chainsOf(term.arguments);
  if (gains === undefined && chains === undefined) {
    const { mask, target } = lossRows(labels, type, term.space);
    return { mask, gain: builder.relu(target), preferred: isGreater(target) };
  }
  const named = chains === undefined ? Object.keys(gains ?? {}) : labelOrder(chains).labels;
  const values = new Map(named.map((label) => [label, labelValue(labels, label)]));
  const mask = [...values.values()].reduce((all, { isKnown }) => builder.mul(all, isKnown), holds(labels, term.space));
  const valueOf = (label: string): ValueId => values.get(label)?.value ?? builder.zeros(["B"]);
  const gain = Object.entries(gains ?? {})
    .map(([label, worth]) => builder.scale(builder.relu(valueOf(label)), worth))
    .reduce((most, each) => builder.maximum(most, each), builder.zeros(["B"]));
  if (chains === undefined) return { mask, gain, preferred: isGreater(gain) };
  return { mask, gain, preferred: (lists) => preferredByOrder(builder, chains, valueOf, lists) };
}

/**
 * A row has reached a label when that or one above it holds. It goes before another row when it has reached all that the other
 * has and more: with a total order that is the higher label, with a partial one rows may have no order.
 */
function preferredByOrder(
  builder: GraphBuilder,
  chains: readonly (readonly string[])[],
  valueOf: (label: string) => ValueId,
  lists: Lists,
): ValueId {
  const order = labelOrder(chains);
  const reached = order.labels.map((label) =>
    order.labels
      .filter((other) => other === label || order.isAbove(other, label))
      .map(valueOf)
      .reduce((any, value) => builder.maximum(any, value)),
  );
  const add = (values: readonly ValueId[]): ValueId => values.reduce((sum, value) => builder.add(sum, value));
  if (order.isTotal) {
    const level = add(reached);
    return builder.cast(builder.less(lists.members(level), lists.own(level)), "float32");
  }
  // Σ over labels of what one has reached and the other has not.
  const ahead = add(reached.map((each) => builder.relu(builder.sub(lists.own(each), lists.members(each)))));
  const behind = add(reached.map((each) => builder.relu(builder.sub(lists.members(each), lists.own(each)))));
  const half = builder.scalar(0.5);
  return builder.cast(builder.and(builder.less(half, ahead), builder.less(behind, half)), "float32");
}

function chainsOf({ order }: Arguments): readonly (readonly string[])[] | undefined {
  // The checker made it: a list of lists of labels.
  return order === undefined || order === null ? undefined : (order as readonly (readonly string[])[]);
}

function gainsOf({ gain }: Arguments): Readonly<Record<string, number>> | undefined {
  // The checker made it: numbers by label.
  return gain === undefined || gain === null ? undefined : (gain as Readonly<Record<string, number>>);
}
