/** What the compiler asks of the outside: the texts of files. Everything else it computes. */
export interface Host {
  /** What the project of a spec says; nothing unless given. */
  readonly settings?: (path: string) => SpecSettings;
  /** The text of a file, or undefined when there is none or it cannot be read; also of paths that specs name. */
  readonly readFile: (path: string) => string | undefined;
}

/** A host that knows only the given files: for texts from memory. */
export function createMemoryHost(files: Readonly<Record<string, string>>): Host {
  return { readFile: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) };
}

/** How loud a diagnostic of a code is; `off` leaves it out. */
export type SeverityLevel = "error" | "warning" | "off";

/** What a project says of its specs, as far as the compiler reads it. */
export interface SpecSettings {
  /** The edition of specs that do not say it. */
  readonly edition?: number;
  /** Folders where imports are looked for that are not beside the file; absolute, or relative as the paths of specs are. */
  readonly paths: readonly string[];
  /** By code; only of warnings and notes. */
  readonly severities: ReadonlyMap<string, SeverityLevel>;
}

/** A project that says nothing. */
export const noSettings: SpecSettings = { paths: [], severities: new Map() };
