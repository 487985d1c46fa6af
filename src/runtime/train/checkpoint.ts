import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { entriesOf, isSystemError, replaceDirectory } from "../artifact/directory.js";
import { jsonText, sha256 } from "../artifact/hash.js";
import { readRegularFile } from "../artifact/regular-file.js";
import { decodeSafetensors, encodeSafetensors } from "../artifact/safetensors.js";
import type { HostTensor } from "../engine/engine.js";
import { nowhere } from "../failure.js";
import type { StopState } from "./early-stopping.js";
import type { EpochRecord } from "./events.js";
import type { Position } from "./position.js";

/**
 * Checkpoints: `<directory>/step-000000123/` with the whole state of the session (optimizer slots and the step counter
 * included), the position in the data, what early stopping remembers and the history. A checkpoint appears whole by a
 * rename and is checked by hash when it is read, so that a run that is killed at any moment resumes from the last one.
 */
export interface Checkpoint {
  readonly run: RunIdentity;
  readonly position: Position;
  readonly history: readonly EpochRecord[];
  readonly stop: StopState;
  /** Every state variable of the program, by its name in the program. */
  readonly state: ReadonlyMap<string, HostTensor>;
  /** The weights of the best epoch so far, when early stopping keeps them and they are not those of `state`. */
  readonly best?: ReadonlyMap<string, HostTensor>;
}

/** What a run must share with a checkpoint to go on from it; each is a hash or a number. */
export interface RunIdentity {
  readonly model: string;
  readonly fitted: string;
  readonly seed: number;
  readonly batch: number;
  readonly rows: number;
  /** `Dataset.hash` of the training rows: features, labels, weights and groups. */
  readonly data: string;
  /** `Dataset.hash` of what each epoch is measured on; empty without. */
  readonly evaluation: string;
}

/** What a message calls each part. */
const identityWords: Readonly<Record<keyof RunIdentity, string>> = {
  model: "the model",
  seed: "the seed",
  batch: "the batch size",
  rows: "the number of training rows",
  fitted: "the training data (its vocabularies or scales)",
  data: "the training data (its features, labels, weights or groups)",
  evaluation: "the data that each epoch is measured on",
};

/** The first part in which two runs differ, in words; undefined when they are one. */
export function identityDifference(one: Partial<RunIdentity>, other: RunIdentity): string | undefined {
  const parts = Object.keys(identityWords) as (keyof RunIdentity)[];
  const part = parts.find((key) => one[key] !== other[key]);
  return part === undefined ? undefined : identityWords[part];
}

const checkpointFormat = 2;
const recordName = "checkpoint.json";
const stateName = "state.safetensors";
const bestName = "best.safetensors";

interface CheckpointRecord {
  readonly format: number;
  readonly run: RunIdentity;
  readonly position: Position;
  readonly history: readonly EpochRecord[];
  readonly stop: StopState;
  readonly sha256: Readonly<Record<string, string>>;
}

/** Writes a checkpoint into its folder and removes all but the newest `keep`. Returns the folder. */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint, keep: number): Promise<string> {
  const tensors: Record<string, Uint8Array> = { [stateName]: encodeSafetensors(checkpoint.state) };
  if (checkpoint.best !== undefined) tensors[bestName] = encodeSafetensors(checkpoint.best);
  const record: CheckpointRecord = {
    format: checkpointFormat,
    run: checkpoint.run,
    position: checkpoint.position,
    history: checkpoint.history,
    stop: checkpoint.stop,
    sha256: Object.fromEntries(Object.entries(tensors).map(([name, bytes]) => [name, sha256(bytes)])),
  };
  const body = jsonText(record);
  const folder = join(directory, folderName(checkpoint.position.step));
  await replaceDirectory(folder, [
    ...Object.entries(tensors).map(([path, content]) => ({ path, content })),
    { path: recordName, content: `${sha256(body)}\n${body}` },
  ]);
  for (const old of (await checkpointFolders(directory)).slice(keep))
    await rm(join(directory, old), { recursive: true, force: true });
  return folder;
}

/**
 * The newest checkpoint that is whole, with a warning for each newer one that is damaged; nothing when there is none.
 */
export async function readLatestCheckpoint(
  directory: string,
): Promise<{ readonly checkpoint?: Checkpoint; readonly warnings: readonly Diagnostic[] }> {
  const warnings: Diagnostic[] = [];
  for (const name of await checkpointFolders(directory)) {
    const folder = join(directory, name);
    try {
      return { checkpoint: await readCheckpoint(folder), warnings };
    } catch (error) {
      const problem = isSystemError(error) ? `a file is missing or cannot be read` : (error as Error).message;
      warnings.push(createDiagnostic("MTL7305", { directory: folder, problem }, nowhere(folder)));
    }
  }
  return { warnings };
}

/** Whether a directory holds any checkpoint, damaged or not. */
export async function hasCheckpoint(directory: string): Promise<boolean> {
  return (await checkpointFolders(directory)).length > 0;
}

async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const text = Buffer.from(await readRegularFile(folder, recordName, { limit: 2 ** 28 })).toString("utf8");
  const cut = text.indexOf("\n");
  const body = text.slice(cut + 1);
  if (sha256(body) !== text.slice(0, cut)) throw new Error(`\`${recordName}\` does not match its hash`);
  // The hash says that this is what `writeCheckpoint` wrote.
  const record = JSON.parse(body) as CheckpointRecord;
  if (record.format !== checkpointFormat) throw new Error(`it has format ${record.format}, not ${checkpointFormat}`);
  const read = async (name: string): Promise<ReadonlyMap<string, HostTensor>> => {
    const bytes = await readRegularFile(folder, name, { limit: Infinity });
    if (sha256(bytes) !== record.sha256[name]) throw new Error(`\`${name}\` does not match its hash`);
    return decodeSafetensors(bytes).tensors;
  };
  const { run, position, history, stop } = record;
  const best = bestName in record.sha256 ? { best: await read(bestName) } : {};
  return { run, position, history, stop, state: await read(stateName), ...best };
}

/** Folders of checkpoints, the newest first. */
async function checkpointFolders(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory)).filter((name) => /^step-\d+$/.test(name)).reverse();
}

/** Zeros in front keep the order of names that of steps. */
function folderName(step: number): string {
  return `step-${String(step).padStart(12, "0")}`;
}
