import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import { isAlignedRow, rowOf, type AnyNode, type Expression, type NodeOf } from "../syntax/index.js";
import { quote } from "../text/index.js";
import { cellsOf, columnsOf, type AlignedDeclaration } from "./columns.js";
import { arePartedBefore, danglingComments, endsWithComment, hasBlankLineBefore } from "./comments.js";
import { bracketed, definition } from "./print-expression.js";
import type { Printing } from "./printing.js";

const { group, hardline, ifBreak, indent, join, line } = builders;

/** The file: declarations with at most one empty line between them, as written. */
export function printSpec({ node, text, all, comment }: Printing<NodeOf<"Spec">>): Doc {
  if (node.declarations.length === 0) {
    const comments = danglingComments(node);
    return comments.length === 0 ? "" : [join(hardline, comments.map(comment)), hardline];
  }
  const columns = columnsOf(
    node.declarations,
    (each, previous) => arePartedBefore(each, previous, text) || familyOf(each) !== familyOf(previous),
  );
  const docs = all("declarations", columns);
  return [
    docs.map((doc, i): Doc => {
      const declaration = node.declarations[i];
      if (i === 0 || declaration === undefined) return doc;
      return [hardline, hasBlankLineBefore(declaration, text) ? hardline : "", doc];
    }),
    hardline,
  ];
}

/** Declarations that share columns when they are together: those of the network, the heads, the final list. */
function familyOf(node: AnyNode): string {
  const row = rowOf(node);
  return row !== undefined && isAlignedRow(row) ? row.part : "none";
}

export function printImport({ node, all, one }: Printing<NodeOf<"Import">>): Doc {
  if (node.names === undefined) return [`import `, one("from")];
  const source = node.version === undefined ? one("from") : [one("from"), " ", one("version")];
  if (node.names.length === 0) return [`import {} from `, source];
  const names = all("names").map((name, i): Doc => (i === 0 ? name : [",", line, name]));
  return group(["import {", indent([line, names]), ifBreak(","), line, "} from ", source]);
}

export function printModel({ node }: Printing<NodeOf<"Model">>): Doc {
  return node.base === undefined
    ? `model ${node.name.text}`
    : `model ${node.name.text} extends ${quote(node.base.value)}`;
}

/** Everything up to the `=`, in the columns of the neighbours. */
function head({ node, columns }: Printing<AlignedDeclaration>): string {
  return cellsOf(node)
    .map(([column, text]) => text.padEnd(columns.get(column) ?? 0))
    .join(" ");
}

export function printDefinition(printing: Printing<Extract<AlignedDeclaration, { readonly value: Expression }>>): Doc {
  return [head(printing), definition(printing.node.value, printing.one("value"))];
}

export function printTask(printing: Printing<NodeOf<"Task">>): Doc {
  const { node, one } = printing;
  const tail = node.auxiliary ? indent([line, "auxiliary"]) : "";
  return group([head(printing), definition(node.value, one("value")), tail]);
}

export function printGate(printing: Printing<NodeOf<"Gate" | "Gates">>): Doc {
  const { node, one } = printing;
  return group([head(printing), definition(node.value, one("value")), indent([line, "over ", one("over")])]);
}

export function printRank(printing: Printing<NodeOf<"Rank">>): Doc {
  const { node, all } = printing;
  const listed = (word: string, docs: readonly Doc[]): readonly Doc[] =>
    docs.length === 0 ? [] : [group([`${word} `, indent(join([",", line], [...docs]))])];
  const steps = [
    ...listed("from", all("sources")),
    ...all("stages").map((stage, i): Doc => (i > 0 || node.sources.length > 0 ? ["then ", stage] : stage)),
    ...listed("with", all("rules")),
    ...listed("ties", all("ties")),
  ];
  return group([head(printing), " = ", indent(join(line, steps))]);
}

export function printRankSource({ node, one }: Printing<NodeOf<"RankSource">>): Doc {
  const count = node.count === undefined ? "" : [" top ", one("count")];
  const isBroken = node.count !== undefined && endsWithComment(node.count);
  const by = node.by === undefined ? "" : indent([isBroken ? hardline : " ", "by ", one("by")]);
  return [node.name.text, count, by];
}

export function printRankStage({ one }: Printing<NodeOf<"RankStage">>): Doc {
  return group(["top ", one("count"), indent([line, "by ", one("by")])]);
}

export function printTieKey({ node, one }: Printing<NodeOf<"TieKey">>): Doc {
  if (!node.ascending) return one("by");
  return [one("by"), indent([endsWithComment(node.by) ? hardline : " ", "ascending"])];
}

export function printDef({ node, all, one }: Printing<NodeOf<"Def">>): Doc {
  const head = [`def ${node.name.text}`, bracketed("(", all("parameters"), ")", false)];
  return [...head, definition(node.value, one("value"))];
}

export function printParameter({ node, one }: Printing<NodeOf<"DefParameter">>): Doc {
  return node.default === undefined ? node.name.text : [node.name.text, " = ", one("default")];
}

export function printRemove({ node }: Printing<NodeOf<"Remove">>): Doc {
  return `remove ${node.keyword.text} ${node.path.map((name) => name.text).join(".")}`;
}
