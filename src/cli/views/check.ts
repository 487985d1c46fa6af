import { renderFooter, renderJson, renderPretty } from "../../compiler/diagnostics/index.js";
import type { View } from "../command.js";
import type { CheckResult } from "../commands/check.js";
import { plural } from "./text.js";

export const checkView: View<CheckResult> = {
  human: ({ files, diagnostics, sources }, terminal) => {
    if (diagnostics.length === 0) return `no problems in ${plural(files, "spec")}\n`;
    const color = terminal.outStyle.bold("") !== "";
    const width = Math.min(terminal.width, 120);
    return `${renderPretty(diagnostics, sources, { color, width })}\n${renderFooter(diagnostics, { color })}\n`;
  },
  json: ({ diagnostics, sources }) => JSON.parse(renderJson(diagnostics, sources)) as unknown,
};
