import { networkRefusals, programOf } from "../network.js";
import { functionNamed, opRefusals, type Refusal, type Target, type TargetSubject } from "../target.js";
import { createGraphModel } from "./graph-model.js";

function refusals(subject: TargetSubject): readonly Refusal[] {
  const { program } = subject;
  const found = networkRefusals(subject);
  return found.length > 0 || program === undefined ? found : opRefusals("tfjs", functionNamed(program, "predict"));
}

export const tfjs: Target = {
  name: "tfjs",
  summary: "A GraphModel of predict for TensorFlow.js: `tf.loadGraphModel`",
  folder: "tfjs",
  carries: ["predict"],
  inEveryArtifact: true,
  refusals,
  emit: (input) =>
    createGraphModel(programOf(input), "predict", input.weights, { generator: input.generator }).map(
      ({ name, content }) => ({ path: name, content }),
    ),
};
