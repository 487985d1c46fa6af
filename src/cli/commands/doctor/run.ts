import { describeEngines, type EngineReport, setUpNative } from "../../../runtime/engine/index.js";
import { version } from "../../../runtime/version.js";
import type { Outcome } from "../../command.js";

export interface DoctorResult extends EngineReport {
  readonly mtlc: string;
}

/** Looks at the engines; with `install`, puts the native one in place first and reports while it does. */
export async function runDoctor(
  { install }: { readonly install: boolean },
  report: (line: string) => void,
): Promise<Outcome<DoctorResult>> {
  const installed = install ? await setUpNative({ report: (line) => report(`${line}\n`) }) : undefined;
  if (installed?.kind === "unavailable") report(`the native engine could not be installed: ${installed.reason}\n`);
  const result: DoctorResult = { mtlc: version, ...(await describeEngines()) };
  return { result, exitCode: installed?.kind === "unavailable" ? 1 : 0 };
}
