/** Losses that judge single rows: which rows count in one, how much, and what it makes of them. */
import { floorParameter, type HeadValue, type LossContext, type RowLossBuiltin } from "../builtins/index.js";
import type { GraphBuilder, ValueId } from "../graph/index.js";
import type { Arguments, HeadType, LossTerm } from "../model/index.js";
import type { TermInputs } from "./list-loss.js";
import { streamOf } from "./random-stream.js";
import { fails, labelValue, lossRows } from "./sample-space.js";

/** [B] each: what rows count, and what the loss makes of each. */
export interface RowLosses {
  readonly counted: ValueId;
  readonly rows: ValueId;
}

/** Comes inside the label of its term. */
export function lowerRowLoss(
  inputs: TermInputs,
  term: LossTerm,
  loss: RowLossBuiltin,
  type: HeadType,
  prediction: HeadValue,
): RowLosses {
  const { labels, weights, network, model } = inputs;
  const { builder } = labels;
  if (type.kind === "score") throw new Error(`${term.loss} does not train a score`);
  const { mask, target } = lossRows(labels, type, term.space);
  const inside = (): ValueId => lossRows(labels, type, type.given).mask;
  const unknown: ValueId[] = [];
  const context: LossContext = {
    builder,
    arguments: term.arguments,
    prediction,
    target: smoothed(builder, target, term.rows),
    inside,
    counted: () => builder.mul(weights, mask),
    head: (name) => {
      const other = model.heads.find((each) => each.name === name);
      if (other === undefined) throw new Error(`there is no head ${name}`);
      return network.head(other);
    },
    label: (name, needed) => {
      const { value, isKnown } = labelValue(labels, name);
      const isMissing = builder.oneMinus(isKnown);
      unknown.push(needed === undefined ? isMissing : builder.mul(needed, isMissing));
      return value;
    },
  };
  const rows = loss.lower(context);
  const own = loss.rowWeight?.(context);
  const seen = loss.sees === "all" ? builder.add(inside(), fails(labels, type.given)) : mask;
  const masks = [seen, ...unknown.map((each) => builder.oneMinus(each)), ...(own === undefined ? [] : [own])];
  const counted = masks.reduce((product, each) => builder.mul(product, each), weights);
  if (term.rows === undefined) return { counted, rows };
  const { rows: options } = term;
  const factors = rowFactors(inputs, options, { inside: inside(), target });
  const positive = optionNumber(options, "positive");
  return {
    counted: factors.reduce((product, each) => builder.mul(product, each), counted),
    rows: positive === undefined ? rows : builder.mul(rows, whereTarget(builder, target, positive)),
  };
}

/** What the options multiply a row's weight by. */
function rowFactors(
  { name: ofTerm, labels, training, random, network, model }: TermInputs,
  options: Arguments,
  { inside, target }: { readonly inside: ValueId; readonly target: ValueId },
): readonly ValueId[] {
  const { builder } = labels;
  const factors: ValueId[] = [];
  const outsideCounts = (share: ValueId): ValueId => builder.add(inside, builder.mul(builder.oneMinus(inside), share));
  const outside = optionNumber(options, "outside");
  if (outside !== undefined) factors.push(outsideCounts(builder.fill(["B"], outside)));
  const negatives = optionNumber(options, "negatives");
  if (negatives !== undefined) {
    const drawn = (): ValueId =>
      builder.cast(
        builder.less(random(streamOf(`loss/${ofTerm} negatives`), ["B"]), builder.scalar(negatives)),
        "float32",
      );
    factors.push(outsideCounts(training ? drawn() : builder.fill(["B"], negatives)));
  }
  const copies = optionNumber(options, "oversample");
  if (copies !== undefined) factors.push(whereTarget(builder, target, copies));
  const { reject, weight } = options;
  if (typeof reject === "string") {
    const head = model.heads.find(({ name }) => name === reject);
    if (head === undefined) throw new Error(`there is no head ${reject}`);
    const floor = optionNumber(options, "floor") ?? Number(floorParameter.default);
    const chance = builder.stopGradient(network.head(head).value);
    factors.push(builder.div(builder.scalar(1), builder.maximum(chance, builder.scalar(floor))));
  }
  if (typeof weight === "string") {
    const { value, isKnown } = labelValue(labels, weight);
    factors.push(builder.mul(builder.relu(value), isKnown));
  }
  return factors;
}

/** `factor` where y = 1, 1 where y = 0. */
function whereTarget(builder: GraphBuilder, target: ValueId, factor: number): ValueId {
  return builder.add(builder.scalar(1), builder.scale(target, factor - 1));
}

function smoothed(builder: GraphBuilder, target: ValueId, options: Arguments | undefined): ValueId {
  const share = options === undefined ? undefined : optionNumber(options, "smoothing");
  if (share === undefined) return target;
  return builder.add(builder.scale(target, 1 - share), builder.scalar(share / 2));
}

function optionNumber(options: Arguments, name: string): number | undefined {
  const value = options[name];
  return typeof value === "number" ? value : undefined;
}
