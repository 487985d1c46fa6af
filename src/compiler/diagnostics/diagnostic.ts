import type { Span } from "../text/index.js";

/** How serious a diagnostic is: an error stops the stages that follow, the others do not. */
export type Severity = "error" | "warning" | "info";

/** A second place that a diagnostic points at, with a few words. */
export interface Label {
  readonly span: Span;
  readonly message: string;
}

/** One replacement of text. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** A fix that the CLI (`--fix`) or an editor can apply. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** It cannot be a wrong guess: `--fix` applies it unasked. Others, such as a suggested name, are for people to choose. */
  readonly safe?: true;
}

/** One thing the compiler has to say about a spec: where, what, and what to do. */
export interface Diagnostic {
  /** Stable code such as `MTL2001`; never reused. */
  readonly code: string;
  readonly severity: Severity;
  /** One lower-case sentence with names in backticks. */
  readonly message: string;
  readonly span: Span;
  /** Short text under the caret of {@link span}; empty for none. */
  readonly caption: string;
  readonly labels: readonly Label[];
  /** Facts that explain the message, one per line. */
  readonly notes: readonly string[];
  /** What to write instead. */
  readonly help?: string;
  readonly fixes: readonly Fix[];
}
