/** What `--resume` says of a directory whose run is done. */
import type { Model } from "../../compiler/model/model.js";
import { artifactFiles, readArtifact, readRunNote } from "../artifact/index.js";
import { createFailure } from "../failure.js";
import { readEvaluation } from "../measure/stored-measured.js";
import { identityDifference, type RunIdentity } from "./checkpoint.js";
import type { TrainResult } from "./result.js";

/**
 * The result of a run that is done already, for one that would be the same. Throws a {@link Failure}: MTL7331 when the artifact
 * is of another run or does not say of which, and what `readArtifact` throws when it is damaged.
 */
export async function finishedRun(directory: string, identity: RunIdentity, model: Model): Promise<TrainResult> {
  const files = await readArtifact(directory);
  const { identity: known, finished } = (await readRunNote(directory)) ?? {};
  if (known === undefined || finished === undefined || !files.manifest.trained)
    throw createFailure("MTL7331", { directory, what: undefined });
  const { train } = JSON.parse(files.text(files.manifest.model.file)) as Model;
  const what = identityDifference(known as Partial<RunIdentity>, identity);
  const length = (["epochs", "steps"] as const).find((bound) => train[bound] !== model.train[bound]);
  if (what !== undefined || length !== undefined)
    throw createFailure("MTL7331", { directory, what: what ?? `the number of ${length ?? ""}` });
  const isMeasured = files.manifest.files.some(({ path }) => path === artifactFiles.metrics);
  return {
    summary: { ended: "done", ...finished, rowsPerSecond: 0, seconds: 0 },
    history: [],
    alreadyTrained: true,
    artifact: directory,
    ...(isMeasured
      ? {
          evaluation: readEvaluation(
            JSON.parse(files.text(artifactFiles.metrics)) as NonNullable<TrainResult["evaluation"]>,
          ),
        }
      : {}),
  };
}
