/**
 * tfjs's GraphModel. In: one function of a program without updates, and the values of its state. Out: the text of
 * `model.json` and the bytes of its weight files, for plain `tf.loadGraphModel`. It never runs or writes anything.
 */
export * from "./graph-model.js";
export { tfjs } from "./target.js";
