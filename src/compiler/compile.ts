/**
 * The compiler's stages in their order: files → trees → one expanded spec → typed model. Each stage is a pure function;
 * only this file knows which comes after which.
 */
import { applySeverities, createDiagnostic, Reporter, type Diagnostic } from "./diagnostics/index.js";
import { noSettings, type Host, type SpecSettings } from "./host.js";
import type { Edition } from "./editions/index.js";
import { hashModel, type Model } from "./model/index.js";
import {
  applySuppressions,
  checkSearched,
  blocksNamedIn,
  declaredNames,
  editionOf,
  expand,
  foldRanges,
  language as currentLanguage,
  lintHidden,
  newestEdition,
  replaceAgingWords,
  type FileEditions,
  type Language,
  type LoadedSpecs,
  type SearchDimension,
  type SideTables,
} from "./semantics/index.js";
import { parse, type Name, type ParseResult, type Spec } from "./syntax/index.js";
import { isStdPath, readStd, releaseOf } from "./std/index.js";
import {
  omitUndefined,
  compareText,
  createSourceFile,
  importCandidates,
  isSpecPath,
  positionAt,
  type SourceFile,
} from "./text/index.js";

/** All that is known of a spec after its checks. */
export interface Compilation {
  /** What it was compiled with besides the texts. */
  readonly options: CompileOptions;
  /** The edition that each file is written for. */
  readonly editions: FileEditions;
  /** The path of what one file imports as `path`; where there is nothing, the path that it would have. */
  readonly resolve: (from: string, path: string) => string;
  /** Every file that was read, by its path: what diagnostics point into. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** The trees of the same files as they are written: nothing imported, nothing expanded. */
  readonly files: ReadonlyMap<string, Spec>;
  /** The tree of the file itself; absent when it cannot be read. */
  readonly spec?: Spec;
  /** Absent when there is an error. */
  readonly model?: Model;
  /** Hash of what the model is: the same for a reformatted or reordered spec. Undefined without a model; worked out when asked for. */
  readonly hash: string | undefined;
  readonly tables?: SideTables;
  /** What `mtlc search` chooses; the model is that of their defaults. Absent when the file cannot be read. */
  readonly searches?: readonly SearchDimension[];
  /** Of all files and stages, in the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a compilation depends on besides the texts. */
export interface CompileOptions {
  /** The editions, words and standard library; this version's unless given. */
  readonly language?: Language;
  /** What the project of a file says; nothing unless given. */
  readonly settings?: (path: string) => SpecSettings;
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
export function compileSpec(path: string, host: Host, options: Pick<CompileOptions, "language"> = {}): Compilation {
  const read = (file: string): ParsedFile | undefined => {
    const text = host.readFile(file);
    return text === undefined ? undefined : parseFile(file, text);
  };
  return compileFiles(path, read, { ...options, ...omitUndefined({ settings: host.settings }) });
}

/** {@link compileSpec} from files that are parsed already: an editor parses each version of a file once. */
export function compileFiles(
  path: string,
  read: (path: string) => ParsedFile | undefined,
  options: CompileOptions = {},
): Compilation {
  const { language = currentLanguage, settings = () => noSettings } = options;
  const loaded = loadFiles(path, read, { language, settings });
  const { files, sources, resolve, editions, editionFaults } = loaded;
  const spec = files.get(path);
  if (spec === undefined) {
    const span = { file: "", start: 0, end: 0 };
    const problem = "there is no such file";
    return {
      sources,
      files,
      resolve,
      editions,
      options,
      hash: undefined,
      diagnostics: [createDiagnostic("MTL8007", { file: path, problem }, span)],
    };
  }
  const syntax = [...loaded.diagnostics, ...replaceWords(loaded, language)];
  const expanded = expand(path, { files, resolve, editions, std: language.std });
  const early = [...syntax, ...expanded.diagnostics.filter((each) => !isRepeat(each, syntax, sources))];
  const broken = [...early, ...editionFaults].some((each) => each.severity === "error");
  const checked = checkSearched(
    expanded.spec,
    {
      incomplete: broken,
      macros: expanded.macros,
      uncalled: expanded.uncalled,
      removed: expanded.removed,
      imported: importedBy(spec),
    },
    { files, sources },
  );
  // What a spec leaves unused of a block of the standard library is not a mistake of its author.
  const late = checked.diagnostics.filter(
    (each) => !isRepeat(each, early, sources) && (each.severity === "error" || !isStdPath(each.span.file)),
  );
  const found = applySuppressions(foldRanges([...early, ...late, ...hiddenIn(files, sources)], files.values()), {
    root: path,
    sources,
    files,
    complete: checked.model !== undefined,
  });
  // By the rules of an edition that is not known, whatever else there is to say may be wrong.
  const isUnknown = editionFaults.some(({ code }) => code === "MTL1020");
  const diagnostics = applySeverities(
    isUnknown ? editionFaults : [...found, ...editionFaults],
    settings(path).severities,
  ).toSorted(byPlace);
  const model = diagnostics.some(({ severity }) => severity === "error") ? undefined : checked.model;
  let hash: string | undefined;
  return {
    sources,
    files,
    resolve,
    editions,
    options,
    spec: files.get(path) ?? spec,
    ...(model === undefined ? {} : { model }),
    get hash() {
      return model === undefined ? undefined : (hash ??= hashModel(model));
    },
    tables: checked.tables,
    searches: checked.searches,
    diagnostics,
  };
}

/** Puts current words in the place of those on their way out, in every file of the spec's own. */
function replaceWords({ files, sources, editions }: LoadedFiles, language: Language): readonly Diagnostic[] {
  if (language.words.length === 0) return [];
  const reporter = new Reporter();
  const declared = declaredNames(files.values());
  for (const [file, spec] of files) {
    const text = sources.get(file)?.text ?? "";
    const edition = editions.get(file) ?? newestEdition(language);
    // A block of the standard library keeps the words of its release.
    const quiet = isStdPath(file) ? new Reporter() : reporter;
    files.set(file, replaceAgingWords(spec, text, edition, declared, language, quiet));
  }
  return reporter.diagnostics;
}

/** Characters that nobody sees, in every file but the blocks of the standard library. */
function hiddenIn(files: ReadonlyMap<string, Spec>, sources: ReadonlyMap<string, SourceFile>): readonly Diagnostic[] {
  return [...sources].flatMap(([path, source]) => {
    const spec = files.get(path);
    return spec === undefined || isStdPath(path) ? [] : lintHidden(source, spec);
  });
}

/** Whether an earlier stage has reported the same lines: what comes after is likely its consequence. */
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

interface LoadedFiles {
  readonly files: Map<string, Spec>;
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly editions: FileEditions;
  readonly resolve: LoadedSpecs["resolve"];
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong with `edition:` lines. */
  readonly editionFaults: readonly Diagnostic[];
}

/** The file and every file that it reaches by `import` and `extends`, each parsed once. */
function loadFiles(
  path: string,
  read: (path: string) => ParsedFile | undefined,
  { language, settings }: Required<Pick<CompileOptions, "language" | "settings">>,
): LoadedFiles {
  const files = new Map<string, Spec>();
  const sources = new Map<string, SourceFile>();
  const diagnostics: Diagnostic[] = [];
  const reporter = new Reporter();
  const editions = new Map<string, Edition>();
  const load = (file: string): boolean => {
    if (files.has(file)) return true;
    if (files.size >= fileLimit) return false;
    const block = readStd(file, language.std);
    const parsed = block === undefined ? read(file) : parseBlock(file, block);
    if (parsed === undefined) return false;
    sources.set(file, parsed.source);
    files.set(file, parsed.spec);
    diagnostics.push(...parsed.diagnostics);
    editions.set(
      file,
      isStdPath(file) ? releaseOf(file) : editionOf(parsed.spec, language, settings(file).edition, reporter),
    );
    pending.push(file);
    return true;
  };
  const resolve = (from: string, written: string): string => {
    const candidates = importCandidates(from, written, settings(from).paths);
    return candidates.find((each) => files.has(each)) ?? candidates[0] ?? written;
  };
  const pending: string[] = [];
  load(path);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const spec = files.get(next);
    if (spec === undefined) continue;
    for (const written of filesNamedIn(spec))
      if (isSpecPath(written)) importCandidates(next, written, settings(next).paths).some(load);
    for (const block of blocksNamedIn(spec, editions.get(next) ?? newestEdition(language), language.std)) load(block);
  }
  return { files, sources, editions, resolve, diagnostics, editionFaults: reporter.diagnostics };
}

const blocks = new Map<string, ParsedFile>();

/** A block of the standard library, whose text stays what it is. */
function parseBlock(path: string, text: string): ParsedFile {
  const known = blocks.get(path);
  if (known?.source.text === text) return known;
  const parsed = parseFile(path, text);
  blocks.set(path, parsed);
  return parsed;
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

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.span.file, b.span.file) || a.span.start - b.span.start || compareText(a.code, b.code);
}
