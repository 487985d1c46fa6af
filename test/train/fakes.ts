import type { GraphFunction, Program } from "../../src/compiler/graph/graph.js";
import type { Model, TrainModel } from "../../src/compiler/model/model.js";
import type { BatchOptions, Dataset, EncodedBatch } from "../../src/runtime/data/batches/dataset.js";
import type { HostTensor, Session } from "../../src/runtime/engine/engine.js";

/** A data set of one number and one label a row, and a session of one weight: enough for the loop to have state. */

export function fakeDataset(rows: number): Dataset & { readonly asked: BatchOptions[] } {
  const asked: BatchOptions[] = [];
  const layout = {
    ids: [],
    idWidth: 0,
    numbers: [{ feature: "x", offset: 0, width: 1 }],
    numberWidth: 1,
    labels: ["y"],
  };
  function* batches(options: BatchOptions): IterableIterator<EncodedBatch> {
    asked.push(options);
    const { size, shuffle, skip = 0, pad } = options;
    // A rotation stands for the shuffle: another order each epoch, a function only of seed and epoch.
    const shift = shuffle === undefined ? 0 : shuffle.seed + 3 * shuffle.epoch;
    for (let first = skip * size; first < rows; first += size) {
      const count = Math.min(size, rows - first);
      const length = pad ? size : count;
      const numbers = new Float32Array(length);
      const labels = new Float32Array(length);
      const weights = new Float32Array(length);
      for (let i = 0; i < count; i++) {
        numbers[i] = ((first + i + shift) % rows) / rows;
        labels[i] = (first + i + shift) % 2;
        weights[i] = 1;
      }
      yield {
        rows: count,
        size: length,
        ids: new Int32Array(0),
        numbers,
        labels,
        known: new Float32Array(length).fill(1),
        weights,
      };
    }
  }
  return {
    rows,
    layout,
    asked,
    hash: "fake",
    report: { rows, columns: [] },
    batches,
    batchCount: ({ size }) => Math.ceil(rows / size),
    lists: () => undefined,
    groups: () => undefined,
    close: () => undefined,
  };
}

const input = (name: string, shape: readonly (number | string)[]) =>
  ({
    op: "input",
    inputs: [],
    attributes: { name, type: { dtype: "float32", shape } },
    type: { dtype: "float32", shape },
  }) as const;
const scalar = {
  op: "sum",
  inputs: [0],
  attributes: { axes: [0, 1], keepDims: false },
  type: { dtype: "float32", shape: [] },
} as const;

/** Inputs numbers, labels and weights; outputs `loss` and `loss/y`. */
export const fakeTrain: GraphFunction = {
  name: "train",
  nodes: [input("numbers", ["B", 1]), input("labels", ["B", 1]), input("weights", ["B"]), scalar, scalar],
  outputs: [
    { name: "loss", value: 3 },
    { name: "loss/y", value: 4 },
  ],
  updates: [],
};

export const fakeProgram: Program = {
  state: [
    {
      name: "w",
      type: { dtype: "float32", shape: [1] },
      pieces: [{ name: "w", row: 0, rows: 1, initializer: { kind: "constant", value: 0 } }],
      role: "parameter",
    },
  ],
  functions: [fakeTrain],
};

/** Least squares y ≈ w·x by plain gradient descent in float32; `poison` makes the loss of that step NaN. */
export function fakeSession(
  options: { readonly poison?: number; readonly onStep?: (step: number) => void } = {},
): Session {
  let w = 0;
  let steps = 0;
  return {
    run: (name, feeds) => {
      if (name !== "train") throw new Error(`no function ${name}`);
      const { numbers, labels, weights } = feeds;
      if (numbers === undefined || labels === undefined || weights === undefined) throw new Error("a feed is missing");
      steps += 1;
      options.onStep?.(steps);
      let loss = 0;
      let gradient = 0;
      let total = 0;
      for (let i = 0; i < numbers.data.length; i++) {
        const weight = weights.data[i] ?? 0;
        const difference = w * (numbers.data[i] ?? 0) - (labels.data[i] ?? 0);
        loss += weight * difference * difference;
        gradient += weight * 2 * difference * (numbers.data[i] ?? 0);
        total += weight;
      }
      w = Math.fround(w - 0.1 * (gradient / total));
      const value = steps === options.poison ? NaN : loss / total;
      const output: HostTensor = { shape: [], data: Float32Array.of(value) };
      return { loss: output, "loss/y": output };
    },
    get: () => new Map([["w", { shape: [1], data: Float32Array.of(w) }]]),
    set: (values) => {
      w = values.get("w")?.data[0] ?? w;
    },
    // Its one number is not large.
    readRows: () => new Float32Array(),
    writeRows: () => undefined,
    close: () => undefined,
  };
}

/** A model with nothing in it but how it is trained. */
export function fakeModel(train: Partial<TrainModel>): Model {
  return {
    name: "fake",
    data: {},
    features: [],
    labels: [],
    nodes: [],
    heads: [],
    loss: { terms: [], penalties: [], balance: { method: "fixed", arguments: {} } },
    metrics: [],
    train: {
      optimizer: { name: "sgd", arguments: {} },
      schedule: { name: "constant", arguments: {} },
      clip: { kind: "none" },
      embeddings: "auto",
      batch: 10,
      epochs: 1,
      shuffle: true,
      seed: 3,
      ...train,
    },
  };
}

/** The session with steps of which one call may be as many; `calls` are the numbers of steps of each. */
export function queueingSession(session: Session, most: number): Session & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    ...session,
    calls,
    stepsPerCall: () => most,
    runSteps: (name, queue, count) => {
      calls.push(count);
      return Array.from({ length: count }, (_, step) =>
        session.run(
          name,
          Object.fromEntries(
            Object.entries(queue).map(([input, { shape, data }]) => {
              const size = data.length / most;
              return [input, { shape: shape.slice(1), data: data.slice(step * size, (step + 1) * size) }];
            }),
          ),
        ),
      );
    },
  };
}
