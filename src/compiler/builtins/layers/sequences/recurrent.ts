/** Recurrent networks over the positions of a sequence, unrolled: GRU, and GRU whose update gate an attention scales. */
import type { GraphBuilder } from "../../../graph/builder.js";
import { multiplyDims } from "../../../graph/dims.js";
import type { ValueId } from "../../../graph/graph.js";
import type { LayerContext, ShapeResult } from "../../builtin.js";
import { glorotUniform, zeros } from "../../dense.js";
import type { ParameterSpec } from "../../parameter.js";
import { inputOf, knownDim, ownParameter } from "../../replicas.js";
import { problem, shapeText } from "../../shapes.js";

/** Every position makes nodes of its own, so that the length decides how long a program takes to compile. */
export const longestUnrolled = 100;

export const unitsParameter: ParameterSpec = {
  name: "units",
  type: { kind: "number", min: 1, max: 4096, integer: true },
  doc: "Units of the state.",
};

/** What a sequence is too long for; undefined where it is not. */
export function unrolledProblem(shape: readonly number[]): ShapeResult | undefined {
  return (shape[0] ?? 0) <= longestUnrolled
    ? undefined
    : problem(
        `reads at most ${longestUnrolled} positions, one after another, has ${shapeText(shape)}`,
        `keep fewer: \`sequence(max: ${longestUnrolled})\``,
      );
}

export interface Recurrence {
  /** [B, L]. */
  readonly mask: ValueId;
  readonly units: number;
  /** [B, L] or, of n networks, [n, B, L]: what the update gate of a position is multiplied by. Absent: 1. */
  readonly attention?: ValueId;
}

/**
 * The states after each position: L times [B, units], or [n, B, units] of n networks. With r, u = σ(x·W + h·U + b) and
 * c = tanh(x·W + r∘(h·U) + b), h becomes (1 − u)∘h + u∘c; where a position has no value it stays. The state before the
 * first is 0.
 */
export function unroll(context: LayerContext, index: number, recurrence: Recurrence): readonly ValueId[] {
  const { builder, replicas } = context;
  const { units, mask, attention } = recurrence;
  const values = inputOf(context, index);
  const [batch = "B", length, width] = builder.shape(values);
  const steps = knownDim(length);
  const weight = ownParameter(
    context,
    "weight",
    [knownDim(width), 3 * units],
    glorotUniform(knownDim(width), units),
    "weight",
  );
  const recurrent = ownParameter(context, "recurrent", [units, 3 * units], glorotUniform(units, units), "weight");
  const bias = ownParameter(context, "bias", [3 * units], zeros, "bias");
  const copies = replicas === undefined ? [] : [replicas];
  const flat = builder.reshape(values, [multiplyDims(batch, steps), knownDim(width)]);
  const read = replicas === undefined ? flat : builder.broadcast(flat, [replicas, ...builder.shape(flat)]);
  const row = replicas === undefined ? bias : builder.reshape(bias, [replicas, 1, 3 * units]);
  const inputs = builder.reshape(builder.add(builder.matmul(read, weight), row), [...copies, batch, steps, 3 * units]);
  const axis = copies.length + 1;
  const part = (of: ValueId, gate: number): ValueId =>
    builder.slice(of, { axis: builder.shape(of).length - 1, begin: gate * units, size: units });
  const states: ValueId[] = [];
  let state = builder.zeros([...copies, batch, units]);
  for (let t = 0; t < steps; t += 1) {
    const x = builder.squeeze(builder.slice(inputs, { axis, begin: t, size: 1 }), axis);
    const h = builder.matmul(state, recurrent);
    const reset = builder.sigmoid(builder.add(part(x, 0), part(h, 0)));
    const gate = builder.sigmoid(builder.add(part(x, 1), part(h, 1)));
    const candidate = builder.tanh(builder.add(part(x, 2), builder.mul(reset, part(h, 2))));
    const there = builder.slice(mask, { axis: 1, begin: t, size: 1 });
    const scaled =
      attention === undefined ? gate : builder.mul(gate, builder.slice(attention, { axis, begin: t, size: 1 }));
    const update = builder.mul(scaled, there);
    state = builder.add(state, builder.mul(update, builder.sub(candidate, state)));
    states.push(state);
  }
  return states;
}

/** Side by side: [B, L, units]. */
export function stackStates(builder: GraphBuilder, states: readonly ValueId[]): ValueId {
  return builder.concat(
    states.map((state) => builder.expandDims(state, 1)),
    1,
  );
}
