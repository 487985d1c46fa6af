/**
 * Folders with those above them. Node's own `recursive` never returns, and hears no signal, where the system says of a folder that is there that nothing can be
 * made in it as if it were not there: everywhere below `/proc`.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Makes a folder, and those above it, where there are none. Throws the system's error where one cannot be made, or is a file. */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const missing = [resolve(path)];
  for (let above = dirname(missing[0]!); !existsSync(above) && above !== dirname(above); above = dirname(above))
    missing.unshift(above);
  for (const folder of missing)
    try {
      mkdirSync(folder);
    } catch (error) {
      // It was there, or another process has made it meanwhile.
      if (!isFolder(folder)) throw error;
    }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
