import { plural } from "../../../compiler/text/index.js";
import {
  renderFooter,
  renderGithub,
  renderJson,
  renderPretty,
  renderSarif,
} from "../../../compiler/diagnostics/index.js";
import { version } from "../../../runtime/version.js";
import type { CheckResult } from "./run.js";
import type { Terminal } from "../../terminal.js";

export const checkFormats = ["pretty", "json", "sarif", "github"] as const;

export type CheckFormat = (typeof checkFormats)[number];

/** What `mtlc check` prints, in one of its forms. */
export function checkText(result: CheckResult, format: CheckFormat, terminal: Terminal): string {
  const { sources, denied } = result;
  const diagnostics = [...result.diagnostics, ...(denied === undefined ? [] : [denied])];
  switch (format) {
    case "pretty":
      return prettyText({ ...result, diagnostics }, terminal);
    case "json":
      return `${renderJson(diagnostics, sources)}\n`;
    case "sarif":
      return renderSarif(diagnostics, sources, { version });
    case "github":
      return renderGithub(diagnostics, sources);
  }
}

function prettyText({ files, diagnostics, sources, fixed }: CheckResult, terminal: Terminal): string {
  const written = fixed.map((file) => `fixed ${file}\n`).join("");
  if (diagnostics.length === 0) return `${written}no problems in ${plural(files.length, "spec")}\n`;
  const color = terminal.outStyle.bold("") !== "";
  const width = Math.min(terminal.width, 120);
  return `${written}${renderPretty(diagnostics, sources, { color, width })}\n${renderFooter(diagnostics, { color })}\n`;
}
