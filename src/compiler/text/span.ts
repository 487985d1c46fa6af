/**
 * Source text and places in it. Everything the compiler says about a spec points at a {@link Span};
 * nothing here knows the language.
 */

/** A half-open range of UTF-16 offsets in one source file. */
export interface Span {
  /** Path of the source file as the host gave it; the key of {@link SourceFile.path}. */
  readonly file: string;
  /** First offset, inclusive. */
  readonly start: number;
  /** Last offset, exclusive; equals `start` for an empty range. */
  readonly end: number;
}

/** The smallest span that covers both; both must lie in one file. */
export function joinSpans(a: Span, b: Span): Span {
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
