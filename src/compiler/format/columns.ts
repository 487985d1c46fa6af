import {
  isAlignedRow,
  rowOf,
  type AlignedKind,
  type AnyNode,
  type Entry,
  type FeatureEntry,
  type FeatureGroup,
  type LabelEntry,
  type Name,
  type NodeOf,
  type ParamEntry,
  type Rule,
  type TypedEntry,
} from "../syntax/index.js";
import { flatExpression, flatType, nameText } from "./flat-text.js";
import { attachedComments, hasCommentInside } from "./comments.js";

/** The texts at the beginning of a line that are in columns with those of its neighbours, by column. */
export type Cells = readonly (readonly [column: string, text: string])[];

/** How wide each column is among neighbours. */
export type Columns = ReadonlyMap<string, number>;

/** Texts that differ in width by more than this are not aligned in columns: the gaps would hide what belongs together. */
const widestGap = 24;

/** The cells of a line; none for one that is by itself. */
export function cellsOf(node: AnyNode): Cells {
  switch (node.kind) {
    case "Entry":
    case "Feature":
    case "Label":
    case "Typed":
    case "Param":
      return entryCells(node);
    case "FeatureGroup":
      return groupCells(node);
    case "Rule":
      return ruleCells(node);
    default:
      return isAligned(node) ? declarationCells(node) : [];
  }
}

function entryCells(node: Entry | FeatureEntry | LabelEntry | TypedEntry | ParamEntry): Cells {
  const first = ["key", `${node.kind === "Entry" ? keyText(node) : nameText(node.name)}:`] as const;
  return node.kind === "Param" && node.range !== undefined && !hasCommentInside(node)
    ? [first, ["value", flatExpression(node.value)]]
    : [first];
}

/** `ctr`, `[click, like]`. */
export function keyText({ key, keys }: Pick<Entry, "key" | "keys">): string {
  return keys === undefined ? key.text : listText(keys);
}

function listText(names: readonly Name[]): string {
  return `[${names.map(({ text }) => text).join(", ")}]`;
}

/** Names wider than this are by themselves: they may take several lines. */
const widestNames = 24;

function groupCells({ names }: FeatureGroup): Cells {
  const text = flatExpression(names);
  const hasComment = attachedComments(names).length > 0 || hasCommentInside(names);
  return text.length > widestNames || hasComment ? [] : [["key", `${text}:`]];
}

function ruleCells(node: Rule): Cells {
  return [
    ["verb", node.verb],
    ["name", node.name.text],
  ];
}

/** `keyword name = value`. */
export type AlignedDeclaration = NodeOf<AlignedKind>;

function isAligned(node: AnyNode): node is AlignedDeclaration {
  return isAlignedRow(rowOf(node));
}

function declarationCells(node: AlignedDeclaration): Cells {
  const type = node.kind === "Task" || node.kind === "Chain" ? node.type : undefined;
  const keyword = ["keyword", rowOf(node)?.keyword ?? ""] as const;
  return type === undefined
    ? [keyword, ["defined", declaredText(node)]]
    : [keyword, ["typed", `${declaredText(node)}:`], ["type", flatType(type)]];
}

/** `pool[8]`, `b[income, marital]` or the bare name. */
function declaredText(node: AlignedDeclaration): string {
  switch (node.kind) {
    case "Experts":
      return `${node.name.text}[${flatExpression(node.count)}]`;
    case "Family":
    case "Gates":
      return `${node.name.text}${listText(node.members)}`;
    case "Task":
      return node.members === undefined ? node.name.text : listText(node.members);
    default:
      return node.name.text;
  }
}

/** The columns of each line: neighbours without an empty line between them share theirs. */
export function columnsOf(
  nodes: readonly AnyNode[],
  startsGroup: (node: AnyNode, previous: AnyNode) => boolean,
): readonly Columns[] {
  const result: Columns[] = [];
  let group: AnyNode[] = [];
  const close = (): void => {
    const columns = measure(group.map(cellsOf));
    result.push(...group.map(() => columns));
    group = [];
  };
  nodes.forEach((node, i) => {
    const previous = nodes[i - 1];
    if (previous !== undefined && startsGroup(node, previous)) close();
    group.push(node);
  });
  close();
  return result;
}

function measure(lines: readonly Cells[]): Columns {
  const widths = new Map<string, { least: number; most: number }>();
  for (const [column, text] of lines.flat()) {
    const width = widths.get(column) ?? { least: Infinity, most: 0 };
    widths.set(column, { least: Math.min(width.least, text.length), most: Math.max(width.most, text.length) });
  }
  const columns = new Map<string, number>();
  for (const [column, { least, most }] of widths) if (most - least <= widestGap) columns.set(column, most);
  return columns;
}
