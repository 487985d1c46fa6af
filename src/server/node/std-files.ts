/** The standard library as files that any editor can open: written when one is first wanted, gone with the process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isStdPath, readStd, stdNames, stdPath } from "../../compiler/std/index.js";
import type { StdFiles } from "../platform.js";

export function createStdFiles(): StdFiles {
  let folder: string | undefined;
  const write = (): string => {
    const made = mkdtempSync(join(tmpdir(), "mtl-std-"));
    for (const name of stdNames)
      writeFileSync(join(made, `${name}.mtl`), readStd(stdPath(name)) ?? "", { mode: 0o444 });
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    return made.replaceAll("\\", "/");
  };
  return {
    toEditor: (path) => {
      if (!isStdPath(path)) return path;
      folder ??= write();
      return `${folder}/${path.slice(path.lastIndexOf("/") + 1)}`;
    },
    fromEditor: (path) =>
      folder !== undefined && path.startsWith(`${folder}/`)
        ? stdPath(path.slice(folder.length + 1, -".mtl".length))
        : path,
  };
}
