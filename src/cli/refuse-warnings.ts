import { relative } from "node:path";
import { compileSpec } from "../compiler/compile.js";
import { createDiagnostic, type Diagnostic } from "../compiler/diagnostics/index.js";
import { Failure, noLocation } from "../runtime/failure.js";
import { createFileHost } from "../runtime/specs/load-spec.js";
import { findProject } from "../runtime/specs/project-file.js";

export type Deny = "warnings" | "none" | undefined;

/** What denies the warnings of a spec, in words; undefined when nothing does. */
export function denierOf(deny: Deny, path: string): string | undefined {
  if (deny !== undefined) return deny === "warnings" ? "`--deny warnings`" : undefined;
  const project = findProject(path);
  return project?.denyWarnings === true
    ? `\`denyWarnings\` in \`${relative(process.cwd(), project.file)}\``
    : undefined;
}

/** The error that denied warnings are; undefined when there is no warning, or nothing denies it. */
export function deniedBy(deny: Deny, path: string, diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
  const warnings = diagnostics.filter(({ severity }) => severity === "warning").length;
  const by = warnings === 0 ? undefined : denierOf(deny, path);
  return by === undefined ? undefined : createDiagnostic("MTL8052", { warnings, by }, noLocation());
}

/** Throws a {@link Failure} with the warnings of a spec where they are denied; before any work is done. */
export function refuseWarnings(deny: Deny, path: string): void {
  if (!path.endsWith(".mtl") || denierOf(deny, path) === undefined) return;
  const { diagnostics, sources } = compileSpec(path, createFileHost());
  if (diagnostics.some(({ severity }) => severity === "error")) return;
  const denied = deniedBy(deny, path, diagnostics);
  if (denied !== undefined) throw new Failure([...diagnostics, denied], sources);
}
