/** Running means of the gradients of each loss by a parameter, kept beside it as what an optimizer remembers is. */
import type { Gradient } from "../autodiff.js";
import type { GraphBuilder } from "../builder.js";
import type { StateVariable, Update, ValueId } from "../graph.js";
import { slotVariable } from "../slots.js";
import type { Aligned } from "./align.js";

/** How gradients are averaged over the steps. */
export interface RunningMean {
  /** What the mean of each loss's gradient is called: a name of its own. */
  readonly names: readonly string[];
  /** float32[] each: the part of the mean that this step's gradient takes the place of. */
  readonly shares: readonly ValueId[];
}

/** The means of one parameter's gradients, this step's included. */
export interface RunningGradients {
  /** As of the gradients: of rows, only those that the step touches. */
  readonly aligned: Aligned;
  readonly slots: readonly StateVariable[];
  readonly updates: readonly Update[];
}

/** `aligned`: the gradients of this step by the variable. Rows that the step does not touch keep their means. */
export function runningGradients(
  builder: GraphBuilder,
  variable: StateVariable,
  aligned: Aligned,
  { names, shares }: RunningMean,
): RunningGradients {
  const slots = names.map((name) => slotVariable(variable, `gradient/${name}`, 0));
  const ids = aligned.rows === undefined ? undefined : builder.unique(aligned.rows.ids);
  const means = slots.map((slot, term) => {
    const whole = builder.state(slot);
    const before = ids === undefined ? whole : builder.gather(whole, ids);
    const now = aligned.values[term] ?? builder.zeros(builder.shape(before));
    return builder.add(before, builder.mul(builder.sub(now, before), shares[term] ?? -1));
  });
  const updates = slots.map((slot, term): Update => {
    const value = means[term] ?? -1;
    return ids === undefined
      ? { kind: "assign", state: slot.name, value }
      : { kind: "scatter", state: slot.name, ids, rows: value };
  });
  return { aligned: { ...aligned, values: means }, slots, updates };
}

/** Σ factorₖ · meanₖ. */
export function weightMeans(builder: GraphBuilder, { values, rows }: Aligned, factors: readonly ValueId[]): Gradient {
  const value = values
    .map((each, term) => builder.mul(each ?? -1, factors[term] ?? -1))
    .reduce((sum, each) => builder.add(sum, each));
  if (rows === undefined) return { kind: "dense", value };
  // Equal ids are added up later on: each place of an id has its part of the row.
  const index = builder.uniqueIndex(rows.ids);
  const [count = 0, ...rest] = builder.shape(value);
  const places = builder.segmentSum(builder.ones(builder.shape(rows.ids)), index, count);
  const part = builder.div(value, builder.reshape(places, [count, ...rest.map(() => 1)]));
  return { kind: "sparse", parts: [{ gathered: rows.gathered, ids: rows.ids, rows: builder.gather(part, index) }] };
}
