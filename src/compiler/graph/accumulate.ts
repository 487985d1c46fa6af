/** Gradients of several batches added up, for one step of the optimizer. */
import type { GraphBuilder } from "./builder.js";
import type { StateVariable, Update, ValueId } from "./graph.js";
import { rowSlot, scalarSlot, slotVariable } from "./slots.js";
import type { Target } from "./target.js";

/** Σ of the sample weights of the batches that were added up since the last step. */
const weightSlot = scalarSlot("accumulated/weight", "float32");

/** Batches seen since training began: what random numbers are drawn by, where a step has several batches. */
export const batchesSlot = scalarSlot("accumulated/batches", "int32");

const gradientSlot = "gradient";
/** 1 for a row of a table that a batch has touched. */
const touchedSlot = "touched";

/** Adds the gradients of a batch to those of the batches before it, each by the sum of its sample weights, float32[]. */
export function accumulate(
  builder: GraphBuilder,
  targets: readonly Target[],
  weight: ValueId,
): { readonly updates: readonly Update[]; readonly slots: readonly StateVariable[] } {
  const added = targets.map(({ variable, gradient, rows }) => {
    const sum = slotVariable(variable, gradientSlot, 0);
    const whole = builder.state(sum);
    const weighted = builder.mul(gradient, weight);
    if (rows === undefined)
      return {
        updates: [{ kind: "assign", state: sum.name, value: builder.add(whole, weighted) } satisfies Update],
        slots: [sum],
      };
    const { ids, isTouched } = rows;
    const touched = rowSlot(variable, touchedSlot);
    const [count = 0] = builder.shape(ids);
    const flags = builder.gather(builder.state(touched), ids);
    const isNow = isTouched === undefined ? builder.ones([count]) : flat(builder, isTouched, count);
    const updates: readonly Update[] = [
      // The gradient of a row that only padding reads is zero.
      { kind: "scatter", state: sum.name, ids, rows: builder.add(builder.gather(whole, ids), weighted) },
      { kind: "scatter", state: touched.name, ids, rows: builder.maximum(flags, isNow) },
    ];
    return { updates, slots: [sum, touched] };
  });
  const one = builder.scalar(1, "int32");
  return {
    updates: [
      ...added.flatMap(({ updates }) => updates),
      { kind: "assign", state: weightSlot.name, value: builder.add(builder.state(weightSlot), weight) },
      { kind: "assign", state: batchesSlot.name, value: builder.add(builder.state(batchesSlot), one) },
    ],
    slots: added.flatMap(({ slots }) => slots),
  };
}

/** What gradients were added up of, and whether only of rows that batches touched. */
export type Accumulated = Pick<Target, "variable" | "rows">;

/** The mean gradients of the batches that were added up, and the updates that forget them; for the same targets. */
export function accumulated(
  builder: GraphBuilder,
  targets: readonly Accumulated[],
): { readonly targets: readonly Target[]; readonly updates: readonly Update[] } {
  const weight = builder.maximum(builder.state(weightSlot), builder.scalar(1e-12));
  const zero = builder.scalar(0);
  const means = targets.map(({ variable, rows }) => {
    const sum = slotVariable(variable, gradientSlot, 0);
    const gradient = builder.div(builder.state(sum), weight);
    const reset: Update = { kind: "assign", state: sum.name, value: builder.zeros(sum.type.shape) };
    if (rows === undefined) return { target: { variable, gradient }, updates: [reset] };
    const touched = rowSlot(variable, touchedSlot);
    const isTouched = builder.less(zero, builder.state(touched));
    const aligned = [...touched.type.shape, ...variable.type.shape.slice(1).map(() => 1)];
    const forget: Update = { kind: "assign", state: touched.name, value: builder.zeros(touched.type.shape) };
    return {
      target: { variable, gradient, isTouched: builder.reshape(isTouched, aligned) },
      updates: [reset, forget],
    };
  });
  return {
    targets: means.map(({ target }) => target),
    updates: [...means.flatMap(({ updates }) => updates), { kind: "assign", state: weightSlot.name, value: zero }],
  };
}

function flat(builder: GraphBuilder, isTouched: ValueId, count: number | string): ValueId {
  return builder.cast(builder.reshape(isTouched, [count]), "float32");
}
