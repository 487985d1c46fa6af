/**
 * The peer that the compiler has to beat: the same MMoE written against tfjs's eager API as its documentation teaches
 * (variables, `tf.variableGrads`, `tf.train.adam`), one merged embedding table, experts in one matmul.
 */
// The chained methods are types of this module; tfjs-node provides the code.
import type {} from "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import type * as Tf from "@tensorflow/tfjs-core";
import type { MmoeShape, WorkloadArrays } from "../workload.js";

/** Trains for about `seconds` after `warmup` steps; returns rows a second and the last loss. */
export function trainEager(
  tf: typeof Tf,
  shape: MmoeShape,
  data: WorkloadArrays,
  seconds: number,
  warmup: number,
): { readonly rowsPerSecond: number; readonly loss: number } {
  const { sizes, embed, experts, units, tower, batch } = shape;
  const { idWidth, numberWidth, labelWidth } = data;
  const width = idWidth * embed + numberWidth;
  const total = sizes.reduce((a, b) => a + b, 0);
  const offsets: number[] = [];
  for (let i = 0, at = 0; i < sizes.length; i++) {
    offsets.push(at);
    at += sizes[i] ?? 0;
  }
  let seed = 1;
  const variable = (dims: number[], deviation: number): Tf.Variable =>
    tf.variable(tf.randomNormal(dims, 0, deviation, "float32", seed++));
  const table = variable([total, embed], 0.05);
  const pool = variable([width, experts * units], Math.sqrt(2 / width));
  const poolBias = tf.variable(tf.zeros([experts * units]));
  const gates = Array.from({ length: labelWidth }, () => variable([width, experts], 0.05));
  const towers = Array.from({ length: labelWidth }, () => ({
    w1: variable([units, tower], Math.sqrt(2 / units)),
    b1: tf.variable(tf.zeros([tower])),
    w2: variable([tower, 1], Math.sqrt(1 / tower)),
    b2: tf.variable(tf.zeros([1])),
  }));
  const variables = [table, pool, poolBias, ...gates, ...towers.flatMap((t) => [t.w1, t.b1, t.w2, t.b2])];
  const optimizer = tf.train.adam(1e-3);
  const offset = tf.tensor1d(offsets, "int32");

  const step = (at: number): number => {
    const slice = <T extends Int32Array | Float32Array>(array: T, columns: number): T =>
      array.subarray(at * columns, (at + batch) * columns) as T;
    const loss = tf.tidy(() => {
      const ids = tf.tensor2d(slice(data.ids, idWidth), [batch, idWidth], "int32");
      const numbers = tf.tensor2d(slice(data.numbers, numberWidth), [batch, numberWidth]);
      const labels = tf.tensor2d(slice(data.labels, labelWidth), [batch, labelWidth]);
      const { value, grads } = tf.variableGrads(() => {
        const embedded = tf.gather(table, ids.add(offset).flatten().toInt()).reshape([batch, idWidth * embed]);
        const x = tf.concat([embedded, numbers], 1);
        const f = x
          .matMul(pool as unknown as Tf.Tensor2D)
          .add(poolBias)
          .relu()
          .reshape([batch, experts, units]);
        const losses = towers.map((t, k) => {
          const gate = x.matMul(gates[k] as unknown as Tf.Tensor2D).softmax();
          const mix = gate.reshape([batch, 1, experts]).matMul(f).reshape([batch, units]);
          const hidden = mix
            .matMul(t.w1 as unknown as Tf.Tensor2D)
            .add(t.b1)
            .relu();
          const logit = hidden
            .matMul(t.w2 as unknown as Tf.Tensor2D)
            .add(t.b2)
            .flatten();
          const y = labels.slice([0, k], [batch, 1]).flatten();
          return logit.softplus().sub(y.mul(logit)).mean();
        });
        return tf.addN(losses).asScalar();
      }, variables);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value;
    });
    const number = loss.dataSync()[0] ?? NaN;
    loss.dispose();
    return number;
  };

  let at = 0;
  const next = (): number => {
    const here = at;
    at = at + 2 * batch > data.rows ? 0 : at + batch;
    return here;
  };
  for (let i = 0; i < warmup; i++) step(next());
  const start = performance.now();
  let steps = 0;
  let loss = NaN;
  while (performance.now() - start < seconds * 1000 || steps < 2) {
    loss = step(next());
    steps += 1;
  }
  const took = (performance.now() - start) / 1000;
  tf.dispose([...variables, offset]);
  optimizer.dispose();
  return { rowsPerSecond: (steps * batch) / took, loss };
}
