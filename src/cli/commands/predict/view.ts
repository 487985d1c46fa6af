import { plural } from "../../../compiler/text/index.js";
import type { PredictResult } from "../../../runtime/jobs/predict/predict.js";
import type { View } from "../../command.js";

export const predictView: View<PredictResult> = {
  document: "predict",
  human: ({ output, rows, columns }) => `wrote ${plural(rows, "row")} to ${output}: ${columns.join(", ")}\n`,
  json: (result) => result,
};
