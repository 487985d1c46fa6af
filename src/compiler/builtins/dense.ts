/** The linear map that `linear`, `mlp`, gates and logits are made of, for one network and for n at once. */
import type { Initializer, ValueId } from "../graph/graph.js";
import type { FirstValues, LayerContext } from "./builtin.js";
import { copiesFirst, ownParameter, type Signal, widthOf } from "./replicas.js";

/**
 * Uniform in ±√(6 / (in + out)) (Glorot, Bengio: Understanding the Difficulty of Training Deep Feedforward Neural
 * Networks, 2010).
 */
export function glorotUniform(fanIn: number, fanOut: number): FirstValues {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return { kind: "uniform", low: -limit, high: limit, fans: { inputs: fanIn, units: fanOut } };
}

export const zeros: Initializer = { kind: "constant", value: 0 };

/** Of a bias behind so many inputs. */
export function zeroBias(fanIn: number, fanOut: number): FirstValues {
  return { ...zeros, fans: { inputs: fanIn, units: fanOut } };
}

/** What of a context a linear map needs: heads have it too, without being layers. */
export type DenseContext = Pick<LayerContext, "builder" | "parameter">;

/** x·W + b for one network: [B, d] → [B, width]. Weights by Glorot, biases zero. */
export function dense(context: DenseContext, x: ValueId, width: number, prefix: string, hasBias: boolean): ValueId {
  const { builder } = context;
  const fanIn = Number(builder.shape(x).at(-1));
  const weight = context.parameter(`${prefix}weight`, [fanIn, width], glorotUniform(fanIn, width), "weight");
  const product = builder.matmul(x, weight);
  return hasBias
    ? builder.add(product, context.parameter(`${prefix}bias`, [width], zeroBias(fanIn, width), "bias"))
    : product;
}

/**
 * The same for the layer's n networks. On a shared input all copies are one product [B, d]·[d, n·width], else the product
 * is batched. The weight is [d, n, width] for the one and [n, d, width] for the other; where copies keep their parameters
 * apart it is the latter for both. Biases are [n, width].
 */
export function denseCopies(
  context: LayerContext,
  signal: Signal,
  width: number,
  prefix: string,
  hasBias: boolean,
): Signal {
  const { builder, replicas } = context;
  if (replicas === undefined) {
    return { layout: "shared", value: dense(context, signal.value, width, prefix, hasBias) };
  }
  const fanIn = widthOf(context, signal);
  const initializer = glorotUniform(fanIn, width);
  const bias = (): ValueId => ownParameter(context, `${prefix}bias`, [width], zeroBias(fanIn, width), "bias");
  const ownWeight = (): ValueId => ownParameter(context, `${prefix}weight`, [fanIn, width], initializer, "weight");
  if (signal.layout === "shared") {
    const weight =
      context.ownParameter === undefined
        ? context.parameter(`${prefix}weight`, [fanIn, replicas, width], initializer, "weight")
        : builder.transpose(ownWeight(), [1, 0, 2]);
    const product = builder.matmul(signal.value, builder.reshape(weight, [fanIn, replicas * width]));
    const value = hasBias ? builder.add(product, builder.reshape(bias(), [replicas * width])) : product;
    return { layout: "flat", value };
  }
  const product = builder.matmul(copiesFirst(context, signal), ownWeight());
  const value = hasBias ? builder.add(product, builder.reshape(bias(), [replicas, 1, width])) : product;
  return { layout: "copies", value };
}
