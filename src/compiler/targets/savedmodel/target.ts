import { networkRefusals, programOf } from "../network.js";
import type { Target } from "../target.js";
import { savedModelFiles } from "./files.js";

export const savedmodel: Target = {
  name: "savedmodel",
  summary: "A TensorFlow SavedModel, for TensorFlow Serving, Python and others",
  folder: "saved_model",
  carries: ["train", "evaluate", "predict"],
  inEveryArtifact: true,
  refusals: networkRefusals,
  emit: (input) => savedModelFiles(programOf(input), input.weights),
};
