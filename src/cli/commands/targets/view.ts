import type { TargetReport, TargetsReport } from "../../../runtime/jobs/describe-targets.js";
import type { View } from "../../command.js";
import { leftText, refusalText } from "../../views/refusals.js";

export const targetsView: View<TargetsReport> = {
  document: "targets",
  human: ({ model, targets }, { outStyle }) => {
    const width = Math.max(...targets.map(({ name }) => name.length));
    const lines = targets.map((target) => `${outStyle.bold(target.name.padEnd(width))}  ${sentenceOf(target)}\n`);
    return model === undefined ? lines.join("") : `${model}\n${lines.join("")}`;
  },
  json: (report) => report,
};

function sentenceOf({ summary, carries, refusals, leftToCaller, inEveryArtifact }: TargetReport): string {
  const parts = carries.join(", ");
  if (refusals === undefined) return `${summary}; carries ${parts}${inEveryArtifact ? "; in every artifact" : ""}`;
  if (refusals.length > 0) return `cannot carry ${refusals.map(refusalText).join("\n    ")}`;
  return `carries ${parts}${leftText(leftToCaller)}`;
}
