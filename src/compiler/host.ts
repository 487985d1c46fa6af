/** What the compiler asks of the outside: the texts of files. Everything else it computes. */
export interface Host {
  /** The text of a file, or undefined when there is none or it cannot be read; also of paths that specs name. */
  readonly readFile: (path: string) => string | undefined;
}

/** A host that knows the given files alone: for texts from memory. */
export function createMemoryHost(files: Readonly<Record<string, string>>): Host {
  return { readFile: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) };
}
