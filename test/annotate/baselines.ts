/** The baselines under `test/baselines`: sources whose notes are what the compiler says of them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { strip } from "./weave.js";

export const folder = resolve(import.meta.dirname, "../baselines");

/** A file of a set: its path below {@link folder}, and the spec that is compiled for it. */
export interface Baseline {
  readonly path: string;
  readonly root: string;
}

/** The specs of a folder. Files of an inner folder are parts of the `main.mtl` there. */
export function baselinesIn(set: string): readonly Baseline[] {
  return readdirSync(join(folder, set), { recursive: true })
    .map((name) => `${set}/${String(name)}`)
    .filter((path) => path.endsWith(".mtl"))
    .toSorted()
    .map((path) => {
      const main = path.replace(/[^/]*$/, "main.mtl");
      return { path, root: existsSync(join(folder, main)) ? main : path };
    });
}

/** Compiles the source of a baseline: the text without its notes, or with them. */
export function compileBaseline(path: string, read: (text: string) => string = strip): Compilation {
  return compileSpec(path, {
    readFile: (name) => {
      const file = join(folder, name);
      return existsSync(file) ? read(readFileSync(file, "utf8")) : undefined;
    },
  });
}
