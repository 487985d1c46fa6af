/** Between URIs and the paths that the compiler knows files by, where the workspace may have any scheme. */
import { isStdPath, stdPath } from "../../compiler/std/index.js";
import type { StdFiles } from "../platform.js";

/** The scheme under which an editor in a browser opens the standard library. */
export const stdScheme = "mtl-std";

export interface Uris {
  readonly pathOfUri: (uri: string) => string;
  readonly uriOfPath: (path: string) => string;
}

/**
 * `vscode-vfs://github/owner/repository/a.mtl` is `/owner/repository/a.mtl`. The first scheme and authority with folders
 * is the workspace's; the URI of anything else stands for itself.
 */
export function createUris(): Uris {
  let home: string | undefined;
  return {
    pathOfUri: (uri) => {
      const [, origin = "", path = ""] = /^([\w+.-]+:\/\/[^/]*)(\/.*)$/.exec(uri) ?? [];
      if (path === "") return uri;
      home ??= origin;
      if (origin !== home) return uri;
      try {
        return decodeURIComponent(path);
      } catch {
        return uri;
      }
    },
    uriOfPath: (path) =>
      path.startsWith("/") && home !== undefined ? home + path.split("/").map(encodeURIComponent).join("/") : path,
  };
}

/** The library as documents of its own scheme, whose texts the editor asks the server for. */
export const stdDocuments: StdFiles = {
  toEditor: (path) => (isStdPath(path) ? `${stdScheme}:/${path.split("/").slice(1).join("/")}` : path),
  fromEditor: (path) => {
    const [, release, name] = new RegExp(`^${stdScheme}:/(\\d+)/([^/]+)\\.mtl$`).exec(path) ?? [];
    return name === undefined ? path : stdPath(name, Number(release));
  },
};
