import type { EvaluationResult } from "../../../runtime/train/result.js";
import type { View } from "../../command.js";
import { scoresTable } from "../../views/scores.js";

export const evalView: View<EvaluationResult> = {
  document: "eval",
  human: scoresTable,
  json: (measured) => measured,
};
