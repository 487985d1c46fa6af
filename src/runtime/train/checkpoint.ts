import { closeSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type StateVariable } from "../../compiler/graph/graph.js";
import { rowsOf } from "../../compiler/graph/initialize.js";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { entriesOf, isSystemError, replaceDirectory } from "../artifact/directory.js";
import { jsonText, sha256 } from "../artifact/hash.js";
import { hashRegularFile, readRegularFile, withRegularFile } from "../artifact/regular-file.js";
import {
  bytesOf,
  heldTensor,
  readFully,
  readSafetensorsHeader,
  safetensorsContent,
  type TensorSource,
} from "../artifact/safetensors.js";
import type { HostTensor } from "../engine/engine.js";
import { rowChunks, type StateReader } from "../engine/state.js";
import { noLocation } from "../failure.js";
import { readEvaluation } from "../measure/stored-measured.js";
import type { StopState } from "./early-stopping.js";
import type { EpochRecord } from "../events.js";
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
  /** Every state variable of the program. */
  readonly state: StateReader;
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
  /** Absent: of float32. */
  readonly products?: "bfloat16";
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
  products: "what products are rounded to (`--products`)",
};

/** The first part in which two runs differ, in words; undefined when they are one. */
export function identityDifference(one: Partial<RunIdentity>, other: RunIdentity): string | undefined {
  const parts = Object.keys(identityWords) as (keyof RunIdentity)[];
  const part = parts.find((key) => one[key] !== other[key]);
  return part === undefined ? undefined : identityWords[part];
}

const checkpointFormat = 3;
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

/**
 * Writes a checkpoint of these state variables into its folder and removes all but the newest `keep`. Returns the folder.
 */
export async function writeCheckpoint(
  directory: string,
  checkpoint: Checkpoint,
  variables: readonly StateVariable[],
  keep: number,
): Promise<string> {
  const { run, position, history, stop, state, best } = checkpoint;
  const tensors = new Map(variables.map((variable) => [variable.name, wholeSource(variable, state)]));
  const kept = best === undefined ? undefined : new Map([...best].map(([name, each]) => [name, heldTensor(each)]));
  const folder = join(directory, folderName(position.step));
  await replaceDirectory(
    folder,
    [
      { path: stateName, content: safetensorsContent(tensors).pieces },
      ...(kept === undefined ? [] : [{ path: bestName, content: safetensorsContent(kept).pieces }]),
    ],
    {
      last: (written) => {
        const hashes = Object.fromEntries(written.map((file) => [file.path, file.sha256]));
        const body = jsonText({
          format: checkpointFormat,
          run,
          position,
          history,
          stop,
          sha256: hashes,
        } satisfies CheckpointRecord);
        return { path: recordName, content: `${sha256(body)}\n${body}` };
      },
    },
  );
  for (const old of (await checkpointFolders(directory)).slice(keep))
    await rm(join(directory, old), { recursive: true, force: true });
  return folder;
}

function wholeSource(variable: StateVariable, state: StateReader): TensorSource {
  return {
    shape: variable.type.shape.map(Number),
    dtype: variable.type.dtype === "float32" ? "float32" : "int32",
    chunks: function* () {
      for (const { first, count } of rowChunks(variable, 0, rowsOf(variable).rows))
        yield state.rows(variable, first, count);
    },
  };
}

/**
 * The newest checkpoint that is whole, with a warning for each newer one that is damaged; nothing when there is none.
 */
export async function readLatestCheckpoint(
  directory: string,
  signal?: AbortSignal,
): Promise<{ readonly checkpoint?: Checkpoint; readonly warnings: readonly Diagnostic[] }> {
  const warnings: Diagnostic[] = [];
  for (const name of await checkpointFolders(directory)) {
    const folder = join(directory, name);
    try {
      return { checkpoint: await readCheckpoint(folder, signal), warnings };
    } catch (error) {
      signal?.throwIfAborted();
      const problem = isSystemError(error) ? `a file is missing or cannot be read` : (error as Error).message;
      warnings.push(createDiagnostic("MTL7305", { directory: folder, problem }, noLocation(folder)));
    }
  }
  return { warnings };
}

/** Whether a directory holds any checkpoint, damaged or not. */
export async function hasCheckpoint(directory: string): Promise<boolean> {
  return (await checkpointFolders(directory)).length > 0;
}

async function readCheckpoint(folder: string, signal: AbortSignal | undefined): Promise<Checkpoint> {
  const text = Buffer.from(await readRegularFile(folder, recordName, { limit: 2 ** 28 })).toString("utf8");
  const cut = text.indexOf("\n");
  const body = text.slice(cut + 1);
  if (sha256(body) !== text.slice(0, cut)) throw new Error(`\`${recordName}\` does not match its hash`);
  // The hash says that this is what `writeCheckpoint` wrote.
  const record = JSON.parse(body) as CheckpointRecord;
  if (record.format !== checkpointFormat) throw new Error(`it has format ${record.format}, not ${checkpointFormat}`);
  const check = async (name: string): Promise<void> => {
    if ((await hashRegularFile(folder, name, { limit: Infinity }, signal)) !== record.sha256[name])
      throw new Error(`\`${name}\` does not match its hash`);
  };
  const { run, position, history, stop } = record;
  await check(stateName);
  const hasBest = bestName in record.sha256;
  if (hasBest) await check(bestName);
  return {
    run,
    position,
    history: history.map(({ evaluation, ...epoch }) => ({
      ...epoch,
      ...(evaluation === undefined ? {} : { evaluation: readEvaluation(evaluation) }),
    })),
    stop,
    state: await storedReader(folder, stateName),
    ...(hasBest ? { best: await readTensors(folder, bestName) } : {}),
  };
}

/** State as it lies in a file, read when it is asked for. */
async function storedReader(folder: string, name: string): Promise<StateReader> {
  const tensors = await withRegularFile(folder, name, { limit: Infinity }, readSafetensorsHeader);
  return {
    rows: (variable, first, count) => {
      const found = tensors.get(variable.name);
      if (found === undefined) throw new Error(`\`${name}\` has no ${variable.name}`);
      const { width } = rowsOf(variable);
      const make = found.dtype === "float32" ? Float32Array : Int32Array;
      const values = new make(count * width);
      const file = openSync(join(folder, name), "r");
      try {
        const bytes = bytesOf(values);
        const start = found.offset + first * width * 4;
        for (let done = 0; done < bytes.length;) {
          const read = readSync(file, bytes, done, bytes.length - done, start + done);
          if (read === 0) throw new Error(`\`${name}\` is shorter than it was`);
          done += read;
        }
      } finally {
        closeSync(file);
      }
      return values;
    },
  };
}

async function readTensors(folder: string, name: string): Promise<ReadonlyMap<string, HostTensor>> {
  return withRegularFile(folder, name, { limit: Infinity }, async (handle) => {
    const state = new Map<string, HostTensor>();
    for (const [tensor, { shape, dtype, offset }] of await readSafetensorsHeader(handle)) {
      const size = shape.reduce((product, side) => product * side, 1);
      const data = dtype === "float32" ? new Float32Array(size) : new Int32Array(size);
      await readFully(handle, bytesOf(data), offset);
      state.set(tensor, { shape, data });
    }
    return state;
  });
}

/** Folders of checkpoints, the newest first. */
async function checkpointFolders(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory)).filter((name) => /^step-\d+$/.test(name)).reverse();
}

/** Zeros in front keep the order of names that of steps. */
function folderName(step: number): string {
  return `step-${String(step).padStart(12, "0")}`;
}
