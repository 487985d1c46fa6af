/**
 * The standard library: blocks of the language that a spec imports by name, `import { mmoe, esmm } from std`. In goes a
 * name, out comes a text. The texts are those of `specs/std`, bundled, so that they are the same in a browser and from an
 * installed package. Each release has the name of the edition that it came with, and its texts never change.
 */
import { stdTexts } from "./texts.js";

/** The blocks of each release: edition → name → text, the oldest release first. */
export type StdReleases = ReadonlyMap<number, Readonly<Record<string, string>>>;

export const stdReleases: StdReleases = new Map([[2026, stdTexts]]);

/** The release whose blocks a file of an edition gets when it names none: the newest that is not newer. */
export function releaseFor(edition: number, releases: StdReleases = stdReleases): number {
  return Math.max(...[...releases.keys()].filter((release) => release <= edition), Math.min(...releases.keys()));
}

/** The names of the blocks of the newest release. */
export const stdNames: readonly string[] = Object.keys([...stdReleases.values()].at(-1) ?? {});

const folder = "<std>/";

/** The path that a block has among the files of a spec; no file on a disk has it. */
export function stdPath(name: string, release: number = releaseFor(Infinity)): string {
  return `${folder}${release}/${name}.mtl`;
}

/** Whether a path is one of the standard library's. */
export function isStdPath(path: string): boolean {
  return path.startsWith(folder);
}

/** The text under such a path; undefined when there is no such block. */
export function readStd(path: string, releases: StdReleases = stdReleases): string | undefined {
  const [, release, name] = /^<std>\/(\d+)\/(.*)\.mtl$/.exec(path) ?? [];
  const texts = releases.get(Number(release));
  return texts !== undefined && name !== undefined && Object.hasOwn(texts, name) ? texts[name] : undefined;
}

/** The release that a path of {@link stdPath} is of. */
export function releaseOf(path: string): number {
  return Number(/^<std>\/(\d+)\//.exec(path)?.[1]);
}
