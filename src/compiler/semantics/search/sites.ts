/** Where the files of a spec say `search`, what each is called, and what is wrong with how it is written. */
import type { Reporter } from "../../diagnostics/index.js";
import {
  visit,
  type AnyNode,
  type Declaration,
  type DefDeclaration,
  type Expression,
  type FeatureEntry,
  type FeatureGroup,
  type SearchExpression,
  type Spec,
} from "../../syntax/index.js";
import { withoutParentheses } from "../names/describe.js";
import { pathText, stepTo, type Path } from "./site-names.js";

/** One `search` of a text. Macros may copy it: all its copies have one value. */
export interface SearchSite {
  readonly node: SearchExpression;
  /** Unique among the sites of a spec. */
  readonly name: string;
  /** An operator is beside it. */
  readonly isOperand: boolean;
}

/** What tells a `search` and its copies from the others: where it says what it chooses from. */
export function siteKey({ space: { span } }: SearchExpression): string {
  return `${span.file}:${span.start}`;
}

/** Every `search` of the files by its key, in their order; where none can appear, that is reported. */
export function findSites(files: Iterable<Spec>, reporter: Reporter): ReadonlyMap<string, SearchSite> {
  const specs = [...files];
  const defs = new Map(
    specs.flatMap(({ declarations }) =>
      declarations.flatMap((node) => (node.kind === "Def" ? [[node.name.text, node] as const] : [])),
    ),
  );
  const sites = new Map<string, SearchSite>();
  const taken = new Set<string>();
  const found: Walk["found"] = (node, path, isOperand) => {
    reportNested(node, reporter);
    const name = freeName(pathText(path), taken);
    taken.add(name);
    sites.set(siteKey(node), { node, name, isOperand });
  };
  for (const { declarations } of specs)
    for (const node of declarations) walkDeclaration(node, { defs, found, reporter });
  return sites;
}

interface Walk {
  readonly defs: ReadonlyMap<string, DefDeclaration>;
  readonly found: (node: SearchExpression, path: Path, isOperand: boolean) => void;
  readonly reporter: Reporter;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const text = count === 1 ? name : `${name}_${count}`;
    if (!taken.has(text)) return text;
  }
}

function reportNested(outer: SearchExpression, reporter: Reporter): void {
  visit(outer, (node) => {
    if (node.kind === "Search" && node !== outer) reporter.report("MTL3164", undefined, node.span);
  });
}

function walkDeclaration(node: Declaration, walk: Walk): void {
  switch (node.kind) {
    case "Override":
      return walkDeclaration(node.declaration, walk);
    case "Network":
    case "Family":
    case "Task":
    case "Chain":
      return walkExpression(node.value, [node.name.text], walk);
    case "Experts":
      walkExpression(node.count, [node.name.text, "count"], walk);
      return walkExpression(node.value, [node.name.text], walk);
    case "Gate":
    case "Gates":
      walkExpression(node.value, [node.name.text], walk);
      return walkExpression(node.over, [node.name.text, "over"], walk);
    case "Features":
      for (const entry of node.entries) {
        walkExpression(entry.type, [entryName(entry)], walk);
        refuse(entry.source, "an expression over columns", walk);
      }
      return;
    case "Loss":
    case "Train":
    case "Defaults":
      for (const { key, value } of node.entries) walkExpression(value, [node.kind.toLowerCase(), key.text], walk);
      return;
    case "Data":
      for (const { key, value } of node.entries)
        if (key.text === "sample") walkExpression(value, ["data", "sample"], walk);
        else refuse(value, `\`${key.text}\` of \`data\`: all trials are measured on the same rows`, walk);
      return;
    case "Def":
      for (const parameter of node.parameters)
        if (parameter.default !== undefined)
          walkExpression(parameter.default, [node.name.text, parameter.name.text], walk);
      return walkExpression(node.value, [node.name.text], walk);
    default:
      refuse(node, placeOf(node), walk);
  }
}

function entryName(entry: FeatureEntry | FeatureGroup): string {
  if (entry.kind === "Feature") return entry.name.text;
  const { names } = entry;
  return (names.kind === "List" ? names.items : [names])
    .map((item) => {
      if (item.kind === "NameRange") return `${item.first.text}..${item.last.text}`;
      return item.kind === "NameExpression" ? item.name.text : item.kind === "String" ? item.value : "";
    })
    .join(",");
}

function placeOf(node: Declaration): string {
  switch (node.kind) {
    case "Params":
      return "`params`: formulas are tuned on logged data, by `mtlc tune`";
    case "Metrics":
      return "`metrics`: all trials are measured alike";
    default:
      return "this declaration";
  }
}

/** Reports every `search` of a part that no trial may change. */
function refuse(node: AnyNode | undefined, where: string, { reporter }: Walk): void {
  if (node === undefined) return;
  visit(node, (each) => {
    if (each.kind === "Search") reporter.report("MTL3160", { where }, each.span);
  });
}

function walkExpression(node: AnyNode, path: Path, walk: Walk, isOperand = false): void {
  switch (node.kind) {
    case "Search":
      return walk.found(node, path, isOperand);
    case "Call":
      for (const argument of node.arguments)
        walkExpression(argument.value, [...path, ...stepTo(node, argument, walk.defs)], walk);
      return;
    case "List":
      node.items.forEach((item, i) => walkExpression(item, node.items.length === 1 ? path : [...path, i + 1], walk));
      return;
    case "Record":
      for (const { key, value } of node.entries) walkExpression(value, [...path, key.text], walk);
      return;
    case "Parenthesized":
      return walkExpression(node.inner, path, walk);
    case "Unary":
      return walkExpression(node.operand, path, walk, true);
    case "Binary":
      for (const side of [node.left, node.right])
        walkExpression(side, isWeight(side, path) ? [...path, "weight"] : path, walk, true);
      return;
    case "Member":
      return walkExpression(node.object, path, walk);
    case "Each":
      return walkExpression(node.value, path, walk);
    case "But":
      return walkExpression(node.base, path, walk);
    default:
      return;
  }
}

/** `search 0.1..1.0 * bce`: what multiplies a loss. */
function isWeight(side: Expression, [block]: Path): boolean {
  return block === "loss" && withoutParentheses(side).kind === "Search";
}
