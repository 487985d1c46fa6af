import { omitUndefined } from "../../../compiler/text/index.js";
import { statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { format } from "../../../compiler/format/index.js";
import { replaceFile } from "../../../runtime/artifact/directory.js";
import { serveAskTell } from "../../../runtime/tune/ask-tell.js";
import { drawFront } from "../../../runtime/tune/chart/front.js";
import { drawSensitivity } from "../../../runtime/tune/chart/sensitivity.js";
import type { TuneResult } from "../../../runtime/tune/result.js";
import { tune, type Tuned, type TuneOptions } from "../../../runtime/jobs/tune.js";
import type { Outcome } from "../../command.js";
import { unifiedDiff } from "../../unified-diff.js";
import { checkWritable, makeOutputFolder } from "../../../runtime/outputs.js";

export interface TuneCommand extends Omit<TuneOptions, "format"> {
  /** Apply the patch to the spec. */
  readonly write: boolean;
  /** Directory for charts. */
  readonly plot?: string;
}

/** Tunes, and writes what was asked for. */
export async function runTune(command: TuneCommand): Promise<Outcome<TuneResult>> {
  await checkCharts(command);
  return complete(command, await tune({ ...command, format }));
}

/** Lets the lines of standard input drive. Undefined when they asked for nothing. */
export async function runAskTell(
  command: TuneCommand,
  write: (message: object) => void,
): Promise<Outcome<TuneResult> | undefined> {
  const { signal } = command;
  await checkCharts(command);
  const listen = (): AsyncIterable<string> =>
    createInterface({ input: process.stdin, crlfDelay: Infinity, ...omitUndefined({ signal }) });
  const tuned = await serveAskTell({ ...command, format }, listen, write);
  return tuned === undefined ? undefined : complete(command, tuned);
}

/**
 * Exit code 1 when the proposal breaks a guard: nothing is written to the spec then. An artifact is never written to: its
 * hashes say what was trained.
 */
async function complete({ spec, write, plot }: TuneCommand, { result, patched }: Tuned): Promise<Outcome<TuneResult>> {
  const isWritten = write && result.feasible && patched.length > 0 && !statSync(spec).isDirectory();
  if (isWritten) for (const { path, after } of patched) await replaceFile(path, after);
  const diffs = await Promise.all(patched.map(({ path, before, after }) => unifiedDiff(path, before, after)));
  const files = plot === undefined ? [] : await writeCharts(plot, result);
  return {
    result: { ...result, patch: diffs.join(""), written: isWritten, files },
    exitCode: result.feasible ? 0 : 1,
  };
}

/** That charts can be written, before the work. */
async function checkCharts({ plot }: TuneCommand): Promise<void> {
  if (plot !== undefined) await checkWritable(join(plot, sensitivityFile));
}

const sensitivityFile = "sensitivity.svg";

async function writeCharts(folder: string, result: Tuned["result"]): Promise<readonly string[]> {
  makeOutputFolder(folder);
  const files: string[] = [];
  const write = async (name: string, svg: string): Promise<void> => {
    const path = join(folder, name);
    await replaceFile(path, svg);
    files.push(path);
  };
  const [first, second] = result.objectives;
  if (result.sensitivity.length > 0 && first !== undefined)
    await write(
      sensitivityFile,
      await drawSensitivity(
        first.text,
        result.sensitivity.map(({ param, points }) => {
          const own = result.params.find(({ name }) => name === param);
          return { param, points, chosen: own?.proposed ?? 0, production: own?.production ?? 0 };
        }),
      ),
    );
  if (result.front !== undefined && first !== undefined && second !== undefined) {
    const pointOf = ([x = 0, y = 0]: readonly number[]): { x: number; y: number } => ({ x, y });
    const knee = result.front.points.find((point) => point.knee);
    await write(
      "front.svg",
      await drawFront({
        xTitle: first.text,
        yTitle: second.text,
        trials: result.front.beaten.map(pointOf),
        broken: result.front.broken.map(pointOf),
        front: result.front.points.map(({ objectives }) => pointOf(objectives)),
        production: { x: first.production.train, y: second.production.train },
        ...(knee === undefined ? {} : { knee: pointOf(knee.objectives) }),
      }),
    );
  }
  return files;
}
