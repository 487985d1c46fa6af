import type { Reporter } from "../../diagnostics/index.js";
import {
  featureEntries,
  namesOfRange,
  visit,
  type AnyNode,
  type Declaration,
  type ImportDeclaration,
  type Name,
  type Spec,
} from "../../syntax/index.js";
import { isStdPath, stdNames, stdPath } from "../../std/index.js";
import { isSpecPath, suggest, type Span } from "../../text/index.js";
import { mergeBlocks } from "./blocks.js";
import { applyOverride, applyRemoval } from "./overrides.js";

/** The files of a spec by the paths they were read under, and how a path in one of them is resolved. */
export interface LoadedSpecs {
  readonly files: ReadonlyMap<string, Spec>;
  readonly resolve: (from: string, path: string) => string;
}

/**
 * The declarations of a file with what it imports and extends put in: first what it extends, then imports, then its own;
 * overrides and removals applied. A file that is missing or part of a circle was reported and gives nothing.
 */
export function expandModules(path: string, loaded: LoadedSpecs, reporter: Reporter): readonly Declaration[] {
  return expandFile(path, loaded, reporter, []);
}

function expandFile(
  path: string,
  loaded: LoadedSpecs,
  reporter: Reporter,
  way: readonly string[],
): readonly Declaration[] {
  const spec = loaded.files.get(path);
  if (spec === undefined) return [];
  const reach = (at: Span, written: string): readonly Declaration[] | undefined => {
    if (!isStdPath(written) && !isSpecPath(written)) {
      reporter.report("MTL1017", { path: written }, at, { help: `a spec of that name is \`"${written}.mtl"\`` });
      return undefined;
    }
    const target = isStdPath(written) ? written : loaded.resolve(path, written);
    if (way.includes(target) || target === path) {
      reporter.report("MTL2021", { path: [...way.slice(Math.max(0, way.indexOf(target))), path, target] }, at);
      return undefined;
    }
    if (!loaded.files.has(target)) {
      reporter.report("MTL2020", { path: written, found: target }, at, { help: "paths are relative to this file" });
      return undefined;
    }
    return expandFile(target, loaded, reporter, [...way, path]);
  };

  let declarations: readonly Declaration[] = [];
  for (const node of spec.declarations)
    if (node.kind === "Model" && node.base !== undefined)
      declarations = (reach(node.base.span, node.base.value) ?? []).filter((each) => !isOwn(each));
  for (const node of spec.declarations)
    if (node.kind === "Import") declarations = [...declarations, ...expandImport(node, reach, reporter)];
  const own = spec.declarations.filter((node) => node.kind !== "Import");
  const plain = own.filter((node) => node.kind !== "Override" && node.kind !== "Remove");
  // Blocks of this file alone stay apart: that one stands twice in a file is a mistake of its own.
  declarations = mergeBlocks(declarations, plain);
  for (const node of own) {
    if (node.kind === "Override") declarations = applyOverride(declarations, node, reporter);
    else if (node.kind === "Remove") declarations = applyRemoval(declarations, node, reporter);
  }
  return declarations;
}

/** What speaks of one file alone: its model and its tests. */
function isOwn(node: Declaration): boolean {
  return node.kind === "Model" || node.kind === "Test";
}

function expandImport(
  node: ImportDeclaration,
  reach: (at: Span, written: string) => readonly Declaration[] | undefined,
  reporter: Reporter,
): readonly Declaration[] {
  const { from } = node;
  if (from.kind === "Missing") return [];
  if (from.kind === "Name") {
    if (from.text === "std") return (node.names ?? []).flatMap((name) => expandBlock(name, reach, reporter));
    if (from.text !== "")
      reporter.report("MTL2004", { name: from.text, what: "a library", known: ["std"] }, from.span, {
        help: `a file stands in quotes: \`"./${from.text}.mtl"\``,
      });
    return [];
  }
  const found = reach(from.span, from.value);
  if (found === undefined) return [];
  const declarations = found.filter((each) => !isOwn(each));
  if (node.names === undefined) return declarations;
  return pickNames(declarations, node.names, from.value, reporter);
}

/** A block of the standard library: all that it declares. */
function expandBlock(
  name: Name,
  reach: (at: Span, written: string) => readonly Declaration[] | undefined,
  reporter: Reporter,
): readonly Declaration[] {
  if (name.text === "") return [];
  if (stdNames.includes(name.text)) return reach(name.span, stdPath(name.text)) ?? [];
  reporter.report("MTL2022", { name: name.text, file: "std", suggestion: suggest(name.text, stdNames) }, name.span);
  return [];
}

/** The named declarations and, from the same file, all that they read. */
function pickNames(
  declarations: readonly Declaration[],
  names: readonly Name[],
  file: string,
  reporter: Reporter,
): readonly Declaration[] {
  const pieces = declarations.flatMap(splitBlock);
  const byName = new Map<string, Declaration>();
  for (const piece of pieces) {
    const name = nameOf(piece);
    if (name !== undefined && !byName.has(name)) byName.set(name, piece);
  }
  const picked = new Set<Declaration>();
  const pending: Declaration[] = [];
  for (const name of names) {
    const piece = byName.get(name.text);
    if (piece !== undefined) pending.push(piece);
    else if (name.text !== "")
      reporter.report("MTL2022", { name: name.text, file, suggestion: suggest(name.text, byName.keys()) }, name.span);
  }
  for (let piece = pending.pop(); piece !== undefined; piece = pending.pop()) {
    if (picked.has(piece)) continue;
    picked.add(piece);
    visit(piece, (node) => {
      for (const read of namesRead(node, byName)) {
        const found = byName.get(read);
        if (found !== undefined) pending.push(found);
      }
    });
  }
  return mergeBlocks(
    [],
    pieces.filter((piece) => picked.has(piece)),
    true,
  );
}

/** The names that a node by itself reads: its own, those of a range, all features. */
function namesRead(node: AnyNode, byName: ReadonlyMap<string, Declaration>): readonly string[] {
  if (node.kind === "NameRange") {
    const range = namesOfRange(node);
    return range.kind === "names" ? range.names.map(({ name }) => name.text) : [];
  }
  if (node.kind !== "Name") return [];
  if (node.text !== "features" || byName.has(node.text)) return [node.text];
  return [...byName].flatMap(([name, piece]) => (piece.kind === "Features" ? [name] : []));
}

/** Blocks of named entries as one block an entry, so that each can be imported alone. */
function splitBlock(node: Declaration): readonly Declaration[] {
  switch (node.kind) {
    case "Features":
      return node.entries.map((entry) => ({ ...node, entries: [entry] }));
    case "Labels":
      return node.entries.map((entry) => ({ ...node, entries: [entry] }));
    case "Params":
      return node.entries.map((entry) => ({ ...node, entries: [entry] }));
    case "Attributes":
    case "Signals":
    case "Request":
      return node.entries.map((entry) => ({ ...node, entries: [entry] }));
    default:
      return [node];
  }
}

function nameOf(node: Declaration): string | undefined {
  switch (node.kind) {
    case "Features":
      return featureEntries(node)[0]?.name.text;
    case "Labels":
    case "Params":
    case "Attributes":
    case "Signals":
    case "Request":
      return node.entries[0]?.name.text;
    case "Network":
    case "Bottoms":
    case "Experts":
    case "Gate":
    case "Task":
    case "Chain":
    case "Fusion":
    case "Rules":
    case "Rank":
    case "Experiment":
    case "Def":
      return node.name.text;
    default:
      return undefined;
  }
}
