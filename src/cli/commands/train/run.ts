import { join, resolve } from "node:path";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import { hasCheckpoint } from "../../../runtime/train/checkpoint.js";
import { checkpointsIn } from "../../../runtime/train/prepare-output.js";

/** Where an artifact goes when nobody says: `out/MODEL`. */
export async function defaultOutput(spec: string): Promise<string> {
  const { model } = await loadModelSource(spec, resolve("."));
  return join("out", model.name);
}

/** Whether a run that ended early can be gone on with. */
export async function canResume(output: string): Promise<boolean> {
  return hasCheckpoint(checkpointsIn(output));
}
