/**
 * Targets: forms in which others run a model. A target is a folder here and its row in {@link targets}; the checks before
 * training, `mtlc compile`, `mtlc train` and `mtlc targets` read the rows.
 */
import { javascript } from "./javascript/index.js";
import { onnx } from "./onnx/index.js";
import { savedmodel } from "./savedmodel/index.js";
import type { Target } from "./target.js";
import { tensorflowServing } from "./tensorflow-serving/index.js";
import { tfjs } from "./tfjs/index.js";
import { torch } from "./torch/index.js";
import { web } from "./web/index.js";

export type {
  Carried,
  LeftToCaller,
  Refusal,
  StateBytes,
  Target,
  TargetFile,
  TargetInput,
  TargetSubject,
} from "./target.js";

/** In the order in which they are listed. */
export const targets: readonly Target[] = [savedmodel, tensorflowServing, tfjs, javascript, onnx, torch, web];
