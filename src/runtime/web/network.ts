/** The graph of a module on one of tfjs's backends: encoded rows in, a column per served head out. */
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { batchInputs, type BatchLayout } from "../../compiler/model/layout.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import type { BackendName } from "./api.js";
import { startBackend } from "./backends.js";
import { bytesOf } from "./base64.js";
import type { WebNetwork } from "./content.js";

/** By the name of the head, a value per row. */
export type HeadColumns = Readonly<Record<string, Float32Array>>;

/** An open graph. It computes on the backend that it was opened on, whatever others started since. */
export interface OpenNetwork {
  readonly backend: BackendName;
  readonly heads: readonly string[];
  readonly run: (batch: EncodedBatch) => HeadColumns;
  /** The same without waiting for a graphics processor. */
  readonly runLater: (batch: EncodedBatch) => Promise<HeadColumns>;
  readonly close: () => void;
}

/** Starts the backend and puts the weights there. Throws an error that says what is missing when the backend does not start. */
export async function openNetwork(
  { graph, weights, wasm }: WebNetwork,
  layout: BatchLayout,
  wanted: BackendName | undefined,
): Promise<OpenNetwork> {
  const backend = await startBackend(wanted, () => bytesOf(wasm));
  const model = await loadGraphModel({
    load: () =>
      Promise.resolve({
        format: "graph-model",
        modelTopology: graph.modelTopology,
        signature: graph.signature as object,
        weightSpecs: graph.weights.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype })),
        weightData: bytesOf(weights).buffer,
      }),
  });
  const heads = Object.keys(graph.signature.outputs);
  const inputs = Object.keys(graph.signature.inputs);
  const compute = (batch: EncodedBatch): tf.Tensor[] => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend);
    return tf.tidy(() => executeOn(model, feedsOf(batch, layout, inputs), heads));
  };
  return {
    backend,
    heads,
    run: (batch) => {
      const tensors = compute(batch);
      const columns = heads.map((head, i) => [head, columnOf(tensors[i]?.dataSync())] as const);
      tf.dispose(tensors);
      return Object.fromEntries(columns);
    },
    runLater: async (batch) => {
      const tensors = compute(batch);
      const columns = await Promise.all(
        heads.map(async (head, i) => [head, columnOf(await tensors[i]?.data())] as const),
      );
      tf.dispose(tensors);
      return Object.fromEntries(columns);
    },
    close: () => model.dispose(),
  };
}

function executeOn(model: GraphModel, feeds: tf.NamedTensorMap, heads: readonly string[]): tf.Tensor[] {
  const result = model.execute(feeds, [...heads]);
  return Array.isArray(result) ? result : [result];
}

function feedsOf(batch: EncodedBatch, layout: BatchLayout, inputs: readonly string[]): tf.NamedTensorMap {
  return Object.fromEntries(
    inputs.map((input) => {
      switch (input) {
        case batchInputs.ids:
          return [input, tf.tensor2d(batch.ids, [batch.size, layout.idWidth], "int32")];
        case batchInputs.numbers:
          return [input, tf.tensor2d(batch.numbers, [batch.size, layout.numberWidth], "float32")];
        default:
          throw new Error(`the graph reads \`${input}\`, which rows do not have`);
      }
    }),
  );
}

function columnOf(data: tf.TypedArray | undefined): Float32Array {
  return Float32Array.from(data ?? []);
}
