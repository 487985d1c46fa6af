/** What targets say of a model, with lines and columns. */
import type { LeftToCaller, Refusal } from "../../compiler/targets/index.js";
import { createSourceFile, omitUndefined, positionAt } from "../../compiler/text/index.js";

export interface LocatedRefusal {
  readonly what: string;
  readonly instead?: string;
  /** In the spec; line and column from 1. Absent for what no line caused. */
  readonly location?: { readonly file: string; readonly line: number; readonly column: number };
}

/** `sources`: the spec first. The model of an artifact may have its spec under the name that it had before. */
export function locate(
  { what, instead, span }: Refusal | LeftToCaller,
  sources: readonly { readonly path: string; readonly text: string }[],
): LocatedRefusal {
  const source = sources.find(({ path }) => path === span?.file) ?? sources[0];
  if (span === undefined || source === undefined) return { what, ...omitUndefined({ instead }) };
  const { line, column } = positionAt(createSourceFile(source.path, source.text), span.start);
  return { what, ...omitUndefined({ instead }), location: { file: source.path, line, column } };
}
