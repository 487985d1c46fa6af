import type { DocumentSymbol } from "vscode-languageserver";
import {
  childrenOf,
  namesOfGroup,
  rowOf,
  type AnyNode,
  type Declaration,
  type FeaturesBlock,
  type Name,
  type OutlineIcon,
} from "../../compiler/syntax/index.js";
import { typeOf, type Analysis } from "../analysis/analysis.js";
import { withoutOverride } from "../analysis/names.js";
import { lspKinds } from "../language/lsp-kinds.js";
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
  const { name, icon, children } = described;
  const symbol = symbolAt(analysis, { name: nameText(name), icon, node: inner, at: spanOf(name, inner) });
  const range = toRange(analysis.source, node.span);
  return [
    {
      ...symbol,
      ...(inner === node ? {} : { detail: `override ${symbol.detail ?? ""}`.trimEnd() }),
      range,
      children: children.flatMap((child) =>
        child.name.text === ""
          ? []
          : [symbolAt(analysis, { name: child.name.text, icon: child.icon, node: child.node, at: child.name.span })],
      ),
    },
  ];
}

interface Described {
  /** A name of the spec, or a word of the language. */
  readonly name: Name | string;
  readonly icon: OutlineIcon;
  readonly children: readonly Child[];
}

interface Child {
  readonly name: Name;
  readonly icon: OutlineIcon;
  readonly node: AnyNode;
}

function describe(node: Declaration): Described | undefined {
  const row = rowOf(node);
  if (row?.icon === undefined) return undefined;
  const name = node.kind === "Test" ? `test "${node.title.value}"` : "name" in node ? node.name : row.keyword;
  const { body } = row;
  return { name, icon: row.icon, children: body === undefined ? [] : namedIn(node, body.icon) };
}

/** The entries of a declaration that have a name, each of which is shown with the icon. */
function namedIn(node: Declaration, icon: OutlineIcon): readonly Child[] {
  if (node.kind === "Features") return features(node, icon);
  return childrenOf(node).flatMap((child): readonly Child[] =>
    child.kind === "Entry"
      ? (child.keys ?? [child.key]).map((name) => ({ name, icon, node: child }))
      : "name" in child && child.name !== undefined
        ? [{ name: child.name, icon, node: child }]
        : [],
  );
}

/** Features one by one, but those of a range as one. */
function features(node: FeaturesBlock, icon: OutlineIcon): readonly Child[] {
  return node.entries.flatMap((entry) => {
    const names: readonly Name[] =
      entry.kind === "Feature"
        ? [entry.name]
        : entry.names.kind === "NameRange"
          ? [{ kind: "Name", text: `${entry.names.first.text} .. ${entry.names.last.text}`, span: entry.names.span }]
          : namesOfGroup(entry).flatMap(({ name }) => (name.derived === true ? [] : [name]));
    return names.map((name) => ({ name, icon, node: entry }));
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
    icon,
    node,
    at,
  }: { readonly name: string; readonly icon: OutlineIcon; readonly node: AnyNode; readonly at: Span },
): DocumentSymbol {
  const type = typeOf(analysis, node);
  const word = node.kind === "Rule" ? node.verb : (rowOf(node)?.keyword ?? "");
  const detail = [
    ...(word === "" || icon === "namespace" ? [] : [word]),
    ...(type === undefined ? [] : [shortType(type, analysis)]),
  ];
  return {
    name: name === "" ? "…" : name,
    kind: lspKinds[icon],
    ...(detail.length === 0 ? {} : { detail: detail.join(" ") }),
    range: toRange(analysis.source, node.span),
    selectionRange: toRange(analysis.source, at),
  };
}
