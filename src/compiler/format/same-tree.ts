import type { Spec } from "../syntax/index.js";

/** Whether two trees say the same, wherever they are, and have the same comments. */
export function saysTheSame(before: Spec, after: Spec): boolean {
  return sameValue(before.declarations, after.declarations) && sameValue(commentTexts(before), commentTexts(after));
}

function commentTexts(spec: Spec): readonly string[] {
  return spec.comments.map(({ doc, text }) => `${doc ? "///" : "//"} ${text}`).toSorted();
}

/** Equality of plain values, but for spans. */
function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const left = Object.entries(a).filter(isSaid);
  const right = Object.entries(b).filter(isSaid);
  return (
    left.length === right.length &&
    left.every(([key, value]) => key in b && sameValue(value, (b as Readonly<Record<string, unknown>>)[key]))
  );
}

function isSaid([key, value]: readonly [string, unknown]): boolean {
  return key !== "span" && key !== "operatorSpan" && value !== undefined;
}
