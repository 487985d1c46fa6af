/** The mix of a gate: Σ wᵢ fᵢ(x), the same for every kind of gate. */
import type { GraphBuilder, ValueId } from "../graph/index.js";

/** A pool of experts [B, n, e], or one network's value [B, e]. */
export interface Mixed {
  readonly value: ValueId;
  readonly replicas: number | undefined;
}

export function expertCount(mixed: readonly Mixed[]): number {
  return mixed.reduce((count, { replicas }) => count + (replicas ?? 1), 0);
}

/**
 * (weights [B, experts], in the order of the pools) → [B, e]. Weights are cut, not pools joined: they are the small ones. A
 * pool's mix is a product of matrices, [1, n]·[n, e] a row: on every engine as fast as multiplying and adding up, or faster.
 */
export function mixExperts(builder: GraphBuilder, weights: ValueId, mixed: readonly Mixed[]): ValueId {
  let end = 0;
  const parts = mixed.map(({ value, replicas }) => {
    const begin = end;
    end += replicas ?? 1;
    const own = builder.slice(weights, { axis: 1, begin, size: end - begin });
    return replicas === undefined
      ? builder.mul(own, value)
      : builder.squeeze(builder.matmul(builder.expandDims(own, 1), value), 1);
  });
  return parts.reduce((sum, part) => builder.add(sum, part));
}
