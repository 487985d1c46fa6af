import { omitUndefined } from "../../../compiler/text/index.js";
import type { TrainResult } from "../../../runtime/train/result.js";
import type { View } from "../../command.js";
import { scoresTable } from "../../views/scores.js";

export const trainView: View<TrainResult> = {
  document: "train",
  human: ({ summary, evaluation, artifact, checkpoint, alreadyTrained }) => {
    if (summary.ended === "interrupted")
      return checkpoint === undefined
        ? "interrupted\n"
        : `interrupted at step ${summary.steps}; the same command with \`--resume\` goes on\n`;
    return [
      ...(evaluation === undefined ? [] : [scoresTable(evaluation)]),
      ...(artifact === undefined
        ? []
        : [
            alreadyTrained === true
              ? `${artifact} is trained already, from the same spec and data\n`
              : `wrote ${artifact}\n`,
          ]),
    ].join("");
  },
  json: ({ summary, history, evaluation, artifact, checkpoint, warmStart, continued, alreadyTrained }) => ({
    ...(alreadyTrained === true ? { alreadyTrained } : {}),
    ...omitUndefined({ artifact, checkpoint }),
    ...(evaluation === undefined ? {} : evaluation),
    ...omitUndefined({ warmStart, continued }),
    summary,
    history,
  }),
};
