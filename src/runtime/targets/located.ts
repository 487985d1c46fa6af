/** What targets say of a model, with lines and columns. */
import type { LeftToCaller, Refusal, Target, TargetSubject } from "../../compiler/targets/index.js";
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

/** What a target leaves to whoever calls its files, such as the ids of features; no field where it leaves nothing. */
export function leftBy(
  target: Target | undefined,
  subject: TargetSubject,
  sources: Parameters<typeof locate>[1],
): { readonly leftToCaller?: readonly LocatedRefusal[] } {
  const left = target?.leftToCaller?.(subject) ?? [];
  return left.length === 0 ? {} : { leftToCaller: left.map((each) => locate(each, sources)) };
}
