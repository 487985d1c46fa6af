import type { ReportDetails, Reporter } from "../../diagnostics/index.js";
import type * as ast from "../../syntax/index.js";
import { featureEntries, onceByNode, rowOf, tasksOf } from "../../syntax/index.js";
import { describeKind, isNetworkKind, type SpecSymbol, type SymbolOf } from "./symbols.js";

/**
 * The names of a spec. Labels have a name space of their own: `stay` may be the label and the task that predicts it.
 * So have attributes against features, as `brand` is one thing to the network and to a rule; all other names differ.
 */
export interface Scope {
  /** Features, network, heads, parameters, formulas, rules, rankings. */
  readonly names: ReadonlyMap<string, SpecSymbol>;
  /** Labels, and events that signals name. */
  readonly labels: ReadonlyMap<string, SymbolOf<"label" | "event">>;
  /** What candidates and requests provide. */
  readonly attributes: ReadonlyMap<string, SymbolOf<"attribute" | "request">>;
  /** All of them in the order of the text. */
  readonly symbols: readonly SpecSymbol[];
}

/** Collects the declared names; a second declaration of a name is reported and left out. */
export function bindNames(spec: ast.Spec, reporter: Reporter): Scope {
  const names = new Map<string, SpecSymbol>();
  const labels = new Map<string, SymbolOf<"label" | "event">>();
  const attributes = new Map<string, SymbolOf<"attribute" | "request">>();
  const symbols: SpecSymbol[] = [];

  const declare = <S extends SpecSymbol>(symbol: S, table: Map<string, S>, others: ReadonlyMap<string, SpecSymbol>) => {
    if (symbol.name === "") return;
    const first = table.get(symbol.name) ?? others.get(symbol.name);
    if (first === undefined) {
      table.set(symbol.name, symbol);
      symbols.push(symbol);
      return;
    }
    reporter.report(
      "MTL2002",
      { name: symbol.name, kind: describeKind(symbol.kind), first: describeKind(first.kind) },
      symbol.at.span,
      { labels: [{ span: first.at.span, message: "declared here first" }], ...fixOfRepeated(symbol, first) },
    );
  };
  const variant = spec.declarations.find((node) => node.kind === "Model" && node.base !== undefined);
  const whole = new Set<ast.AnyNode>(spec.declarations);
  /** A variant that says again what its base says means to replace it. */
  const fixOfRepeated = (
    { at, name, declaration }: SpecSymbol,
    first: SpecSymbol,
  ): Pick<ReportDetails, "help" | "fixes"> => {
    if (at === first.at)
      return {
        help: "two imports provide it, and one of their files changes it by `override` or `remove`: import one",
      };
    const replaces =
      at.span.file === variant?.span.file && first.at.span.file !== at.span.file && whole.has(declaration);
    if (!replaces) return { help: "give one of them another name" };
    const start = { ...declaration.span, end: declaration.span.start };
    return {
      help: `write \`override\` before it to replace the base's \`${name}\`, or give it another name`,
      fixes: [{ title: `override the base's \`${name}\``, edits: [{ span: start, newText: "override " }] }],
    };
  };
  const none: ReadonlyMap<string, SpecSymbol> = new Map();
  const named = (symbol: SpecSymbol): void => declare(symbol, names, none);

  for (const node of spec.declarations) {
    for (const symbol of declaredBy(node)) {
      if (symbol.kind === "label") declare(symbol, labels as Map<string, SpecSymbol>, none);
      else if (symbol.kind !== "attribute" && symbol.kind !== "request") named(symbol);
    }
  }
  // Attributes last: which other names they may share depends on all of them.
  const taken = new Map([...names].filter(([, { kind }]) => kind !== "feature" && !isNetworkKind(kind)));
  for (const node of spec.declarations)
    for (const symbol of declaredBy(node))
      if (symbol.kind === "attribute" || symbol.kind === "request")
        declare(symbol, attributes as Map<string, SpecSymbol>, taken);

  for (const name of signalEvents(spec)) {
    if (name.text === "" || labels.has(name.text)) continue;
    const symbol: SymbolOf<"event"> = { kind: "event", name: name.text, at: name, declaration: name };
    labels.set(name.text, symbol);
    symbols.push(symbol);
  }
  // Files in the order of their declarations, the names of each in the order of its text.
  const files = [...new Set(spec.declarations.map((node) => node.span.file))];
  symbols.sort(
    (a, b) => files.indexOf(a.at.span.file) - files.indexOf(b.at.span.file) || a.at.span.start - b.at.span.start,
  );
  return { names, labels, attributes, symbols };
}

/** The names that a declaration declares. */
export const declaredBy = onceByNode((node: ast.Declaration): readonly SpecSymbol[] => {
  const symbol = rowOf(node)?.symbol;
  if (symbol === undefined) return [];
  const named: readonly ast.AnyNode[] =
    symbol.of === "declaration"
      ? node.kind === "Task"
        ? tasksOf(node)
        : [node]
      : node.kind === "Features"
        ? featureEntries(node)
        : "entries" in node
          ? node.entries
          : [];
  return named.flatMap((declaration) =>
    // The pair of kind and declaration is that of the row.
    "name" in declaration && declaration.name !== undefined
      ? [{ kind: symbol.kind, name: declaration.name.text, at: declaration.name, declaration } as SpecSymbol]
      : [],
  );
});

/** The events that signals speak of; no label needs to declare them. */
function signalEvents(spec: ast.Spec): readonly ast.Name[] {
  const names: ast.Name[] = [];
  const collect = (event: ast.EventExpression | undefined): void => {
    if (event === undefined) return;
    switch (event.kind) {
      case "EventName":
        names.push(event.name);
        return;
      case "EventNot":
        return collect(event.operand);
      case "EventAnd":
        collect(event.left);
        return collect(event.right);
      case "EventMissing":
        return;
    }
  };
  for (const node of spec.declarations) {
    if (node.kind !== "Signals") continue;
    for (const { type } of node.entries) {
      if (type.kind === "ProbabilityType") {
        collect(type.event);
        collect(type.given);
      } else if (type.kind === "ExpectationType") {
        collect(type.given);
        names.push(type.label);
      }
    }
  }
  return names;
}
