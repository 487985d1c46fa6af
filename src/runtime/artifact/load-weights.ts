import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import { artifactModel, loadArtifact, type LoadedArtifact, readArtifact } from "./index.js";
import { createFailure, noLocation } from "../failure.js";
import type { TrainEvent } from "../events.js";

/**
 * An artifact with weights to measure or to start from; those of one that was compiled and not trained are the first ones,
 * and a warning (MTL7212) says so. Throws a {@link Failure} (MTL7213) for one without a network.
 */
export async function loadWeights(
  directory: string,
  needs: "measure" | "start from",
  { onEvent, signal }: { readonly onEvent: (event: TrainEvent) => void; readonly signal: AbortSignal | undefined },
): Promise<LoadedArtifact> {
  const files = await readArtifact(directory, signal === undefined ? {} : { signal });
  if (artifactModel(files).heads.length === 0) throw createFailure("MTL7213", { directory, needs });
  if (!files.manifest.trained)
    onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7212", { directory }, noLocation(directory)) });
  return loadArtifact(directory, { files, untrained: true });
}
