import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** A folder that holds more files than this tells its story by folders of its own. */
const most = 20;

function crowded(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const files = entries.filter((entry) => entry.isFile());
  const own = files.length > most && folders.length === 0 ? [`${relative(root, folder)}: ${files.length} files`] : [];
  return [...own, ...folders.flatMap(({ name }) => crowded(join(folder, name)))];
}

it("has no folder of more than 20 files without subfolders", () => {
  expect(crowded(join(root, "src"))).toEqual([]);
});
