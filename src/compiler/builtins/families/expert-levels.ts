/** Levels of experts that all members share and experts of each member, mixed by gates: what MMoE, CGC and PLE are made of. */
import { multiplyDims } from "../../graph/dims.js";
import type { ValueId } from "../../graph/graph.js";
import type { FamilyContext, LayerContext } from "../builtin.js";
import { dense, denseCopies, glorotUniform, zeroBias } from "../dense.js";
import { mlpLayers } from "../layers/mlp.js";
import { inputOf, inputSignal, repeat, rowsFirst, type Signal, widthOf } from "../replicas.js";

/** Level j of the network. */
export interface ExpertLevel {
  /** Units of each layer of an expert. */
  readonly widths: readonly number[];
  /** Experts that all members share. */
  readonly shared: number;
  /** Experts that each member has for itself. */
  readonly own: number;
}

/** The experts' values: [B, members·own, e] and [B, shared, e]. */
export interface Experts {
  readonly own?: ValueId;
  readonly shared?: ValueId;
}

/** What the members read and what the shared experts do. */
export interface Streams {
  readonly members: Signal;
  readonly shared: ValueId;
}

/** The members' values of a level, [B, members, e], of what it reads and its experts. Its variables' names begin with `prefix`. */
export type LevelMix = (
  context: FamilyContext,
  level: ExpertLevel,
  prefix: string,
  streams: Streams,
  experts: Experts,
) => ValueId;

/**
 * The input of the family through the levels → [B, members, e]. On each level a member mixes experts by a gate; the shared
 * stream mixes all experts, up to the last level, which nothing shared reads. It begins at the input `common`, where there is
 * one.
 */
export function lowerLevels(
  context: FamilyContext,
  levels: readonly ExpertLevel[],
  mix: LevelMix = mixOfEach,
): ValueId {
  let members = inputSignal(context);
  let shared = inputOf(context, context.inputs.length - 1);
  for (const [index, level] of levels.entries()) {
    const prefix = `${index}.`;
    const experts = lowerExperts(context, level, prefix, { members, shared });
    const mixed = mix(context, level, prefix, { members, shared }, experts);
    if (index === levels.length - 1) return mixed;
    if (level.shared > 0) shared = mixOfShared(context, level, prefix, shared, experts);
    members = { layout: "copies", value: context.builder.transpose(mixed, [1, 0, 2]) };
  }
  throw new Error("there is no level");
}

function lowerExperts(
  context: FamilyContext,
  { widths, shared, own }: ExpertLevel,
  prefix: string,
  streams: Streams,
): Experts {
  const sharedSignal: Signal = { layout: "shared", value: streams.shared };
  const pool = sharedNetworks(context, shared);
  const each = ownNetworks(context, own);
  return {
    ...(own === 0
      ? {}
      : { own: rowsFirst(each, mlpLayers(each, repeated(context, streams.members, own), widths, `${prefix}own.`)) }),
    ...(shared === 0 ? {} : { shared: rowsFirst(pool, mlpLayers(pool, sharedSignal, widths, `${prefix}shared.`)) }),
  };
}

/** A pool of `count` networks that the members share. */
function sharedNetworks(context: FamilyContext, count: number): LayerContext {
  const { ownParameter: _, ownStatistic: __, ...shared } = context;
  return { ...shared, replicas: count };
}

/** `count` networks of each member, kept under the member's name as [count, …shape]. */
function ownNetworks(context: FamilyContext, count: number): LayerContext {
  const { builder, replicas: members } = context;
  const all = (value: ValueId): ValueId => {
    const [, , ...shape] = builder.shape(value);
    return builder.reshape(value, [members * count, ...shape]);
  };
  return {
    ...context,
    replicas: members * count,
    ownParameter: (name, shape, initializer, group) =>
      all(context.ownParameter(name, [count, ...shape], initializer, group)),
    ownStatistic: (name, shape, initial) => {
      const statistic = context.ownStatistic(name, [count, ...shape], initial);
      const update = (next: ValueId): void => statistic.update(builder.reshape(next, builder.shape(statistic.value)));
      return { value: all(statistic.value), update };
    },
  };
}

/** What each member has, for each of its experts. */
function repeated({ builder }: FamilyContext, members: Signal, count: number): Signal {
  if (members.layout !== "copies" || count === 1) return members;
  const [size = 1, ...shape] = builder.shape(members.value);
  const value = builder.broadcast(builder.expandDims(members.value, 1), [size, count, ...shape]);
  return { layout: "copies", value: builder.reshape(value, [multiplyDims(size, count), ...shape]) };
}

/** A member mixes its own experts and the shared ones by a softmax that is linear in what it has. */
function mixOfEach(
  context: FamilyContext,
  { shared, own }: ExpertLevel,
  prefix: string,
  { members }: Streams,
  experts: Experts,
): ValueId {
  const { builder, replicas: size } = context;
  const logits = rowsFirst(context, denseCopies(context, members, own + shared, `${prefix}gate.`, hasBias(context)));
  const weights = builder.softmax(logits);
  const [batch = "B"] = builder.shape(weights);
  const parts: ValueId[] = [];
  if (experts.own !== undefined) {
    const width = builder.shape(experts.own).at(-1) ?? 1;
    const rows = multiplyDims(batch, size);
    const mine = builder.slice(weights, { axis: 2, begin: 0, size: own });
    const mix = builder.matmul(builder.reshape(mine, [rows, 1, own]), builder.reshape(experts.own, [rows, own, width]));
    parts.push(builder.reshape(mix, [batch, size, width]));
  }
  if (experts.shared !== undefined)
    parts.push(builder.matmul(builder.slice(weights, { axis: 2, begin: own, size: shared }), experts.shared));
  return parts.reduce((sum, part) => builder.add(sum, part));
}

function hasBias({ arguments: { bias } }: FamilyContext): boolean {
  return bias === true;
}

/** The biases of the shared gate: [members·own + shared]. */
function sharedBias(
  context: FamilyContext,
  { shared, own }: Pick<ExpertLevel, "shared" | "own">,
  prefix: string,
  width: number,
): ValueId {
  const { builder, replicas: size } = context;
  const start = zeroBias(width, size * own + shared);
  const parts: ValueId[] = [];
  if (own > 0)
    parts.push(builder.reshape(context.ownParameter(`${prefix}shared_gate.bias`, [own], start, "bias"), [size * own]));
  if (shared > 0) parts.push(context.parameter(`${prefix}shared_gate.shared_bias`, [shared], start, "bias"));
  return builder.concat(parts, 0);
}

/** The mix of one gate over the shared experts, for all members. */
export const mixOfOne: LevelMix = (context, { shared: count }, prefix, { shared: x }, { shared }) => {
  const { builder } = context;
  if (shared === undefined) throw new Error("there is no expert");
  const weights = builder.softmax(dense(context, x, count, `${prefix}gate.`, hasBias(context)));
  return repeat(builder, builder.squeeze(builder.matmul(builder.expandDims(weights, 1), shared), 1), context.replicas);
};

/**
 * The shared stream of the next level, Σ over the experts of all members and the shared ones: [B, e]. The gate's weights
 * over a member's experts are kept under the member's name.
 */
function mixOfShared(
  context: FamilyContext,
  { shared, own }: ExpertLevel,
  prefix: string,
  x: ValueId,
  experts: Experts,
): ValueId {
  const { builder, replicas: size } = context;
  const width = widthOf(context, { layout: "shared", value: x });
  const initializer = glorotUniform(width, size * own + shared);
  const name = `${prefix}shared_gate.weight`;
  const columns: ValueId[] = [];
  if (own > 0) {
    const weight = context.ownParameter(name, [width, own], initializer, "weight");
    columns.push(builder.reshape(builder.transpose(weight, [1, 0, 2]), [width, size * own]));
  }
  if (shared > 0)
    columns.push(context.parameter(`${prefix}shared_gate.shared`, [width, shared], initializer, "weight"));
  const product = builder.matmul(x, builder.concat(columns, 1));
  const weights = builder.softmax(
    hasBias(context) ? builder.add(product, sharedBias(context, { shared, own }, prefix, width)) : product,
  );
  const all = [experts.own, experts.shared].filter((value) => value !== undefined);
  return builder.squeeze(builder.matmul(builder.expandDims(weights, 1), builder.concat(all, 1)), 1);
}
