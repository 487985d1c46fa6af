/** The workloads that the parts share, as the options say. */
import { censusWorkload, syntheticFolder, syntheticWorkload, type Workload } from "../training/workloads.js";
import type { AllOptions } from "./options.js";

export function trainingWorkloads(options: AllOptions): readonly Workload[] {
  const synthetic = syntheticOf(options);
  return [censusWorkload(), ...(synthetic === undefined ? [] : [synthetic])];
}

export function syntheticOf({ synthetic, rows }: AllOptions): Workload | undefined {
  return syntheticWorkload(syntheticFolder(synthetic, rows));
}
