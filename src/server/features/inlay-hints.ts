import { InlayHintKind, type InlayHint } from "vscode-languageserver";
import { showInterval } from "../../compiler/semantics/index.js";
import type { Declaration } from "../../compiler/syntax/index.js";
import type { Span } from "../../compiler/text/index.js";
import { typeOf, type Analysis } from "../analysis/analysis.js";
import { withoutOverride } from "../analysis/names.js";
import { shortType } from "../language/show.js";
import { toPosition } from "../positions.js";

/** What declarations do not say: shapes of the network, the event of a chain without a type, the range of a formula. */
export function inlayHintsOf(analysis: Analysis, range: Pick<Span, "start" | "end">): InlayHint[] {
  return analysis.spec.declarations.flatMap((node) => {
    const inner = withoutOverride(node);
    if (inner.span.end < range.start || inner.span.start > range.end) return [];
    const hint = hintOf(analysis, inner);
    return hint === undefined ? [] : [hint];
  });
}

function hintOf(analysis: Analysis, node: Declaration): InlayHint | undefined {
  const type = typeOf(analysis, node);
  if (type === undefined) return undefined;
  const { source } = analysis;
  switch (node.kind) {
    case "Network":
    case "Gate":
      return hint(analysis, node.name.span.end, `: ${shortType(type, analysis)}`, "the shape of a row's value");
    case "Experts": {
      const end = source.text.indexOf("]", node.count.span.end);
      return end < 0
        ? undefined
        : hint(analysis, end + 1, `: ${shortType(type, analysis)}`, "experts, and the shape of each");
    }
    case "Chain": {
      if (node.type !== undefined || type.kind !== "head") return undefined;
      const text = `: ${shortType(type, analysis)}`;
      const position = toPosition(source, node.name.span.end);
      return {
        ...hint(analysis, node.name.span.end, text, "the event, by the rules of probability"),
        textEdits: [{ range: { start: position, end: position }, newText: text }],
      };
    }
    case "Fusion":
      return type.kind === "number"
        ? hint(analysis, node.name.span.end, `: ${showInterval(type.range)}`, "the range of the score")
        : undefined;
    default:
      return undefined;
  }
}

function hint({ source }: Analysis, offset: number, label: string, tooltip: string): InlayHint {
  return { position: toPosition(source, offset), label, kind: InlayHintKind.Type, tooltip };
}
