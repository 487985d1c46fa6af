import type { Name } from "../../syntax/index.js";
import { omitUndefined, suggest, type Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import { describeKind, type SpecSymbol, type SymbolKind, type SymbolOf } from "./symbols.js";

/** What a name may refer to where it is used. */
export interface Expectation<K extends SymbolKind> {
  readonly kinds: readonly K[];
  /** With its article: `a feature or a part of the network`. */
  readonly what: string;
  /** For names of another kind: what to do instead, when that can be said. */
  readonly fix?: (found: SpecSymbol) => string | undefined;
  /** Where the name is the key of an entry: the entry's block. */
  readonly block?: string;
}

/** What a name stands for; reports a name that is unknown or of another kind, and gives undefined then. */
export function resolveName<K extends SymbolKind>(
  context: CheckContext,
  name: Name,
  expected: Expectation<K>,
): SymbolOf<K> | undefined {
  // Recovery found no name: that was reported.
  if (name.text === "") return undefined;
  const { scope } = context;
  const isExpected = (symbol: SpecSymbol | undefined): boolean =>
    symbol !== undefined && (expected.kinds as readonly SymbolKind[]).includes(symbol.kind);
  const found: readonly (SpecSymbol | undefined)[] = [scope.names, scope.attributes, scope.labels].map((table) =>
    table.get(name.text),
  );
  const fitting = found.find(isExpected);
  if (fitting !== undefined) {
    context.references.set(name, fitting);
    // Its kind is one of K: that is what was looked for.
    return fitting as SymbolOf<K>;
  }
  const other = found.find((symbol) => symbol !== undefined);
  if (other !== undefined) context.references.set(name, other);
  // What is meant may appear in the part that the parser left out.
  if (context.reported.has(name.text) || context.incomplete) return undefined;
  context.reported.add(name.text);
  const removed = context.removed.get(name.text);
  if (removed !== undefined) reportRemoved(context, name, expected, removed);
  else if (other === undefined) reportUnknown(context, name, expected.what, scope.symbols.filter(isExpected));
  else reportKind(context, name, expected.what, other, expected.fix?.(other));
  return undefined;
}

/** The name was there before a variant took it out: what reads it has to go as well, or to change. */
function reportRemoved(
  { reporter }: CheckContext,
  name: Name,
  { what, block }: Pick<Expectation<SymbolKind>, "what" | "block">,
  removed: Span,
): void {
  reporter.report("MTL2001", { name: name.text, what }, name.span, {
    labels: [{ span: removed, message: "removed here" }],
    help:
      block === undefined
        ? `\`override\` or \`remove\` what reads \`${name.text}\` as well`
        : `write \`remove ${block} ${name.text}\` as well`,
  });
}

function reportKind(
  context: CheckContext,
  name: Name,
  expected: string,
  other: SpecSymbol,
  help: string | undefined,
): void {
  const found = describeKind(other.kind);
  context.reporter.report("MTL2003", { name: name.text, found, expected }, name.span, {
    labels: [{ span: other.at.span, message: `${found}, declared here` }],
    ...omitUndefined({ help }),
  });
}

function reportUnknown(context: CheckContext, name: Name, what: string, known: readonly SpecSymbol[]): void {
  const suggestion = suggest(
    name.text,
    known.map((symbol) => symbol.name),
  );
  context.reporter.report("MTL2001", { name: name.text, what, suggestion }, name.span, {
    suggest: { span: name.span, word: suggestion },
  });
}
