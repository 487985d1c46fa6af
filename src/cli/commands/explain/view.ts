import type { View } from "../../command.js";
import type { ExplainResult } from "./run.js";

export const explainView: View<ExplainResult> = {
  document: "explain",
  human: (result, { outStyle }) => {
    if (result.kind !== "code") return result.text;
    const { code, severity, title, page } = result;
    return page ?? `${outStyle.bold(`${severity}[${code}]`)}: ${title}\n`;
  },
  json: (result) => result,
};
