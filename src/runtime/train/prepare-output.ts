/** What a run does with its output directory before any data is read. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkOutputDirectory, entriesOf, manifestName } from "../artifact/index.js";
import { createFailure } from "../failure.js";
import { checkWritable, refuseReplacement } from "../outputs.js";
import { hasCheckpoint } from "./checkpoint.js";

/** Where a run starts: at its beginning, at a checkpoint, or nowhere, when `resume` finds an artifact and no checkpoint. */
export type RunStart = "fresh" | "resume" | "finished";

/** The folder of an output directory that holds the checkpoints of its run. */
export function checkpointsIn(output: string): string {
  return join(output, "checkpoints");
}

/**
 * Where a run with this output starts. `inputs` are the files and folders that it reads: the output replaces none of them.
 * `force` drops the checkpoints of an unfinished run. Throws a {@link Failure} when the directory is not ours, or holds a run
 * that nobody asked to drop or to go on with.
 */
export async function prepareOutput(
  output: string,
  inputs: readonly string[],
  { resume = false, force = false }: { readonly resume?: boolean; readonly force?: boolean },
): Promise<RunStart> {
  await checkOutputDirectory(output);
  refuseReplacement(output, inputs);
  await checkWritable(output);
  const checkpoints = checkpointsIn(output);
  const isUnfinished = await hasCheckpoint(checkpoints);
  if (resume) return isUnfinished ? "resume" : (await entriesOf(output)).includes(manifestName) ? "finished" : "fresh";
  if (!isUnfinished) return "fresh";
  if (!force) throw createFailure("MTL7306", { directory: output });
  await rm(checkpoints, { recursive: true, force: true });
  return "fresh";
}
