import type { ReportDetails } from "../../diagnostics/index.js";
import { familiarWord, type FamiliarPlace } from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";

/** The fix that a suggested word is: put in the place of the misspelt one. Nothing without a suggestion. */
export function fixBy(suggestion: string | undefined, span: Span): ReportDetails {
  if (suggestion === undefined) return {};
  return { fixes: [{ title: `write \`${suggestion}\``, edits: [{ span, newText: suggestion }] }] };
}

/** What is meant by a word that is not among `known`: what other tools call so, else the nearest in spelling. */
export function meantBy(
  place: FamiliarPlace,
  { text, span }: { readonly text: string; readonly span: Span },
  known: readonly string[],
): { readonly suggestion: string | undefined; readonly details: ReportDetails } {
  const { word, help } = familiarWord(place, text, known) ?? {};
  const suggestion = word ?? (help === undefined ? suggest(text, known) : undefined);
  return { suggestion, details: { ...fixBy(suggestion, span), ...(help === undefined ? {} : { help }) } };
}
