/**
 * The standard library: blocks of the language that a spec imports by name, `import { mmoe, esmm } from std`. In goes a
 * name, out comes a text. The texts are those of `specs/std`, bundled, so that they are the same in a browser and from an
 * installed package, and belong to one version of the compiler.
 */
import { stdTexts } from "./texts.js";

/** The names of the blocks. */
export const stdNames: readonly string[] = Object.keys(stdTexts);

const folder = "<std>/";

/** The path that a block has among the files of a spec; no file on a disk has it. */
export function stdPath(name: string): string {
  return `${folder}${name}.mtl`;
}

/** Whether a path is one of the standard library's. */
export function isStdPath(path: string): boolean {
  return path.startsWith(folder);
}

/** The text under such a path; undefined when there is no such block. */
export function readStd(path: string): string | undefined {
  const name = path.slice(folder.length, -".mtl".length);
  return isStdPath(path) && Object.hasOwn(stdTexts, name) ? stdTexts[name] : undefined;
}
