import { omitUndefined } from "../../../compiler/text/index.js";
import { describeEngines, type EngineReport, setUpNative } from "../../../runtime/engine/index.js";
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
}

/** Looks at the engines and LightGBM; with `install`, puts the native one and LightGBM in place first and reports while it does. */
export async function runDoctor(
  { install }: { readonly install: boolean },
  report: (line: string) => void,
): Promise<Outcome<DoctorResult>> {
  const told = { report: (line: string) => report(`${line}\n`) };
  const installed = install ? await setUpNative(told) : undefined;
  if (installed?.kind === "unavailable") report(`the native engine could not be installed: ${installed.reason}\n`);
  const trees = install ? await setUpLightGbm(told) : undefined;
  if (trees?.kind === "unavailable") report(`LightGBM could not be installed: ${trees.reason}\n`);
  const library = await loadLightGbm();
  const project = findProject(".")?.file;
  const result: DoctorResult = {
    mtlc: version,
    ...omitUndefined({ project }),
    ...(await describeEngines()),
    lightgbm:
      library.kind === "loaded"
        ? { available: true, path: library.library.path }
        : { available: false, problem: library.problem },
  };
  const isIncomplete = [installed, trees].some((each) => each?.kind === "unavailable");
  return { result, exitCode: isIncomplete ? 1 : 0 };
}
