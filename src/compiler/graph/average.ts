/** The exponential moving average of parameters, beside the training that moves them. */
import type { GraphBuilder } from "./builder.js";
import type { StateVariable, Update, ValueId } from "./graph.js";
import { rowSlot, slotVariable } from "./slots.js";

/** Steps in which the average follows faster than its decay says, so that what training starts from is soon forgotten. */
const warmup = 9;

/** Slots of a variable: its average, and of a table that is updated by rows the steps done when a row was last touched. */
export const averageSlot = "average";
export const averageStepSlot = "average_step";

/** What a step does to one variable. */
export interface AveragedUpdate {
  readonly variable: StateVariable;
  /** The parameter before and after the step: whole, or its touched rows [U, …]. */
  readonly before: ValueId;
  readonly after: ValueId;
  /** [U] distinct rows, and which of them count, [U, 1, …]; absent: the whole variable. */
  readonly rows?: { readonly ids: ValueId; readonly isTouched?: ValueId };
}

/**
 * a ← d·a + (1 − d)·θ with d = min(decay, s / (s + 9)) after s steps. A row that no batch touches does not change, so that its
 * average is caught up with when it is touched, or read: see {@link kept}.
 */
export function appendAverage(
  builder: GraphBuilder,
  { variable, before, after, rows }: AveragedUpdate,
  steps: ValueId,
  decay: number,
): { readonly updates: readonly Update[]; readonly slots: readonly StateVariable[] } {
  const average = slotVariable(variable, averageSlot, 0);
  const whole = builder.state(average);
  const share = builder.minimum(builder.scalar(decay), builder.div(steps, builder.add(steps, builder.scalar(warmup))));
  const mix = (old: ValueId, next: ValueId, keep: ValueId): ValueId =>
    builder.add(next, builder.mul(builder.sub(old, next), keep));
  if (rows === undefined)
    return {
      updates: [{ kind: "assign", state: average.name, value: mix(whole, after, share) }],
      slots: [average],
    };
  const { ids, isTouched } = rows;
  const touched = rowSlot(variable, averageStepSlot);
  const last = builder.gather(builder.state(touched), ids);
  const old = builder.gather(whole, ids);
  const [count = 0] = builder.shape(ids);
  const aligned = [count, ...variable.type.shape.slice(1).map(() => 1)];
  const caughtUp = mix(old, before, builder.reshape(keptShare(builder, last, steps, decay), aligned));
  const next = mix(caughtUp, after, share);
  const now = builder.mul(builder.ones([count]), builder.add(steps, builder.scalar(1)));
  const kept = isTouched === undefined ? next : builder.select(isTouched, next, old);
  const keptStep = isTouched === undefined ? now : builder.select(builder.reshape(isTouched, [count]), now, last);
  return {
    updates: [
      { kind: "scatter", state: average.name, ids, rows: kept },
      { kind: "scatter", state: touched.name, ids, rows: keptStep },
    ],
    slots: [average, touched],
  };
}

/** {@link kept} in the graph: `from` [U], `to` []. */
function keptShare(builder: GraphBuilder, from: ValueId, to: ValueId, decay: number): ValueId {
  const end = builder.scalar(warmupEnd(decay));
  const first = builder.minimum(from, end);
  const last = builder.maximum(builder.minimum(to, end), builder.scalar(1));
  const after = builder.sub(builder.maximum(to, end), builder.maximum(from, end));
  const ratios = Array.from({ length: warmup }, (_, j) =>
    builder.div(builder.add(first, builder.scalar(j)), builder.add(last, builder.scalar(j))),
  );
  const constant = builder.exp(builder.scale(after, Math.log(decay)));
  return ratios.reduce((product, ratio) => builder.mul(product, ratio), constant);
}

/** The first s at which s / (s + 9) is not below the decay. */
function warmupEnd(decay: number): number {
  return Math.ceil((warmup * decay) / (1 - decay));
}

/**
 * The share of an average that is left after the steps [from, to) in which its parameter did not change, the product of their d;
 * 0 for what no step has touched, `from` 0.
 */
export function kept(from: number, to: number, decay: number): number {
  const end = warmupEnd(decay);
  const first = Math.min(from, end);
  const last = Math.max(Math.min(to, end), 1);
  let share = decay ** (Math.max(to, end) - Math.max(from, end));
  for (let j = 0; j < warmup; j += 1) share *= (first + j) / (last + j);
  return share;
}
