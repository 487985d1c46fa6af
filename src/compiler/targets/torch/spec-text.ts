/** The lines of the spec that declare parts, losses and penalties: what docstrings say. */
import { type Model, termNames } from "../../model/index.js";
import type { Span } from "../../text/index.js";

export interface SpecText {
  readonly node: (owner: string) => string;
  readonly loss: (what: "loss" | "penalty", name: string) => string;
}

export function createSpecText(
  model: Model,
  sources: readonly { readonly path: string; readonly text: string }[],
): SpecText {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const lineAt = (span: Span | undefined): string | undefined => {
    const text = texts.get(span?.file ?? "");
    if (span === undefined || text === undefined) return undefined;
    const start = text.lastIndexOf("\n", span.start - 1) + 1;
    const end = text.indexOf("\n", span.start);
    return plain(text.slice(start, end < 0 ? undefined : end));
  };
  return {
    node: (owner) => lineAt(model.nodes.find(({ id }) => id === owner)?.span) ?? owner,
    loss: (what, name) => {
      const { terms, penalties } = model.loss;
      const found =
        what === "penalty" ? penalties.find((each) => each.name === name) : terms[termNames(terms).indexOf(name)];
      return lineAt(found?.span) ?? `${name}.`;
    },
  };
}

/** One line without what Python would read otherwise. */
function plain(line: string): string {
  const text = line
    .replace(/\/\/.*$/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const cut = text.length > 84 ? `${text.slice(0, 83)}…` : text;
  const safe = cut.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"');
  return safe.endsWith('"') ? `${safe} ` : safe;
}
