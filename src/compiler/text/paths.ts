/** Paths as specs write them: both kinds of slash are understood, `/` is written. No file system is asked. */
import { isUrl } from "./urls.js";

/** The path of what `path`, written in the file `from`, means: relative to that file's folder, `.` and `..` taken out. */
export function resolvePath(from: string, path: string): string {
  return isAbsolute(path) ? normalizePath(path) : normalizePath(folderOf(from) + path);
}

/**
 * Where an import may lie, the first choice first: beside the file, and for a path that begins neither with `.` nor at a
 * root, in `folders`.
 */
export function importCandidates(from: string, path: string, folders: readonly string[]): readonly string[] {
  const beside = resolvePath(from, path);
  const isBare = !isAbsolute(path) && !/^\.\.?[\\/]/.test(path);
  return isBare ? [beside, ...folders.map((folder) => resolvePath(`${folder}/`, path))] : [beside];
}

/** How the file `from` would write what the file `other` writes as `path`. */
export function rebasePath(path: string, other: string, from: string): string {
  const [here, there] = [normalizePath(folderOf(from)), normalizePath(folderOf(other))];
  if (isUrl(path) || isAbsolute(path) || here === there) return path;
  const target = resolvePath(other, path).split("/");
  const base = here === "" ? [] : here.split("/");
  let shared = 0;
  while (shared < base.length && shared < target.length - 1 && base[shared] === target[shared]) shared++;
  const up = base.slice(shared);
  // From a folder whose name is not known, there is no way back down.
  if (up.includes("..") || isAbsolute(target.join("/")) !== isAbsolute(`${here}/`)) return target.join("/");
  return [...up.map(() => ".."), ...target.slice(shared)].join("/");
}

function isAbsolute(path: string): boolean {
  return /^([A-Za-z]:)?[\\/]/.test(path);
}

function folderOf(path: string): string {
  return path.replace(/[^\\/]*$/, "");
}

function normalizePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "." || (part === "" && parts.length > 0)) continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") {
      // Above the root there is nothing.
      if (parts.at(-1) !== "") parts.pop();
    } else parts.push(part);
  }
  return parts.join("/");
}

/** Whether a path names a spec: only such files are imported or extended. */
export function isSpecPath(path: string): boolean {
  return path.endsWith(".mtl");
}
