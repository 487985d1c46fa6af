import { predictRefusals, programOf } from "../network.js";
import type { Target } from "../target.js";
import { createGraphModel } from "./graph-model.js";

export const tfjs: Target = {
  name: "tfjs",
  summary: "A GraphModel of predict for TensorFlow.js: `tf.loadGraphModel`",
  folder: "tfjs",
  carries: ["predict"],
  inEveryArtifact: true,
  refusals: (subject) => predictRefusals("tfjs", subject),
  emit: (input) =>
    createGraphModel(programOf(input), "predict", input.weights, { generator: input.generator }).map(
      ({ name, content }) => ({ path: name, content }),
    ),
};
