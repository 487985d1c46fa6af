import type { ReportDetails } from "../../diagnostics/index.js";
import { familiarWord, type FamiliarPlace } from "../../syntax/index.js";
import { omitUndefined, suggest, type Span } from "../../text/index.js";

/** What is meant by a word that is not among `known`: what other tools call so, else the nearest in spelling. */
export function meantBy(
  place: FamiliarPlace,
  { text, span }: { readonly text: string; readonly span: Span },
  known: readonly string[],
): { readonly suggestion: string | undefined; readonly details: ReportDetails } {
  const { word, help } = familiarWord(place, text, known) ?? {};
  const suggestion = word ?? (help === undefined ? suggest(text, known) : undefined);
  return { suggestion, details: { suggest: { span, word: suggestion }, ...omitUndefined({ help }) } };
}

/** As {@link meantBy}, by spelling only. */
export function suggestedBy(
  { text, span }: { readonly text: string; readonly span: Span },
  known: readonly string[],
): { readonly suggestion: string | undefined; readonly details: ReportDetails } {
  const suggestion = suggest(text, known);
  return { suggestion, details: { suggest: { span, word: suggestion } } };
}
