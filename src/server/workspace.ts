/**
 * What the server knows of files: texts that the editor holds, all others from the disk. Each version of a file is parsed
 * once, each state of a spec and its imports checked once.
 */
import { compileFiles, filesNamedIn, type Compilation, type ParsedFile } from "../compiler/compile.js";
import { parseAgain, type ParsedPieces } from "../compiler/syntax/index.js";
import type { SpecSettings } from "../compiler/host.js";
import { createSourceFile, importCandidates } from "../compiler/text/index.js";
import type { FormattingMemory } from "./features/formatting.js";
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
  /** What formatting keeps of a file that is open. */
  readonly formattingMemory: (path: string) => FormattingMemory;
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
  readonly pieces: ParsedPieces | undefined;
}

/** Compilations that are kept; the one that was not asked for longest goes first. */
const keptCompilations = 100;

export function createWorkspace(disk: Disk): Workspace {
  let folders: readonly string[] = [];
  let found: readonly string[] | undefined;
  const projects = createProjects(disk, () => folders);
  const files = createFiles(disk);
  const { file, openPaths, isOpen } = files;

  const specs = (): readonly string[] => {
    found ??= folders.flatMap(disk.specsUnder);
    return [...new Set([...found, ...openPaths()])].sort();
  };
  const dependents = (path: string): readonly string[] => reachedFrom(path, importersOf(specs(), file, projects));
  const isModel = (path: string): boolean =>
    file(path)?.spec.declarations.some(({ kind }) => kind === "Model") === true;

  return {
    projects,
    ...files,
    setFolders: (next) => {
      folders = next;
      found = undefined;
    },
    noteChangedFiles: () => {
      found = undefined;
    },
    compilation: createCompilations(file, projects),
    specs,
    dependents,
    rootsOf: (path) => {
      if (isModel(path)) return [path];
      const models = dependents(path).filter(isModel);
      const ordered = [...models.filter(isOpen), ...models.filter((model) => !isOpen(model))];
      return ordered.length === 0 ? [path] : ordered;
    },
  };
}

type Files = Pick<Workspace, "open" | "close" | "isOpen" | "openPaths" | "file" | "parseInstead" | "formattingMemory">;

/** Files as they are now, each version parsed once. */
function createFiles(disk: Disk): Files {
  const texts = new Map<string, string>();
  const parsed = new Map<string, Version>();
  const memories = new Map<string, FormattingMemory>();

  const parseVersion = (path: string, text: string): Pick<Version, "file" | "pieces"> => {
    const source = createSourceFile(path, text);
    const { pieces, ...result } = parseAgain(source, parsed.get(path)?.pieces);
    return { file: { source, ...result }, pieces };
  };
  const remember = (path: string, stamp: string, text: string): ParsedFile => {
    const version = parseVersion(path, text);
    parsed.set(path, { stamp, ...version });
    return version.file;
  };

  return {
    open: (path, text) => void texts.set(path, text),
    close: (path) => {
      texts.delete(path);
      memories.delete(path);
    },
    isOpen: (path) => texts.has(path),
    openPaths: () => [...texts.keys()],
    file: (path) => {
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
    },
    parseInstead: (path, text) => {
      const known = parsed.get(path)?.file;
      return known?.source.text === text ? known : parseVersion(path, text).file;
    },
    formattingMemory: (path) => {
      const memory = memories.get(path) ?? {};
      if (texts.has(path)) memories.set(path, memory);
      return memory;
    },
  };
}

/** Compiles specs, again only where a file that was asked for or the settings have changed. */
function createCompilations(file: Files["file"], projects: Projects): Workspace["compilation"] {
  const roots = new Map<string, CompiledRoot>();
  const isCurrent = ({ settings, used }: CompiledRoot, now: SpecSettings): boolean =>
    settings === now && [...used].every(([path, was]) => file(path) === was);

  return (path) => {
    const known = roots.get(path);
    roots.delete(path);
    const settings = projects.settings(path);
    if (known !== undefined && isCurrent(known, settings)) {
      roots.set(path, known);
      return known.compilation;
    }
    const used = new Map<string, ParsedFile | undefined>();
    const read = (wanted: string): ParsedFile | undefined => {
      const next = file(wanted);
      used.set(wanted, next);
      return next;
    };
    const compilation = compileFiles(path, read, { settings: projects.settings });
    roots.set(path, { compilation, used, settings });
    const oldest = roots.keys().next().value;
    if (roots.size > keptCompilations && oldest !== undefined) roots.delete(oldest);
    return compilation;
  };
}

/** The specs that name a file, by the file. */
function importersOf(
  specs: readonly string[],
  file: Files["file"],
  projects: Projects,
): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const spec of specs) {
    const { spec: tree } = file(spec) ?? {};
    for (const written of tree === undefined ? [] : filesNamedIn(tree)) {
      for (const target of importCandidates(spec, written, projects.settings(spec).paths))
        importers.set(target, [...(importers.get(target) ?? []), spec]);
    }
  }
  return importers;
}

function reachedFrom(path: string, importers: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reached = new Set([path]);
  for (const next of reached) for (const importer of importers.get(next) ?? []) reached.add(importer);
  return [...reached];
}
