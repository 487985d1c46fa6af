/**
 * The compiler's stages in their order: files → trees → one expanded spec → typed model. Each stage is a pure function;
 * this file alone knows which comes after which.
 */
import { createDiagnostic, type Diagnostic } from "./diagnostics/index.js";
import type { Host } from "./host.js";
import { hashModel, type Model } from "./model/index.js";
import {
  applySuppressions,
  check,
  expand,
  foldRanges,
  lintHidden,
  type LoadedSpecs,
  type SideTables,
} from "./semantics/index.js";
import { parse, type Name, type ParseResult, type Spec } from "./syntax/index.js";
import { isStdPath, readStd, stdPath } from "./std/index.js";
import { createSourceFile, isSpecPath, positionAt, resolvePath, type SourceFile } from "./text/index.js";

/** All that is known of a spec after its checks. */
export interface Compilation {
  /** Every file that was read, by its path: what diagnostics point into. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** The trees of the same files as they are written: nothing imported, nothing expanded. */
  readonly files: ReadonlyMap<string, Spec>;
  /** The tree of the file itself; absent when it cannot be read. */
  readonly spec?: Spec;
  /** Absent when there is an error. */
  readonly model?: Model;
  /** Hash of what the model is: the same for a reformatted or reordered spec. */
  readonly hash?: string;
  readonly tables?: SideTables;
  /** Of all files and stages, in the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files that a spec may pull in, itself included; more than that is a mistake. */
const fileLimit = 1000;

/** A file with its tree and what its syntax has wrong. */
export interface ParsedFile extends ParseResult {
  readonly source: SourceFile;
}

/** Parses one file, for {@link compileFiles}. */
export function parseFile(path: string, text: string): ParsedFile {
  const source = createSourceFile(path, text);
  return { source, ...parse(source) };
}

/** Reads a spec with all that it imports, and checks it. */
export function compileSpec(path: string, host: Host): Compilation {
  return compileFiles(path, (file) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : parseFile(file, text);
  });
}

/** {@link compileSpec} from files that are parsed already: an editor parses each version of a file once. */
export function compileFiles(path: string, read: (path: string) => ParsedFile | undefined): Compilation {
  const { files, sources, diagnostics: syntax } = loadFiles(path, read);
  const spec = files.get(path);
  if (spec === undefined) {
    const span = { file: "", start: 0, end: 0 };
    return {
      sources,
      files,
      diagnostics: [createDiagnostic("MTL8007", { file: path, problem: "there is no such file" }, span)],
    };
  }
  const expanded = expand(path, { files, resolve: resolvePath });
  const early = [...syntax, ...expanded.diagnostics.filter((each) => !isRepeat(each, syntax, sources))];
  const broken = early.some((each) => each.severity === "error");
  const { model, diagnostics, tables } = check(expanded.spec, {
    incomplete: broken,
    macros: expanded.macros,
    uncalled: expanded.uncalled,
    removed: expanded.removed,
    imported: importedBy(spec),
  });
  // What a spec leaves unused of a block of the standard library is no mistake of its author.
  const late = diagnostics.filter(
    (each) => !isRepeat(each, early, sources) && (each.severity === "error" || !isStdPath(each.span.file)),
  );
  return {
    sources,
    files,
    spec,
    ...(model === undefined ? {} : { model, hash: hashModel(model) }),
    tables,
    diagnostics: applySuppressions(foldRanges([...early, ...late, ...hiddenIn(files, sources)], files.values()), {
      root: path,
      sources,
      files,
      complete: model !== undefined,
    }).toSorted(byPlace),
  };
}

/** Characters that nobody sees, in every file but the blocks of the standard library. */
function hiddenIn(files: ReadonlyMap<string, Spec>, sources: ReadonlyMap<string, SourceFile>): readonly Diagnostic[] {
  return [...sources].flatMap(([path, source]) => {
    const spec = files.get(path);
    return spec === undefined || isStdPath(path) ? [] : lintHidden(source, spec);
  });
}

/** Whether an earlier stage has spoken of the same lines: what comes after is likely its consequence. */
function isRepeat(
  { span }: Diagnostic,
  early: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
): boolean {
  const source = sources.get(span.file);
  if (source === undefined) return false;
  const line = (offset: number): number => positionAt(source, offset).line;
  return early.some(
    ({ severity, span: other }) =>
      severity === "error" &&
      other.file === span.file &&
      line(other.start) <= line(span.end) &&
      line(span.start) <= line(other.end),
  );
}

interface LoadedFiles extends Pick<LoadedSpecs, "files"> {
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file and every file that it reaches by `import` and `extends`, each parsed once. */
function loadFiles(path: string, read: (path: string) => ParsedFile | undefined): LoadedFiles {
  const files = new Map<string, Spec>();
  const sources = new Map<string, SourceFile>();
  const diagnostics: Diagnostic[] = [];
  const pending = [path];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (files.has(next) || files.size >= fileLimit) continue;
    const block = readStd(next);
    const file = block === undefined ? read(next) : parseFile(next, block);
    if (file === undefined) continue;
    const { source, spec, diagnostics: found } = file;
    sources.set(next, source);
    files.set(next, spec);
    diagnostics.push(...found);
    for (const written of filesNamedIn(spec)) if (isSpecPath(written)) pending.push(resolvePath(next, written));
    pending.push(...blocksNamedIn(spec));
  }
  return { files, sources, diagnostics };
}

/** Paths that a file imports or extends, as written. */
export function filesNamedIn(spec: Spec): readonly string[] {
  return spec.declarations.flatMap((node) => {
    if (node.kind === "Import" && node.from.kind === "String") return [node.from.value];
    if (node.kind === "Model" && node.base !== undefined) return [node.base.value];
    return [];
  });
}

/** Names that a file imports from other files. */
function importedBy(spec: Spec): readonly Name[] {
  return spec.declarations.flatMap((node) =>
    node.kind === "Import" && node.from.kind === "String" ? (node.names ?? []) : [],
  );
}

/** The paths of the standard library's blocks that a file imports. */
function blocksNamedIn(spec: Spec): readonly string[] {
  return spec.declarations.flatMap((node) =>
    node.kind === "Import" && node.from.kind === "Name" && node.from.text === "std"
      ? (node.names ?? []).map(({ text }) => stdPath(text))
      : [],
  );
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.span.file, b.span.file) || a.span.start - b.span.start || compareText(a.code, b.code);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
