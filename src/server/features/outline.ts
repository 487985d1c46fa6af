import { SymbolKind as LspKind, type DocumentSymbol } from "vscode-languageserver";
import {
  namesOfGroup,
  type AnyNode,
  type Declaration,
  type FeaturesBlock,
  type Name,
} from "../../compiler/syntax/index.js";
import { typeOf, type Analysis } from "../analysis/analysis.js";
import { withoutOverride } from "../analysis/names.js";
import { shortType } from "../language/show.js";
import { toRange } from "../positions.js";
import type { Span } from "../../compiler/text/index.js";

/** The declarations of a file with their entries, and what each is. */
export function outlineOf(analysis: Analysis): DocumentSymbol[] {
  return analysis.spec.declarations.flatMap((node) => outlineDeclaration(analysis, node));
}

function outlineDeclaration(analysis: Analysis, node: Declaration): readonly DocumentSymbol[] {
  const inner = withoutOverride(node);
  const described = describe(inner);
  if (described === undefined) return [];
  const { name, kind, children = [] } = described;
  const symbol = symbolAt(analysis, { name: nameText(name), kind, node: inner, at: spanOf(name, inner) });
  const range = toRange(analysis.source, node.span);
  return [
    {
      ...symbol,
      ...(inner === node ? {} : { detail: `override ${symbol.detail ?? ""}`.trimEnd() }),
      range,
      children: children.flatMap((child) =>
        child.name.text === ""
          ? []
          : [symbolAt(analysis, { name: child.name.text, kind: child.kind, node: child.node, at: child.name.span })],
      ),
    },
  ];
}

interface Described {
  /** A name of the spec, or a word of the language. */
  readonly name: Name | string;
  readonly kind: LspKind;
  readonly children?: readonly { readonly name: Name; readonly kind: LspKind; readonly node: AnyNode }[];
}

function describe(node: Declaration): Described | undefined {
  const named = (entries: readonly (AnyNode & { readonly name: Name })[], kind: LspKind): Described["children"] =>
    entries.map((entry) => ({ name: entry.name, kind, node: entry }));
  switch (node.kind) {
    case "Model":
      return { name: node.name, kind: LspKind.Module };
    case "Data":
    case "Loss":
    case "Train":
    case "Metrics":
      return {
        name: node.kind.toLowerCase(),
        kind: LspKind.Namespace,
        children: node.entries.map((entry) => ({ name: entry.key, kind: LspKind.Key, node: entry })),
      };
    case "Features":
      return { name: "features", kind: LspKind.Namespace, children: features(node) };
    case "Labels":
      return { name: "labels", kind: LspKind.Namespace, children: named(node.entries, LspKind.Event) ?? [] };
    case "Attributes":
      return { name: "attributes", kind: LspKind.Namespace, children: named(node.entries, LspKind.Property) ?? [] };
    case "Signals":
      return { name: "signals", kind: LspKind.Namespace, children: named(node.entries, LspKind.Field) ?? [] };
    case "Request":
      return { name: "request", kind: LspKind.Namespace, children: named(node.entries, LspKind.Property) ?? [] };
    case "Experiment":
      return {
        name: node.name,
        kind: LspKind.Namespace,
        children: node.entries.map((entry) => ({ name: entry.key, kind: LspKind.Key, node: entry })),
      };
    case "Params":
      return { name: "params", kind: LspKind.Namespace, children: named(node.entries, LspKind.Constant) ?? [] };
    case "Network":
    case "Bottoms":
    case "Gate":
      return { name: node.name, kind: LspKind.Variable };
    case "Experts":
      return { name: node.name, kind: LspKind.Array };
    case "Task":
    case "Chain":
    case "Fusion":
    case "Def":
      return { name: node.name, kind: LspKind.Function };
    case "Rank":
      return { name: node.name, kind: LspKind.Array };
    case "Rules":
      return {
        name: node.name,
        kind: LspKind.Namespace,
        children:
          named(
            node.rules.filter((rule) => rule.kind === "Rule"),
            LspKind.Operator,
          ) ?? [],
      };
    case "Test":
      return {
        name: `test "${node.title.value}"`,
        kind: LspKind.Method,
        children:
          named(
            node.steps.filter((step) => step.kind === "TestCandidate"),
            LspKind.Object,
          ) ?? [],
      };
    case "Import":
    case "Override":
    case "Remove":
    case "MissingDeclaration":
      return undefined;
  }
}

/** Features one by one, but those of a range as one. */
function features(node: FeaturesBlock): Described["children"] & {} {
  return node.entries.flatMap((entry) => {
    const names: readonly Name[] =
      entry.kind === "Feature"
        ? [entry.name]
        : entry.names.kind === "NameRange"
          ? [{ kind: "Name", text: `${entry.names.first.text} .. ${entry.names.last.text}`, span: entry.names.span }]
          : namesOfGroup(entry).flatMap(({ name }) => (name.derived === true ? [] : [name]));
    return names.map((name) => ({ name, kind: LspKind.Field, node: entry }));
  });
}

function nameText(name: Name | string): string {
  return typeof name === "string" ? name : name.text;
}

function spanOf(name: Name | string, node: AnyNode): Span {
  return typeof name === "string"
    ? { ...node.span, end: Math.min(node.span.end, node.span.start + name.length) }
    : name.span;
}

function symbolAt(
  analysis: Analysis,
  {
    name,
    kind,
    node,
    at,
  }: { readonly name: string; readonly kind: LspKind; readonly node: AnyNode; readonly at: Span },
): DocumentSymbol {
  const type = typeOf(analysis, node);
  const word = node.kind === "Network" ? node.keyword : node.kind === "Rule" ? node.verb : node.kind.toLowerCase();
  const isEntry = ["entry", "feature", "featuregroup", "label", "typed", "param", "testcandidate"].includes(word);
  const detail = [
    ...(isEntry || kind === LspKind.Namespace ? [] : [word]),
    ...(type === undefined ? [] : [shortType(type, analysis)]),
  ];
  return {
    name: name === "" ? "…" : name,
    kind,
    ...(detail.length === 0 ? {} : { detail: detail.join(" ") }),
    range: toRange(analysis.source, node.span),
    selectionRange: toRange(analysis.source, at),
  };
}
