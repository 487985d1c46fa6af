import { omitUndefined } from "../../../compiler/text/index.js";
import { describeEngines, type EngineReport, setUpNative } from "../../../runtime/engine/index.js";
import { findProject } from "../../../runtime/specs/project-file.js";
import { version } from "../../../runtime/version.js";
import type { Outcome } from "../../command.js";

export interface DoctorResult extends EngineReport {
  readonly mtlc: string;
  /** The path of the project file above the working directory. */
  readonly project?: string;
}

/** Looks at the engines; with `install`, puts the native one in place first and reports while it does. */
export async function runDoctor(
  { install }: { readonly install: boolean },
  report: (line: string) => void,
): Promise<Outcome<DoctorResult>> {
  const installed = install ? await setUpNative({ report: (line) => report(`${line}\n`) }) : undefined;
  if (installed?.kind === "unavailable") report(`the native engine could not be installed: ${installed.reason}\n`);
  const project = findProject(".")?.file;
  const result: DoctorResult = {
    mtlc: version,
    ...omitUndefined({ project }),
    ...(await describeEngines()),
  };
  return { result, exitCode: installed?.kind === "unavailable" ? 1 : 0 };
}
