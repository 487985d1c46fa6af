import { join } from "node:path";
import { loadSpec } from "../../runtime/spec.js";
import { hasCheckpoint } from "../../runtime/train/checkpoint.js";

/** Where an artifact goes when nobody says: `out/MODEL`. */
export function defaultOutput(spec: string): string {
  return join("out", loadSpec(spec).model.name);
}

/** Whether a run that ended early can be gone on with. */
export async function canResume(output: string): Promise<boolean> {
  return hasCheckpoint(join(output, "checkpoints"));
}
