/**
 * Diagnostics as text for people and JSON for machines, both made from one form so that they cannot drift apart.
 * Nothing here prints, and nothing here knows whether a terminal is there.
 */
export {
  countDiagnostics,
  diagnosticsVersion,
  renderJson,
  toDiagnosticJson,
  type DiagnosticCounts,
  type DiagnosticJson,
  type LocationJson,
} from "./diagnostic-json.js";
export { renderGithub } from "./github.js";
export { renderSarif, type SarifTool } from "./sarif.js";
export { renderFooter, renderPretty, type PrettyOptions } from "./pretty.js";
export { displayWidth, visible } from "./display.js";
