/** From what a command line names to specs on the disk: files, folders with all that lies in them, and globs. */
import { compareText } from "../../compiler/text/index.js";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createFailure } from "../failure.js";

/**
 * The files that paths name, each once: a file as it is, a folder as every `.mtl` file below it, a glob as what it
 * matches, both sorted. A path that is not there stays in the list, so that whoever reads it says so; a folder or a glob
 * without a spec is a {@link Failure} (MTL8012). Folders that begin with a dot, and `node_modules`, are not entered.
 */
export async function findSpecFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const kind = kindOf(path);
    if (kind === "file") found.add(path);
    else {
      const files = kind === "folder" ? specsBelow(path) : await specsMatching(path);
      if (files.length === 0) throw createFailure("MTL8012", { path, folder: kind === "folder" });
      for (const file of files) found.add(file);
    }
  }
  return [...found];
}

function kindOf(path: string): "file" | "folder" | "glob" {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return /[*?[\]{}!]/.test(path) ? "glob" : "file";
  }
}

function specsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith(".") || entry.name === "node_modules" ? [] : specsBelow(path);
      return entry.isFile() && entry.name.endsWith(".mtl") ? [path] : [];
    });
}

async function specsMatching(pattern: string): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const files = await glob(pattern.replaceAll("\\", "/"), { ignore: ["**/node_modules/**"], expandDirectories: false });
  return files.filter((file) => file.endsWith(".mtl")).toSorted();
}
