/** `runs.json` of an output directory: the runs that are over, so that an interrupted call can be gone on with. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { entriesOf, isSystemError, replaceFile } from "../artifact/directory.js";
import { jsonText } from "../artifact/hash.js";
import { createFailure } from "../failure.js";
import { checkWritable, refuseReplacement } from "../outputs.js";
import { identityDifference, type RunIdentity } from "../train/checkpoint.js";
import { numbersKey } from "./summary.js";
import { isTrained, type RunResult, type RunSettings, type RunsResult } from "./types.js";

/** What all runs of a record share: the identity of each but for its seed, and how long they are. */
export interface RunsIdentity extends Omit<RunIdentity, "seed"> {
  readonly epochs: number | null;
  readonly steps: number | null;
}

/** A call with runs that are over. */
export interface RunsRecord extends RunsResult {
  readonly identity: RunsIdentity;
}

const recordName = "runs.json";
const runFolder = /^run-\d+$/;

/** Directory of the artifact of a run. */
export function runDirectory(output: string, run: number): string {
  return join(output, `run-${run}`);
}

/**
 * What an earlier call left in the directory, to go on from; undefined: all runs are to be trained, in a directory that holds none. Throws a
 * {@link Failure}: MTL7405 when the directory is not one of runs, MTL7406 when it has unfinished ones and neither `resume` nor
 * `force` was given, and MTL7407 when their record cannot be read.
 */
export async function prepareRunsOutput(
  output: string,
  inputs: readonly string[],
  { resume = false, force = false }: { readonly resume?: boolean; readonly force?: boolean },
): Promise<RunsRecord | undefined> {
  const entries = await entriesOf(output);
  const foreign = entries.find((entry) => entry !== recordName && !runFolder.test(entry));
  const [first] = entries;
  if (first !== undefined && !entries.includes(recordName))
    throw createFailure("MTL7405", { directory: output, entry: foreign ?? first });
  refuseReplacement(output, inputs);
  for (const entry of entries.filter((name) => runFolder.test(name))) refuseReplacement(join(output, entry), inputs);
  await checkWritable(output);
  if (first === undefined) return undefined;
  if (resume) return readRecord(output);
  if (!force && readRecord(output).ended !== "done") throw createFailure("MTL7406", { directory: output });
  for (const entry of entries.filter((name) => name === recordName || runFolder.test(name)))
    await rm(join(output, entry), { recursive: true, force: true });
  return undefined;
}

function readRecord(output: string): RunsRecord {
  try {
    const record = JSON.parse(readFileSync(join(output, recordName), "utf8")) as Partial<RunsRecord>;
    const { identity, runs, planned, ended, settings } = record;
    if (
      identity !== undefined &&
      Array.isArray(runs) &&
      planned !== undefined &&
      ended !== undefined &&
      settings !== undefined
    )
      return { ...record, identity, runs, planned, ended, settings };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isSystemError(error)) throw error;
  }
  throw createFailure("MTL7407", { file: join(output, recordName) });
}

/**
 * The recorded results by the numbers of their runs. Throws a {@link Failure} (MTL7408) when they are of another spec, other data,
 * another length, or other runs than those that are asked for now, which may be more.
 */
export function resultsOf(
  output: string,
  record: RunsRecord,
  { identity, runs }: { readonly identity: RunsIdentity; readonly runs: readonly RunSettings[] },
): ReadonlyMap<number, RunResult> {
  const length = (["epochs", "steps"] as const).find((bound) => record.identity[bound] !== identity[bound]);
  const other = record.runs.find((run) => !isSame(run, runs[run.run - 1]));
  const what =
    identityDifference({ ...record.identity, seed: 0 }, { ...identity, seed: 0 }) ??
    (length === undefined ? undefined : `the number of ${length}`) ??
    (other === undefined
      ? undefined
      : other.run > runs.length
        ? "the number of runs, which is smaller now,"
        : `run ${other.run}`);
  if (what !== undefined) throw createFailure("MTL7408", { directory: output, what });
  return new Map(
    record.runs.map((run) => [
      run.run,
      // The directory may have been moved since.
      isTrained(run) && run.artifact !== undefined ? { ...run, artifact: runDirectory(output, run.run) } : run,
    ]),
  );
}

function isSame(one: RunSettings, other: RunSettings | undefined): boolean {
  return one.seed === other?.seed && numbersKey(one.numbers) === numbersKey(other.numbers);
}

/** Puts a record in place of the one before. */
export async function writeRecord(output: string, record: RunsRecord): Promise<void> {
  await replaceFile(join(output, recordName), jsonText({ format: "mtlc-train-runs", version: 1, ...record }));
}
