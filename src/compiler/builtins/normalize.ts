/** Layer and batch normalization of units, for one network and for n at once. */
import type { Initializer, Shape, ValueId } from "../graph/graph.js";
import type { LayerContext } from "./builtin.js";
import { zeros } from "./dense.js";
import type { ParameterSpec } from "./parameter.js";
import { apartCopies, ownParameter, ownStatistic, type Signal, spreadUnits, widthOf } from "./replicas.js";

export type NormKind = "layer" | "batch";

export function isNormKind(name: string): name is NormKind {
  return name === "layer" || name === "batch";
}

export interface NormSettings {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Share of a batch normalization's running mean and variance that is kept in each step. */
  readonly momentum: number;
}

export const defaultNormSettings: NormSettings = { epsilon: 1e-5, momentum: 0.99 };

/** What layers with a normalization take. */
export const normSettings: readonly ParameterSpec[] = [
  {
    name: "epsilon",
    type: { kind: "number", min: 0, minOpen: true },
    default: defaultNormSettings.epsilon,
    doc: "Added to the variance, so that nothing is divided by zero.",
  },
  {
    name: "momentum",
    type: { kind: "number", min: 0, max: 1, maxOpen: true },
    default: defaultNormSettings.momentum,
    doc: "Share of the running mean and variance that `batch` keeps in each step; they are used outside of training.",
  },
];

const ones: Initializer = { kind: "constant", value: 1 };

/**
 * (x − mean) / √(variance + ε) · scale + shift, scale and shift trained for each unit. `layer`: over the units of a row
 * (Ba, Kiros, Hinton: Layer Normalization, 2016). `batch`: over the rows of a batch, running statistics outside of
 * training (Ioffe, Szegedy: Batch Normalization, 2015).
 */
export function normalize(
  context: LayerContext,
  given: Signal,
  kind: NormKind,
  prefix: string,
  settings: NormSettings,
): Signal {
  const { builder } = context;
  const width = widthOf(context, given);
  const signal = apartCopies(context, given);
  const spread = (vector: ValueId): ValueId => spreadUnits(context, signal, vector);
  const normal =
    kind === "layer"
      ? normalizeRow(context, signal, width, settings)
      : standardizeBatch(context, signal, prefix, settings);
  const scale = ownParameter(context, `${prefix}scale`, [width], ones, "scale");
  const shift = ownParameter(context, `${prefix}shift`, [width], zeros, "bias");
  return { ...signal, value: builder.add(builder.mul(normal, spread(scale)), spread(shift)) };
}

function normalizeRow(context: LayerContext, signal: Signal, width: number, { epsilon }: NormSettings): ValueId {
  const { builder } = context;
  const whole = builder.shape(signal.value);
  const [batch = "B"] = whole;
  const x =
    signal.layout === "flat" ? builder.reshape(signal.value, [batch, context.replicas ?? 1, width]) : signal.value;
  const over = { axes: [-1], keepDims: true };
  const centered = builder.sub(x, builder.mean(x, over));
  const variance = builder.mean(builder.square(centered), over);
  return builder.reshape(builder.div(centered, deviation(context, variance, epsilon)), whole);
}

/**
 * (x − mean) / √(variance + ε) of each unit over the rows of the batch, by the running statistics outside of training. Their
 * names begin with `prefix`. Copies must have been told apart ({@link apartCopies}).
 */
export function standardizeBatch(
  context: LayerContext,
  signal: Signal,
  prefix: string,
  { epsilon, momentum }: NormSettings,
): ValueId {
  const { builder } = context;
  const width = widthOf(context, signal);
  const spread = (vector: ValueId): ValueId => spreadUnits(context, signal, vector);
  const mean = ownStatistic(context, `${prefix}mean`, [width], 0);
  const variance = ownStatistic(context, `${prefix}variance`, [width], 1);
  const x = signal.value;
  if (!context.training) {
    return builder.div(builder.sub(x, spread(mean.value)), deviation(context, spread(variance.value), epsilon));
  }
  const rows = signal.layout === "copies" ? 1 : 0;
  const average = rowAverage(context, x, rows);
  const batchMean = average(x);
  const centered = builder.sub(x, batchMean);
  const batchVariance = average(builder.square(centered));
  // A batch in which no row counts says nothing of the data.
  const hasRows = builder.less(builder.scalar(0), builder.sum(context.present()));
  const follow = (running: ValueId, now: ValueId): ValueId => {
    const next = builder.add(
      builder.scale(running, momentum),
      builder.scale(builder.reshape(now, builder.shape(running)), 1 - momentum),
    );
    return builder.select(hasRows, next, running);
  };
  mean.update(follow(mean.value, batchMean));
  variance.update(follow(variance.value, batchVariance));
  return builder.div(centered, deviation(context, batchVariance, epsilon));
}

/** The mean over the batch axis of the rows that count, that axis kept with size 1. */
function rowAverage(context: LayerContext, x: ValueId, axis: number): (value: ValueId) => ValueId {
  const { builder } = context;
  const present = context.present();
  const shape: Shape = builder.shape(x).map((dim, index) => (index === axis ? dim : 1));
  const mask = builder.reshape(present, shape);
  const count = builder.maximum(builder.sum(present), builder.scalar(1));
  return (value) => builder.div(builder.sum(builder.mul(value, mask), { axes: [axis], keepDims: true }), count);
}

function deviation({ builder }: LayerContext, variance: ValueId, epsilon: number): ValueId {
  return builder.sqrt(builder.add(variance, builder.scalar(epsilon)));
}
