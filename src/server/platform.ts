/** What a server asks of where it runs: Node beside an editor, or a worker of a browser. */
import type { Connection } from "vscode-languageserver";

/** What the server reads of files: texts of specs, and which specs there are. */
export interface Disk {
  /** Changes whenever the file's text does; undefined where there is no file. */
  readonly stamp: (path: string) => string | undefined;
  readonly read: (path: string) => string | undefined;
  /** All specs under a folder, with `/`. */
  readonly specsUnder: (folder: string) => readonly string[];
  /** Files that appeared, changed or went away; a disk that looks each time needs none of it. */
  readonly noteChanges?: (paths: readonly string[]) => void;
  /** Resolves when what was asked for has arrived; undefined where nothing is under way. */
  readonly arrival?: () => Promise<void> | undefined;
}

/** The standard library as files that an editor can open. */
export interface StdFiles {
  /** A path that an editor can open for one of the library; any other path as it is. */
  readonly toEditor: (path: string) => string;
  /** The library's own path for such a file; any other path as it is. */
  readonly fromEditor: (path: string) => string;
}

export interface Platform {
  readonly connection: Connection;
  readonly disk: Disk;
  readonly std: StdFiles;
  readonly pathOfUri: (uri: string) => string;
  readonly uriOfPath: (path: string) => string;
  /** The address of the page about a code, where there is one. */
  readonly pageOf: (code: string) => string | undefined;
}
