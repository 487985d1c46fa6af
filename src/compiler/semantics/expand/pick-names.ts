import type { Reporter } from "../../diagnostics/index.js";
import {
  childrenOf,
  featureEntries,
  namesOfRange,
  rowOf,
  type AnyNode,
  type Declaration,
  type Name,
} from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { declaredBy } from "../names/bind.js";
import { isBlock, mergeBlocks, withEntries } from "./blocks.js";

/** The pieces of a file by what they declare; a label and a task may share a name, an attribute and a feature as well. */
interface Pieces {
  readonly labels: ReadonlyMap<string, readonly Declaration[]>;
  readonly others: ReadonlyMap<string, readonly Declaration[]>;
}

/**
 * The named declarations and, from the same file, all that they read. A name that stands for several things, as the label
 * and the task `stay`, provides each of them.
 */
export function pickNames(
  declarations: readonly Declaration[],
  names: readonly Name[],
  file: string,
  reporter: Reporter,
): readonly Declaration[] {
  const pieces = declarations.flatMap(splitBlock);
  const byName = sortPieces(pieces);
  const picked = new Set<Declaration>();
  const pending: Declaration[] = [];
  for (const name of names) {
    const found = [...(byName.labels.get(name.text) ?? []), ...(byName.others.get(name.text) ?? [])];
    pending.push(...found);
    if (found.length > 0 || name.text === "") continue;
    const known = [...byName.labels.keys(), ...byName.others.keys()];
    const suggestion = suggest(name.text, known);
    reporter.report("MTL2022", { name: name.text, file, suggestion }, name.span, {
      suggest: { span: name.span, word: suggestion },
    });
  }
  for (let piece = pending.pop(); piece !== undefined; piece = pending.pop()) {
    if (picked.has(piece)) continue;
    picked.add(piece);
    pending.push(...readsOf(piece, byName));
  }
  return mergeBlocks(
    [],
    pieces.filter((piece) => picked.has(piece)),
    true,
  );
}

/** Blocks of named entries as one block per entry, so that each can be imported by itself. */
function splitBlock(node: Declaration): readonly Declaration[] {
  if (!isBlock(node) || rowOf(node)?.symbol?.of !== "entries") return [node];
  const entries: readonly AnyNode[] = node.kind === "Features" ? featureEntries(node) : node.entries;
  // The entries are those of the block itself.
  return entries.map((entry) => withEntries(node, [entry] as never));
}

function sortPieces(pieces: readonly Declaration[]): Pieces {
  const labels = new Map<string, Declaration[]>();
  const others = new Map<string, Declaration[]>();
  for (const piece of pieces)
    for (const { kind, name } of declaredBy(piece)) {
      const table = kind === "label" ? labels : others;
      table.set(name, [...(table.get(name) ?? []), piece]);
    }
  return { labels, others };
}

/** The pieces whose names a piece reads: those of events are labels, every other name is one where there is nothing else. */
function readsOf(piece: Declaration, pieces: Pieces): readonly Declaration[] {
  const found: Declaration[] = [];
  const parameters = new Set(piece.kind === "Def" ? piece.parameters.map(({ name }) => name.text) : []);
  const read = ({ text }: Name, isEvent: boolean): void => {
    const { labels, others } = pieces;
    found.push(...((isEvent ? undefined : others.get(text)) ?? labels.get(text) ?? []));
  };
  const walk = (node: AnyNode): void => {
    switch (node.kind) {
      case "EventName":
        return read(node.name, true);
      case "ExpectationType":
        read(node.label, true);
        if (node.given !== undefined) walk(node.given);
        return;
      case "Label":
        // An expression of a label, and of a feature, is one over columns: it reads no declaration but macros.
        if (node.within !== undefined) read(node.within, true);
        return node.source === undefined ? undefined : walkCalls(node.source);
      case "Feature":
        walkCalls(node.type);
        return node.source === undefined ? undefined : walkCalls(node.source);
      case "NameRange": {
        const range = namesOfRange(node);
        return range.kind === "names" ? range.names.forEach(({ name }) => read(name, false)) : undefined;
      }
      case "NameExpression":
        // All features, unless something is called so.
        if (node.name.text === "features" && !pieces.others.has("features")) {
          for (const others of pieces.others.values()) found.push(...others.filter(({ kind }) => kind === "Features"));
          return;
        }
        return parameters.has(node.name.text) ? undefined : read(node.name, false);
      case "Call":
        read(node.callee, false);
        break;
      case "Argument":
        // Arms of experiments name parameters.
        if (node.name !== undefined && piece.kind === "Experiment") read(node.name, false);
        return walk(node.value);
      case "Rank":
        node.rules.forEach((name) => read(name, false));
        break;
      default:
        break;
    }
    for (const child of childrenOf(node)) if (child.kind !== "Name") walk(child);
  };
  const walkCalls = (node: AnyNode): void => {
    if (node.kind === "Call") read(node.callee, false);
    for (const child of childrenOf(node)) if (child.kind !== "Name") walkCalls(child);
  };
  walk(piece);
  return found;
}
