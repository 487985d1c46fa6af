import type { ReportDetails } from "../diagnostics/index.js";
import type { Span } from "../text/index.js";

/** The mend that a suggested word is: put in the place of the misspelt one. Nothing without a suggestion. */
export function mendBy(suggestion: string | undefined, span: Span): ReportDetails {
  if (suggestion === undefined) return {};
  return { fixes: [{ title: `write \`${suggestion}\``, edits: [{ span, newText: suggestion }] }] };
}
