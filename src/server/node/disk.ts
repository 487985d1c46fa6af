/** The file system as the server reads it. */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Disk } from "../platform.js";

/** Folders and files that a search looks at; a workspace beyond that is searched in part. */
const searchLimit = 50_000;
const skipped: ReadonlySet<string> = new Set(["node_modules", "dist", "build", "target", "__pycache__"]);

export const nodeDisk: Disk = {
  stamp: (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? `${stat.mtimeMs}:${stat.size}` : undefined;
  },
  read: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
  specsUnder: (folder) => {
    const found: string[] = [];
    const pending = [folder];
    let seen = 0;
    for (let next = pending.pop(); next !== undefined && seen < searchLimit; next = pending.pop()) {
      for (const entry of entriesOf(next)) {
        seen++;
        const path = join(next, entry.name);
        if (entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name)) pending.push(path);
        else if (entry.isFile() && entry.name.endsWith(".mtl")) found.push(path.replaceAll("\\", "/"));
      }
    }
    return found.sort();
  },
};

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
