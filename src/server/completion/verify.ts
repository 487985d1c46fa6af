/**
 * The last word on what fits has the checker: in a file that is not long, each word is tried in its place, and one that
 * gives an error of name or kind there is not offered. Where only words decide (a longer file), the slots do.
 */
import { compileFiles, parseFile, type Compilation, type ParsedFile } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import type { Span } from "../../compiler/text/index.js";
import { type Analysis, rootOf } from "../analysis/analysis.js";
import type { Item } from "./item.js";

/** Characters of a file whose words are tried: some 200 lines, which take a millisecond or two per word. */
const longest = 8_000;
/** More words than this are not tried. */
const most = 100;

/** Of names (MTL2), of kinds (MTL3), of events (MTL4). */
function isOfKindOrName({ code, severity }: Diagnostic): boolean {
  return severity === "error" && /^MTL[234]/.test(code);
}

/**
 * The items that give no error which is not there without them. An error elsewhere that each of them gives is none of
 * theirs: without them the file may not parse, and then says nothing of names that it does not know.
 */
export function fittingItems(analysis: Analysis, word: Span, items: readonly Item[]): readonly Item[] {
  const { text } = analysis.source;
  if (text.length > longest || items.length > most || items.length === 0) return items;
  const root = rootOf(analysis.compilation);
  if (root === undefined) return items;
  const [before, after] = [text.slice(0, word.start), text.slice(word.end)];
  const faults = (inserted: string): readonly Fault[] => {
    const changed = parseFile(analysis.path, before + inserted + after);
    const read = (path: string): ParsedFile | undefined =>
      path === analysis.path ? changed : parsedIn(analysis.compilation, path);
    const end = word.start + inserted.length;
    const touches = ({ file, ...span }: Span): boolean =>
      file === analysis.path &&
      !changed.source.text.slice(Math.min(span.end, end), Math.max(span.start, word.start)).includes("\n");
    return compileFiles(root, read, analysis.compilation.options)
      .diagnostics.filter(isOfKindOrName)
      .map(({ code, message, span, labels }) => ({
        text: `${code} ${message}`,
        isNear: touches(span) || labels.some((label) => touches(label.span)),
      }));
  };
  const known = new Set(faults("").map(({ text: fault }) => fault));
  const tried = items.map((item) => {
    const inserted = item.plain ?? item.label;
    // A call that is only opened says nothing of what it gives.
    const isTried = item.untried !== true && !inserted.endsWith("(");
    return { item, fresh: !isTried ? [] : faults(inserted).filter((fault) => !known.has(fault.text)) };
  });
  const isCommon = ({ text: fault }: Fault): boolean =>
    tried.every(({ fresh }) => fresh.some((each) => each.text === fault));
  return tried.flatMap(({ item, fresh }) => (fresh.every((fault) => !fault.isNear && isCommon(fault)) ? [item] : []));
}

interface Fault {
  readonly text: string;
  /** On the line of what was put in, or labelled there. */
  readonly isNear: boolean;
}

function parsedIn({ files, sources }: Compilation, path: string): ParsedFile | undefined {
  const [source, spec] = [sources.get(path), files.get(path)];
  return source === undefined || spec === undefined ? undefined : { source, spec, diagnostics: [] };
}
