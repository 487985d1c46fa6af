import type { Severity } from "./diagnostic.js";

/** One entry of the catalogue: what a code means, and how its message reads with its parameters. */
export interface DiagnosticDefinition<P> {
  readonly severity: Severity;
  /** What the code means, in a few words, without parameters. */
  readonly title: string;
  /** The sentence a user sees: lower case, names in backticks, says what is valid. */
  readonly message: (parameters: P) => string;
}

/** Keeps the parameter type of each code, so that `reporter.report(code, parameters, …)` is checked. */
// oxlint-disable-next-line no-explicit-any -- each entry's parameter type is its own
export function defineDiagnostics<const T extends Record<string, DiagnosticDefinition<any>>>(definitions: T): T {
  return definitions;
}
