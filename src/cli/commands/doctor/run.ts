import { omitUndefined } from "../../../compiler/text/index.js";
import { describeEngines, type EngineReport, setUpNative, setUpSteps } from "../../../runtime/engine/index.js";
import { type ExtensionName, extensionNames, findExtension } from "../../../runtime/data/files/remote/extensions.js";
import { duckdbVersion, setUpExtensions } from "../../../runtime/data/files/remote/setup.js";
import { loadLightGbm } from "../../../runtime/trees/library.js";
import { setUpLightGbm } from "../../../runtime/trees/setup.js";
import { findProject } from "../../../runtime/specs/project-file.js";
import { version } from "../../../runtime/version.js";
import type { Outcome } from "../../command.js";

export interface DoctorResult extends EngineReport {
  readonly mtlc: string;
  /** The path of the project file above the working directory. */
  readonly project?: string;
  /** What makes trees. */
  readonly lightgbm:
    { readonly available: true; readonly path: string } | { readonly available: false; readonly problem: string };
  readonly duckdb: {
    readonly version: string;
    /** The extensions that are installed, for data of servers and databases. */
    readonly extensions: readonly ExtensionName[];
  };
}

/** Looks at the engines, LightGBM and DuckDB's extensions; with `install`, puts what is missing in place first and reports while it does. */
export async function runDoctor(
  { install }: { readonly install: boolean },
  report: (line: string) => void,
): Promise<Outcome<DoctorResult>> {
  const told = { report: (line: string) => report(`${line}\n`) };
  const installed = install ? await setUpNative(told) : undefined;
  if (installed?.kind === "unavailable") report(`the native engine could not be installed: ${installed.reason}\n`);
  const steps = install ? await setUpSteps(told.report) : undefined;
  if (steps !== undefined) report(`the fused engine could not be installed: ${steps}\n`);
  const trees = install ? await setUpLightGbm(told) : undefined;
  if (trees?.kind === "unavailable") report(`LightGBM could not be installed: ${trees.reason}\n`);
  const added = install ? await setUpExtensions(told) : new Map<ExtensionName, never>();
  for (const [name, each] of added)
    if (each.kind === "unavailable") report(`DuckDB's ${name} could not be installed: ${each.reason}\n`);
  const library = await loadLightGbm();
  const duckdb = await duckdbVersion();
  const project = findProject(".")?.file;
  const result: DoctorResult = {
    mtlc: version,
    ...omitUndefined({ project }),
    ...(await describeEngines()),
    lightgbm:
      library.kind === "loaded"
        ? { available: true, path: library.library.path }
        : { available: false, problem: library.problem },
    duckdb: { version: duckdb, extensions: extensionNames.filter((name) => findExtension(name, duckdb) !== undefined) },
  };
  const isIncomplete = [installed, trees, ...added.values()].some((each) => each?.kind === "unavailable");
  return { result, exitCode: isIncomplete ? 1 : 0 };
}
