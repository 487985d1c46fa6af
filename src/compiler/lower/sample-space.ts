/**
 * Which rows of a batch a loss sees and what is true there. A label that is null decides nothing by itself: an event is
 * false as soon as one of its labels is known to be false, true when all are known to be true, and unknown otherwise; a row
 * where the condition does not hold or the target is unknown is left out only for that loss.
 */
import { float32, type GraphBuilder, type ValueId } from "../graph/index.js";
import {
  batchInputs,
  closedLabels,
  type EventModel,
  findEvent,
  type HeadType,
  type LabelModel,
  type Model,
} from "../model/index.js";

/** [B] each, 0 or 1: both are 0 where nothing is known. */
interface Truth {
  readonly isTrue: ValueId;
  readonly isFalse: ValueId;
}

/** What a loss is computed over; [B] each. */
export interface LossRows {
  /** 1 for rows that the loss sees, else 0. */
  readonly mask: ValueId;
  /** 0 or 1 of the event, the amount, or the index of the class; 0 where unknown. */
  readonly target: ValueId;
}

/** `labels` and `known`: [B, number of labels] float32. */
export interface LabelInputs {
  readonly builder: GraphBuilder;
  readonly labels: ValueId;
  readonly known: ValueId;
  /** In the order of the columns. */
  readonly models: readonly LabelModel[];
}

/** The labels of a batch as inputs of the function that is built. */
export function labelInputs(builder: GraphBuilder, { labels: models }: Pick<Model, "labels">): LabelInputs {
  const input = (name: string): ValueId => builder.input(name, float32("B", models.length));
  return { builder, labels: input(batchInputs.labels), known: input(batchInputs.known), models };
}

/** [B], 1 or 0: where the event is known to be false. */
export function fails(inputs: LabelInputs, event: EventModel): ValueId {
  return eventTruth(inputs, event).isFalse;
}

/** [B] each, 1 or 0: where the event is known to be true. */
export function holds(inputs: LabelInputs, event: EventModel): ValueId {
  return eventTruth(inputs, event).isTrue;
}

/** [B] each: what a label says, an event with all that it lies within, 0 where that is not known; and whether it is, 1 or 0. */
export function labelValue(inputs: LabelInputs, name: string): { readonly value: ValueId; readonly isKnown: ValueId } {
  const { base } = labelModel(inputs, name);
  const event = closedLabels(inputs.models, [name]).map((label) => ({ kind: "label", label }) as const);
  const { target, isKnown } = targetOf(
    inputs,
    base === "event" ? { kind: "probability", event, given: [] } : { kind: "expectation", label: name, given: [] },
  );
  return { value: target, isKnown };
}

/** `type` is not a score: a score has no truth on single rows. */
export function lossRows(inputs: LabelInputs, type: HeadType, space: EventModel): LossRows {
  const { builder } = inputs;
  const inSpace = eventTruth(inputs, space).isTrue;
  const { target, isKnown } = targetOf(inputs, type);
  return { mask: builder.mul(inSpace, isKnown), target };
}

function targetOf(inputs: LabelInputs, type: HeadType): { readonly target: ValueId; readonly isKnown: ValueId } {
  const { builder } = inputs;
  switch (type.kind) {
    case "probability": {
      const { isTrue, isFalse } = eventTruth(inputs, type.event);
      return { target: isTrue, isKnown: builder.add(isTrue, isFalse) };
    }
    case "expectation": {
      const { value, known } = columns(inputs, type.label);
      const within = labelModel(inputs, type.label).within;
      const outside = conjunction(
        builder,
        within.map((label) => labelTruth(inputs, label)),
      ).isFalse;
      // Null, but 0 for sure where a label that it lies within is known to be false.
      const isUnknown = builder.mul(builder.oneMinus(known), builder.oneMinus(outside));
      return { target: builder.mul(value, known), isKnown: builder.oneMinus(isUnknown) };
    }
    case "classes": {
      const { value, known } = columns(inputs, type.label);
      return { target: builder.mul(value, known), isKnown: known };
    }
    case "score":
      throw new Error("a score has no truth on single rows");
  }
}

function eventTruth(inputs: LabelInputs, event: EventModel): Truth {
  const literals = event.map((literal): Truth => {
    if (literal.kind === "label") return labelTruth(inputs, literal.label);
    // `not buy` is the complement of `buy`, which is `click & buy` where `buy` lies within `click`.
    const all = conjunction(
      inputs.builder,
      closedLabels(inputs.models, literal.labels).map((label) => labelTruth(inputs, label)),
    );
    return { isTrue: all.isFalse, isFalse: all.isTrue };
  });
  return conjunction(inputs.builder, literals);
}

function labelTruth(inputs: LabelInputs, label: string): Truth {
  const { builder } = inputs;
  const { value, known } = columns(inputs, label);
  const isTrue = builder.mul(value, known);
  return { isTrue, isFalse: builder.sub(known, isTrue) };
}

/** Of none: true. */
function conjunction(builder: GraphBuilder, operands: readonly Truth[]): Truth {
  const [first, ...others] = operands;
  if (first === undefined) return { isTrue: builder.ones(["B"]), isFalse: builder.zeros(["B"]) };
  return others.reduce(
    (all, operand) => ({
      isTrue: builder.mul(all.isTrue, operand.isTrue),
      isFalse: builder.oneMinus(builder.mul(builder.oneMinus(all.isFalse), builder.oneMinus(operand.isFalse))),
    }),
    first,
  );
}

function labelModel({ models }: LabelInputs, label: string): LabelModel {
  const model = models.find(({ name }) => name === label);
  if (model === undefined) throw new Error(`there is no label ${label}`);
  return model;
}

/** A label's value, 0 where null, and whether it is known; [B] each. */
function columns(
  { builder, labels, known, models }: LabelInputs,
  label: string,
): { readonly value: ValueId; readonly known: ValueId } {
  const found = findEvent(models, label);
  if (found === undefined) throw new Error(`there is no label ${label}`);
  const { column: begin, index } = found;
  const column = (table: ValueId): ValueId => builder.squeeze(builder.slice(table, { axis: 1, begin, size: 1 }), 1);
  const value = column(labels);
  if (index === undefined) return { value, known: column(known) };
  const isClass = builder.cast(builder.equal(value, builder.scalar(index)), "float32");
  return { value: isClass, known: column(known) };
}
