import { dirname, relative } from "node:path";
import { createFailure, Failure } from "../runtime/failure.js";
import { findProject, foldersOf } from "../runtime/specs/project-file.js";
import { findSpecFiles } from "../runtime/specs/spec-files.js";

/**
 * The specs that a command works on: those that its arguments name, else those below the folders of the project above the
 * working directory, or below the project's own folder where it names none. Throws a {@link Failure} (MTL8005) when there
 * is neither.
 */
export async function namedSpecs(paths: readonly string[], command: string): Promise<readonly string[]> {
  if (paths.length > 0) return findSpecFiles(paths);
  const project = findProject(".");
  if (project === undefined)
    throw createFailure("MTL8005", { command, argument: "SPEC", usage: `mtlc ${command} SPEC…` }, undefined, {
      help: "without SPEC, the specs are those of a project: put an `mtlc.json` with `paths` into its folder",
    });
  const own = relative(process.cwd(), dirname(project.file)) || ".";
  const folders = project.paths === undefined ? [own] : foldersOf(project, false);
  // A folder of parts may be empty for now; a project without any spec is a mistake.
  const found = await Promise.all(folders.map((folder) => findSpecFiles([folder]).catch(emptyFolder)));
  const specs = [...new Set(found.flat())];
  if (specs.length === 0) throw createFailure("MTL8012", { path: folders.join("`, `"), folder: true });
  return specs;
}

function emptyFolder(error: unknown): readonly string[] {
  if (error instanceof Failure && error.diagnostics.every(({ code }) => code === "MTL8012")) return [];
  throw error;
}
