/** Between the protocol's URIs and the paths that the compiler knows files by. */
import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a file, with `/`; any other URI (`untitled:…`) stands for itself. */
export function pathOfUri(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return fileURLToPath(uri).replaceAll("\\", "/");
  } catch {
    return uri;
  }
}

export function uriOfPath(path: string): string {
  return /^([A-Za-z]:)?\//.test(path) ? pathToFileURL(path).href : path;
}
