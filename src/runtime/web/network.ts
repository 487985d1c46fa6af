/** The graph of a module on one of tfjs's backends. */
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../engine/engine.js";
import type { BackendName } from "./api.js";
import { startBackend } from "./backends.js";
import { bytesOf } from "./base64.js";
import type { WebNetwork } from "./content.js";

/** Inputs of the graph, by name. */
export type Feeds = Readonly<Record<string, HostTensor>>;
/** What is in each output of the graph, by name: a value per row of a head. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** An open graph. It computes on the backend that it was opened on, whatever others started since. */
export interface OpenNetwork {
  readonly backend: BackendName;
  readonly run: (feeds: Feeds) => Outputs;
  /** The same without waiting for a graphics processor. */
  readonly runLater: (feeds: Feeds) => Promise<Outputs>;
  readonly close: () => void;
}

/** Starts the backend and puts the weights there. Throws an error that says what is missing when the backend does not start. */
export async function openNetwork(
  { graph, weights, wasm }: WebNetwork,
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
  const names = Object.keys(graph.signature.outputs);
  const compute = (feeds: Feeds): readonly tf.Tensor[] => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend);
    return tf.tidy(() => {
      const found = model.execute(tensorsOf(graph.signature.inputs, feeds), names);
      return Array.isArray(found) ? found : [found];
    });
  };
  const named = (tensors: readonly tf.Tensor[], data: readonly tf.TypedArray[]): Outputs => {
    tensors.forEach((tensor) => tensor.dispose());
    return Object.fromEntries(names.map((name, i) => [name, Float32Array.from(data[i] ?? [])]));
  };
  return {
    backend,
    run: (feeds) => {
      const tensors = compute(feeds);
      return named(
        tensors,
        tensors.map((tensor) => tensor.dataSync()),
      );
    },
    runLater: async (feeds) => {
      const tensors = compute(feeds);
      return named(tensors, await Promise.all(tensors.map((tensor) => tensor.data())));
    },
    close: () => model.dispose(),
  };
}

function tensorsOf(inputs: WebNetwork["graph"]["signature"]["inputs"], feeds: Feeds): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype }]) => {
      const feed = feeds[name];
      if (feed === undefined) throw new Error(`the graph needs the input \`${name}\``);
      const shape = [...feed.shape];
      switch (dtype) {
        case "DT_FLOAT":
          return [name, tf.tensor(feed.data, shape, "float32")];
        case "DT_INT32":
          return [name, tf.tensor(feed.data, shape, "int32")];
        case "DT_BOOL":
          return [name, tf.tensor(Uint8Array.from(feed.data), shape, "bool")];
      }
    }),
  );
}
