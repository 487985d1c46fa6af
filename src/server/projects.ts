/** Project files as the server reads them: the nearest `mtlc.json` above a spec, and what is wrong with those that are. */
import { Ajv } from "ajv";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import type { Diagnostic } from "../compiler/diagnostics/index.js";
import { noSettings, type SpecSettings } from "../compiler/host.js";
import { createSourceFile, resolvePath, type SourceFile } from "../compiler/text/index.js";
import { parseProject, type Project, projectFileName, type ProjectResult, settingsOf } from "../project/index.js";
import type { Disk } from "./platform.js";

export interface Projects {
  /** What the compiler reads of a spec's project; the same object as long as its file stays the same. */
  readonly settings: (path: string) => SpecSettings;
  /** Columns of a line of formatted specs; undefined where the project says nothing. */
  readonly width: (path: string) => number | undefined;
  /** The files that are wrong, which say nothing until they are corrected. */
  readonly faults: () => readonly { readonly source: SourceFile; readonly diagnostic: Diagnostic }[];
}

interface Read {
  readonly stamp: string;
  readonly source: SourceFile;
  readonly result: ProjectResult;
  readonly settings: SpecSettings;
}

const tools = { createAjv: () => new Ajv({ strict: true }), parseTree, findNodeAtLocation };

/** `folders` are those of the workspace: where looking for a file costs a question to the editor, it is looked for there only. */
export function createProjects(disk: Disk, folders: () => readonly string[]): Projects {
  const known = new Map<string, Read>();
  const readAt = (file: string): Read | undefined => {
    const stamp = disk.stamp(file);
    const before = known.get(file);
    if (stamp !== undefined && before?.stamp === stamp) return before;
    const text = stamp === undefined ? undefined : disk.read(file);
    if (stamp === undefined || text === undefined) {
      known.delete(file);
      return undefined;
    }
    const result = parseProject(file, text, tools);
    const settings =
      result.kind === "project" ? settingsOf(result.project, foldersOf(file, result.project)) : noSettings;
    const read = { stamp, source: createSourceFile(file, text), result, settings };
    known.set(file, read);
    return read;
  };
  const nearest = (path: string): Read | undefined => {
    for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (disk.arrival !== undefined && !folders().some((each) => `${folder}/`.startsWith(`${each}/`))) break;
      const read = readAt(`${folder}/${projectFileName}`);
      if (read !== undefined) return read;
      if (at === 0) break;
    }
    return undefined;
  };
  return {
    settings: (path) => nearest(path)?.settings ?? noSettings,
    width: (path) => {
      const result = nearest(path)?.result;
      return result?.kind === "project" ? result.project.width : undefined;
    },
    faults: () =>
      [...known.values()].flatMap(({ source, result }) =>
        result.kind === "wrong" ? [{ source, diagnostic: result.diagnostic }] : [],
      ),
  };
}

function foldersOf(file: string, { paths = [] }: Project): readonly string[] {
  return paths.map((folder) => resolvePath(file, folder));
}
