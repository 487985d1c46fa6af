import type { Severity } from "./diagnostic.js";

/**
 * One row of the catalogue, keyed by its code: everything that `mtlc` says about a diagnostic. Its failing and its fixed
 * spec lie beside the tests, in `test/semantics/specs/CODE`.
 */
export interface DiagnosticDefinition<P> {
  /** The name that people use for the code, in kebab case: in `mtlc-ignore`, `mtlc explain` and SARIF. Unique, never renamed. */
  readonly slug: Lowercase<string>;
  readonly severity: Severity;
  /** Names the error in a few words, without parameters. */
  readonly title: string;
  /** The sentence a user sees: lower case, names in backticks, says what is valid. */
  readonly message: (parameters: P) => string;
  /** What the code means and how it comes about, without parameters. */
  readonly about: string;
  /** How to fix it. */
  readonly fix: string;
  /** The command line itself is wrong: the exit code is 2. */
  readonly usage?: true;
  /** It is about something that nothing reads: editors show that faded. */
  readonly unused?: true;
  /** The code is not reported any more: since which version, and what is reported instead. */
  readonly deprecated?: string;
}

/** Keeps the parameter type of each code, so that `reporter.report(code, parameters, …)` is checked. */
// oxlint-disable-next-line no-explicit-any -- each row's parameter type is its own
export function defineDiagnostics<const T extends Record<string, DiagnosticDefinition<any>>>(definitions: T): T {
  return definitions;
}
