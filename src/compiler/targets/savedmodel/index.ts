/**
 * TensorFlow's SavedModel. In: a program, and values for its state. Out: the bytes of `saved_model.pb`, with the names
 * of the tensors to feed and fetch for each function and state variable. It never runs, reads or writes anything.
 */
export * from "./bundle.js";
export * from "./files.js";
export * from "./saved-model.js";
export { savedmodel } from "./target.js";
export type { Endpoint, LoweredFunction } from "../tensorflow/lower-function.js";
export type { NodeLabels } from "../tensorflow/node-graph.js";
