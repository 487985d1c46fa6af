/** TensorFlow Serving. In: a program and its weights. Out: its `--model_config_file`, and the folder of the model with a version. */
import { predictProgram } from "../../graph/index.js";
import { networkRefusals, programOf } from "../network.js";
import { savedModelFiles } from "../savedmodel/index.js";
import type { Target } from "../target.js";

export const tensorflowServing: Target = {
  name: "tensorflow-serving",
  summary: "A folder for TensorFlow Serving: its configuration, and a SavedModel in which nothing changes a weight",
  folder: "tensorflow_serving",
  carries: ["predict"],
  inEveryArtifact: false,
  refusals: networkRefusals,
  emit: (input) => {
    const { name } = input.model;
    const files = savedModelFiles(predictProgram(programOf(input)), input.weights, { accessors: false });
    return [
      { path: "models.config", content: configOf(name) },
      ...files.map(({ path, content }) => ({ path: `${name}/1/${path}`, content })),
    ];
  },
};

/** The folder is mounted at `/models`, where the server's image looks for models. */
function configOf(name: string): string {
  return `model_config_list {
  config {
    name: "${name}"
    base_path: "/models/${name}"
    model_platform: "tensorflow"
    model_version_policy { latest { num_versions: 1 } }
  }
}
`;
}
