import type { LocatedRefusal, TargetReport, TargetsReport } from "../../../runtime/jobs/describe-targets.js";
import type { View } from "../../command.js";

export const targetsView: View<TargetsReport> = {
  document: "targets",
  human: ({ model, targets }, { outStyle }) => {
    const width = Math.max(...targets.map(({ name }) => name.length));
    const lines = targets.map((target) => `${outStyle.bold(target.name.padEnd(width))}  ${sentenceOf(target)}\n`);
    return model === undefined ? lines.join("") : `${model}\n${lines.join("")}`;
  },
  json: (report) => report,
};

function sentenceOf({ summary, carries, refusals, inEveryArtifact }: TargetReport): string {
  const parts = carries.join(", ");
  if (refusals === undefined) return `${summary}; carries ${parts}${inEveryArtifact ? "; in every artifact" : ""}`;
  return refusals.length === 0 ? `carries ${parts}` : `cannot carry ${refusals.map(refusalText).join("\n    ")}`;
}

function refusalText({ what, instead, location }: LocatedRefusal): string {
  const at = location === undefined ? "" : ` (${location.file}:${location.line}:${location.column})`;
  return `${what}${at}${instead === undefined ? "" : `; ${instead}`}`;
}
