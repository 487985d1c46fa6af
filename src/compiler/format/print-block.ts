import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type { AnyNode, NodeOf } from "../syntax/index.js";
import { cellsOf, columnsOf, keyText, type Cells, type Columns } from "./columns.js";
import {
  arePartedBefore,
  danglingComments,
  endsWithComment,
  hasBlankLineBefore,
  belongsToBrace,
  startsOnNewLine,
} from "./comments.js";
import { flatArguments, flatExpression, flatRange, flatType, nameText } from "./flat-text.js";
import { definition, entryValue } from "./print-expression.js";
import type { Printing } from "./printing.js";

const { breakParent, group, hardline, ifBreak, indent, line } = builders;

/** When a block has an entry per line: always, or when it was written so or does not fit. */
type Breaking = "always" | "as written";

/** `{ … }` with the entries under a key of the node. */
export function printBody<K extends string, N extends AnyNode & { readonly [P in K]: readonly AnyNode[] }>(
  printing: Printing<N>,
  key: K & keyof N & string,
  breaking: Breaking,
): Doc {
  const { node, text, all, comment } = printing;
  const entries = node[key] as readonly AnyNode[];
  const dangling = danglingComments(node);
  const [head, ...below] = dangling.filter((each) => belongsToBrace(each, node, text));
  const headDoc = head === undefined ? "" : [" ", comment(head), breakParent];
  // An empty line keeps them from documenting the first entry.
  const belowDoc = below.map((each): Doc => [hardline, comment(each), hardline]);
  if (entries.length === 0) {
    if (dangling.length === 0) return "{}";
    const rest = dangling.filter((each) => each !== head).map((each): Doc => [hardline, comment(each)]);
    return ["{", headDoc, indent(rest), hardline, "}"];
  }
  const first = entries[0];
  const broken = breaking === "always" || (first !== undefined && startsOnNewLine(node, first, text));
  const docs = all(
    key,
    columnsOf(entries, (each, previous) => arePartedBefore(each, previous, text)),
  );
  const body = docs.map((doc, i): Doc => {
    const entry = entries[i];
    if (i === 0 || entry === undefined) return [line, doc];
    return [ifBreak("", ","), hasBlankLineBefore(entry, text) ? [ifBreak(hardline), line] : line, doc];
  });
  return group(["{", headDoc, indent([...belowDoc, ...body]), line, "}"], { shouldBreak: broken });
}

/** A cell padded to its column when the block has an entry per line. */
export function padded(columns: Columns, [column, text]: Cells[number]): Doc {
  const gap = (columns.get(column) ?? 0) - text.length;
  return gap > 0 ? [text, ifBreak(" ".repeat(gap), "")] : text;
}

export function printEntry({ node, columns, one }: Printing<NodeOf<"Entry">>): Doc {
  return [padded(columns, ["key", `${keyText(node)}:`]), " ", entryValue(node.value, one("value"))];
}

export function printFeature({ node, columns, one }: Printing<NodeOf<"Feature">>): Doc {
  return [
    padded(columns, ["key", `${nameText(node.name)}:`]),
    " ",
    one("type"),
    node.source === undefined ? "" : definition(node.source, one("source"), node.type),
  ];
}

export function printFeatureGroup({ node, columns, one }: Printing<NodeOf<"FeatureGroup">>): Doc {
  const [key] = cellsOf(node);
  return [
    key === undefined ? [one("names"), ":"] : padded(columns, key),
    endsWithComment(node.names) ? indent([hardline, one("type")]) : [" ", one("type")],
    node.source === undefined ? "" : definition(node.source, one("source"), node.type),
  ];
}

export function printLabel({ node, columns, one }: Printing<NodeOf<"Label">>): Doc {
  return [
    padded(columns, ["key", `${node.name.text}:`]),
    " ",
    one("type"),
    node.within === undefined ? "" : ` within ${node.within.text}`,
    node.source === undefined ? "" : definition(node.source, one("source")),
  ];
}

export function printLabelType({ node }: Printing<NodeOf<"LabelType">>): Doc {
  if (node.classes !== undefined) return `${node.base}(${flatArguments(node.classes)})`;
  return node.unit === undefined ? node.base : `${node.base}(${node.unit.text})`;
}

export function printTyped({ node, columns, one }: Printing<NodeOf<"Typed">>): Doc {
  const key = [padded(columns, ["key", `${node.name.text}:`]), " ", flatType(node.type)];
  const missing = node.missing === undefined ? [] : [" missing ", one("missing")];
  const policies = [
    ...(node.outside === undefined ? [] : [`outside ${node.outside.text}`]),
    ...(node.malformed === undefined ? [] : [`malformed ${node.malformed.text}`]),
  ];
  if (policies.length === 0) return [...key, ...missing];
  const isBroken = node.missing !== undefined && endsWithComment(node.missing);
  return [...key, ...missing, indent([isBroken ? hardline : " ", policies.join(" ")])];
}

export function printParam({ node, columns, one }: Printing<NodeOf<"Param">>): Doc {
  const key = [padded(columns, ["key", `${node.name.text}:`]), " "];
  if (node.range === undefined) return [...key, entryValue(node.value, one("value"))];
  const value = flatExpression(node.value);
  const gap = Math.max(0, (columns.get("value") ?? 0) - value.length);
  const range = flatRange(node.range);
  if (endsWithComment(node.value)) return [...key, one("value"), indent([hardline, range])];
  return [...key, one("value"), ifBreak(" ".repeat(gap), ""), " ", range];
}

export function printRule({ node, columns, all }: Printing<NodeOf<"Rule">>): Doc {
  const verb = node.verb.padEnd(columns.get("verb") ?? 0);
  const clauses = all("clauses");
  if (clauses.length === 0) return `${verb} ${node.name.text}`;
  const name = node.name.text.padEnd(columns.get("name") ?? 0);
  return group([`${verb} ${name}`, indent(clauses.map((clause): Doc => [line, clause]))]);
}

export function printCandidate(printing: Printing<NodeOf<"TestCandidate">>): Doc {
  const { node } = printing;
  const like = node.like === undefined ? "" : ` like ${node.like.text}`;
  return [`candidate ${node.name.text}${like} `, printBody(printing, "fields", "as written")];
}

export function printDuring({ node, one }: Printing<NodeOf<"DuringClause">>): Doc {
  return ["during ", one("from"), indent([endsWithComment(node.from) ? hardline : " ", ".. "]), one("to")];
}
