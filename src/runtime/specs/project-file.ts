/** Project files on the disk: the nearest `mtlc.json` above a spec, read once, and a {@link Failure} where it is wrong. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { noSettings, type SpecSettings } from "../../compiler/host.js";
import { createSourceFile } from "../../compiler/text/index.js";
import { type JsonTools, parseProject, type Project, projectFileName, settingsOf } from "../../project/index.js";
import { Failure } from "../failure.js";
import { statOf } from "../stat-of.js";

/** Loaded when there is a project file, as Node's own `module` is: most checks need none of them. */
export function jsonTools(): JsonTools {
  const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);
  const { Ajv } = require("ajv") as typeof import("ajv");
  const { parseTree, findNodeAtLocation } = require("jsonc-parser") as typeof import("jsonc-parser");
  return { createAjv: () => new Ajv({ strict: true }), parseTree, findNodeAtLocation };
}

interface Read {
  readonly stamp: string;
  readonly project: Project;
}

const known = new Map<string, Read>();

/**
 * The project of a spec, or of a folder: what the nearest `mtlc.json` in its folder or above says; undefined when there is
 * none. Throws a {@link Failure} (MTL8050, MTL8051) when the file is wrong.
 */
export function findProject(path: string): Project | undefined {
  const start = resolve(path);
  for (let folder = isFolder(start) ? start : dirname(start); ; folder = dirname(folder)) {
    const file = join(folder, projectFileName);
    const stat = statOf(file);
    if (stat?.isFile() === true) return readProject(file, `${stat.mtimeMs}:${stat.size}`);
    if (folder === dirname(folder)) return undefined;
  }
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function readProject(file: string, stamp: string): Project {
  const before = known.get(file);
  if (before?.stamp === stamp) return before.project;
  const shown = relative(process.cwd(), file) || file;
  const text = readFileSync(file, "utf8");
  const result = parseProject(shown, text, jsonTools());
  if (result.kind === "wrong")
    throw new Failure([result.diagnostic], new Map([[shown, createSourceFile(shown, text)]]));
  const project = { ...result.project, file };
  known.set(file, { stamp, project });
  return project;
}

/** What the compiler reads of a spec's project. Folders are as the spec's path is: relative to the working directory, or absolute. */
export function settingsAt(path: string): SpecSettings {
  const project = findProject(path);
  return project === undefined ? noSettings : settingsOf(project, foldersOf(project, isAbsolute(path)));
}

/** The folders that a project names, absolute or relative to the working directory. */
export function foldersOf({ file, paths = [] }: Project, absolute: boolean): readonly string[] {
  return paths.map((folder) => {
    const full = resolve(dirname(file), folder);
    return absolute ? full : relative(process.cwd(), full) || ".";
  });
}
