/** The standard library as files that any editor can open: written when one is first wanted, gone with the process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isStdPath, stdPath, stdReleases } from "../../compiler/std/index.js";
import type { StdFiles } from "../platform.js";

export function createStdFiles(): StdFiles {
  let folder: string | undefined;
  const write = (): string => {
    const made = mkdtempSync(join(tmpdir(), "mtl-std-"));
    for (const [release, texts] of stdReleases) {
      mkdirSync(join(made, String(release)));
      for (const [name, text] of Object.entries(texts))
        writeFileSync(join(made, String(release), `${name}.mtl`), text, { mode: 0o444 });
    }
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    return made.replaceAll("\\", "/");
  };
  return {
    toEditor: (path) => {
      if (!isStdPath(path)) return path;
      folder ??= write();
      return `${folder}/${path.split("/").slice(1).join("/")}`;
    },
    fromEditor: (path) => {
      if (folder === undefined || !path.startsWith(`${folder}/`)) return path;
      const [release = "", file = ""] = path.slice(folder.length + 1).split("/");
      return stdPath(file.slice(0, -".mtl".length), Number(release));
    },
  };
}
