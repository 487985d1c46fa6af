/**
 * What the server knows of files: texts that the editor holds, all others from the disk. Each version of a file is parsed
 * once, each state of a spec and its imports checked once.
 */
import { compileFiles, filesNamedIn, type Compilation, type ParsedFile } from "../compiler/compile.js";
import { parseAgain, type ParsedPieces } from "../compiler/syntax/index.js";
import type { SpecSettings } from "../compiler/host.js";
import { createSourceFile, importCandidates } from "../compiler/text/index.js";
import type { Disk } from "./platform.js";
import { createProjects, type Projects } from "./projects.js";

export interface Workspace {
  readonly projects: Projects;
  /** The editor's text of a file goes before the disk's. */
  readonly open: (path: string, text: string) => void;
  readonly close: (path: string) => void;
  readonly isOpen: (path: string) => boolean;
  readonly openPaths: () => readonly string[];
  readonly setFolders: (folders: readonly string[]) => void;
  /** Specs appeared or went away. */
  readonly noteChangedFiles: () => void;
  readonly file: (path: string) => ParsedFile | undefined;
  /** What another text of a file would be; nothing is kept of it. */
  readonly parseInstead: (path: string, text: string) => ParsedFile;
  readonly compilation: (path: string) => Compilation;
  /** Every spec of the folders and of the editor. */
  readonly specs: () => readonly string[];
  /** The specs that import or extend a file, directly or not, and the file itself. */
  readonly dependents: (path: string) => readonly string[];
  /**
   * The specs that a file is to be understood in: itself when it is a model; else the models that import it, open ones
   * first; itself when there are none.
   */
  readonly rootsOf: (path: string) => readonly string[];
}

interface CompiledRoot {
  readonly compilation: Compilation;
  /** What its project said. */
  readonly settings: SpecSettings;
  /** Every file that was asked for, with what there was. */
  readonly used: ReadonlyMap<string, ParsedFile | undefined>;
}

/** A version of a file, with what the next one can be parsed from. */
interface Version {
  readonly stamp: string;
  readonly file: ParsedFile;
  readonly pieces: ParsedPieces;
}

/** Compilations that are kept; the one that was not asked for longest goes first. */
const keptCompilations = 100;

const noPieces: ParsedPieces = new Map();

export function createWorkspace(disk: Disk): Workspace {
  const projects = createProjects(disk, () => folders);
  const texts = new Map<string, string>();
  const parsed = new Map<string, Version>();
  const roots = new Map<string, CompiledRoot>();
  let folders: readonly string[] = [];
  let found: readonly string[] | undefined;

  const file = (path: string): ParsedFile | undefined => {
    const text = texts.get(path);
    const known = parsed.get(path);
    if (text !== undefined) {
      if (known?.file.source.text === text) return known.file;
      return remember(path, "open", text);
    }
    const stamp = disk.stamp(path);
    if (stamp !== undefined && known?.stamp === stamp) return known.file;
    const read = stamp === undefined ? undefined : disk.read(path);
    if (stamp !== undefined && read !== undefined) return remember(path, stamp, read);
    parsed.delete(path);
    return undefined;
  };

  const remember = (path: string, stamp: string, text: string): ParsedFile => {
    const version = parseVersion(path, text);
    parsed.set(path, { stamp, ...version });
    return version.file;
  };

  const parseVersion = (path: string, text: string): Pick<Version, "file" | "pieces"> => {
    const source = createSourceFile(path, text);
    const { pieces, ...result } = parseAgain(source, parsed.get(path)?.pieces ?? noPieces);
    return { file: { source, ...result }, pieces };
  };

  const compilation = (path: string): Compilation => {
    const known = roots.get(path);
    roots.delete(path);
    const settings = projects.settings(path);
    if (
      known !== undefined &&
      known.settings === settings &&
      [...known.used].every(([used, was]) => file(used) === was)
    ) {
      roots.set(path, known);
      return known.compilation;
    }
    const used = new Map<string, ParsedFile | undefined>();
    const read = (wanted: string): ParsedFile | undefined => {
      const next = file(wanted);
      used.set(wanted, next);
      return next;
    };
    const fresh = compileFiles(path, read, { settings: projects.settings });
    roots.set(path, { compilation: fresh, used, settings });
    const oldest = roots.keys().next().value;
    if (roots.size > keptCompilations && oldest !== undefined) roots.delete(oldest);
    return fresh;
  };

  const specs = (): readonly string[] => {
    found ??= folders.flatMap(disk.specsUnder);
    return [...new Set([...found, ...texts.keys()])].sort();
  };

  const dependents = (path: string): readonly string[] => {
    const importers = new Map<string, string[]>();
    for (const spec of specs()) {
      const { spec: tree } = file(spec) ?? {};
      for (const written of tree === undefined ? [] : filesNamedIn(tree)) {
        for (const target of importCandidates(spec, written, projects.settings(spec).paths))
          importers.set(target, [...(importers.get(target) ?? []), spec]);
      }
    }
    const reached = new Set([path]);
    for (const next of reached) for (const importer of importers.get(next) ?? []) reached.add(importer);
    return [...reached];
  };

  const isModel = (path: string): boolean =>
    file(path)?.spec.declarations.some(({ kind }) => kind === "Model") === true;

  const rootsOf = (path: string): readonly string[] => {
    if (isModel(path)) return [path];
    const models = dependents(path).filter(isModel);
    const ordered = [...models.filter((model) => texts.has(model)), ...models.filter((model) => !texts.has(model))];
    return ordered.length === 0 ? [path] : ordered;
  };

  return {
    projects,
    open: (path, text) => void texts.set(path, text),
    close: (path) => void texts.delete(path),
    isOpen: (path) => texts.has(path),
    openPaths: () => [...texts.keys()],
    setFolders: (next) => {
      folders = next;
      found = undefined;
    },
    noteChangedFiles: () => {
      found = undefined;
    },
    file,
    parseInstead: (path, text) => parseVersion(path, text).file,
    compilation,
    specs,
    dependents,
    rootsOf,
  };
}
