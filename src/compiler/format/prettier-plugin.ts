import type { AstPath, Doc, Parser, ParserOptions, Plugin, Printer, SupportLanguage } from "prettier";
import { createSourceFile, positionAt } from "../text/index.js";
import { parse, type AnyNode, type Spec } from "../syntax/index.js";
import { attachComment, commentableChildren, type AttachedComment } from "./comments.js";
import { printers as nodePrinters } from "./printers.js";
import type { Printing } from "./printing.js";
import type { Columns } from "./columns.js";

/**
 * The Prettier plugin, in the form that Prettier loads: `languages`, `parsers`, `printers`. It has no options; the layout
 * is one for all, but for the width.
 */
export const languages: SupportLanguage[] = [
  { name: "mtl", parsers: ["mtl"], extensions: [".mtl"], vscodeLanguageIds: ["mtl"] },
];

export const parsers: { readonly mtl: Parser<AnyNode> } = {
  mtl: {
    astFormat: "mtl",
    parse: (text) => parseForPrettier(text),
    locStart: (node) => node.span.start,
    locEnd: (node) => node.span.end,
  },
};

const noColumns: Columns = new Map();

export const printers: { readonly mtl: Printer<AnyNode> } = {
  mtl: {
    print: (path, options, print, columns) => printNode(path, options, print, columns as Columns | undefined),
    printComment: (path, options) => printComment(path.node, options),
    canAttachComment: () => true,
    isBlockComment: () => false,
    getCommentChildNodes: commentableChildren,
    getVisitorKeys: visitorKeys,
    handleComments: { ownLine: attachComment, endOfLine: attachComment },
  },
};

/**
 * What Prettier's own options are for specs: the layout is one, so that `prettier --check` and `mtlc fmt --check` agree. Line
 * ends stay what they are: a checkout of git may have its own.
 */
export const layoutOptions = { printWidth: 100, tabWidth: 2, useTabs: false, endOfLine: "auto" } as const;

/** {@link layoutOptions} in the place where Prettier looks for the defaults of a plugin. */
export const defaultOptions = layoutOptions;

/** The plugin as one value. */
export const plugin: Plugin<AnyNode> = {
  defaultOptions,
  languages,
  parsers: { ...parsers },
  printers: { ...printers },
};

/** A copy of the tree: Prettier writes comments on the nodes it gets. Throws for a text that does not parse, with the place. */
function parseForPrettier(text: string): AnyNode {
  const source = createSourceFile("spec.mtl", text);
  const { spec, diagnostics } = parse(source);
  const [first] = diagnostics;
  if (first !== undefined) {
    const start = positionAt(source, first.span.start);
    const end = positionAt(source, first.span.end);
    // The form in which Prettier shows the place with the line.
    throw Object.assign(new SyntaxError(`${first.code}: ${first.message}`), { loc: { start, end } });
  }
  const copy: Spec = structuredClone(spec);
  return copy as AnyNode;
}

function printNode(
  path: AstPath<AnyNode>,
  options: ParserOptions<AnyNode>,
  print: (selector?: string | number | (string | number)[], args?: unknown) => Doc,
  columns: Columns = noColumns,
): Doc {
  const { node } = path;
  const printing: Printing = {
    node,
    parent: path.parent,
    text: options.originalText,
    columns,
    one: (key) => print(key),
    all: (key, columnsOfEach) => path.map(() => print([], columnsOfEach?.[path.index ?? 0]), key as never),
    comment: (comment) => {
      comment.printed = true;
      return commentText(comment, options);
    },
  };
  // The table has, under a kind, the printer of that very kind.
  return (nodePrinters[node.kind] as (printing: Printing) => Doc)(printing);
}

function printComment(node: AnyNode, options: ParserOptions<AnyNode>): Doc {
  return commentText(node, options);
}

function commentText({ span }: Pick<AttachedComment, "span">, options: ParserOptions<AnyNode>): string {
  return options.originalText.slice(span.start, span.end).trimEnd();
}

/** The keys under which a node has other nodes. */
function visitorKeys(node: AnyNode): string[] {
  return Object.entries(node)
    .filter(([key, value]) => key !== "comments" && (isNode(value) || (Array.isArray(value) && value.some(isNode))))
    .map(([key]) => key);
}

function isNode(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}
