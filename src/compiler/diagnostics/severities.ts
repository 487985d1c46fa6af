import type { Diagnostic } from "./diagnostic.js";

/**
 * Diagnostics with the severities that a project asks for, by code; `off` leaves one out. An error stays one: it says that
 * the spec has no meaning, which no setting changes.
 */
export function applySeverities(
  diagnostics: readonly Diagnostic[],
  severities: ReadonlyMap<string, "error" | "warning" | "off">,
): readonly Diagnostic[] {
  if (severities.size === 0) return diagnostics;
  return diagnostics.flatMap((diagnostic): readonly Diagnostic[] => {
    const severity = severities.get(diagnostic.code);
    if (severity === undefined || diagnostic.severity === "error") return [diagnostic];
    return severity === "off" ? [] : [{ ...diagnostic, severity }];
  });
}
