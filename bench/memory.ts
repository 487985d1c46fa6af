/** Memory of one process: over minutes of steps, and over cycles of compile, train and dispose. It must end where it soon was. */
import { join } from "node:path";
import { chooseEngine } from "../src/runtime/engine/choose-engine.js";
import type { EngineName } from "../src/runtime/engine/index.js";
import { train } from "../src/runtime/jobs/train.js";
import { counted, machine, note, option, print, printTable, projectRoot } from "./report.js";
import { openTrainer } from "./training/trainer.js";
import { censusWorkload } from "./training/workloads.js";

export const summary = "memory of a process over minutes of steps and over cycles of compile, train, dispose (--quick)";

/** What the last third may have above the first one. */
const mostGrowth = 0.05;
/** Samples of a part at least, of which the first is while memory is still being taken. */
const samples = 30;

/** `--minutes N` of steps (30), `--cycles N` (100), `--engine NAME` (what a training takes); `--quick`: a minute and 20 cycles. The exit code is 1 where memory grows. */
export async function run(words: readonly string[]): Promise<void> {
  const quick = words.includes("--quick");
  const minutes = Number(option(words, "minutes", quick ? "1" : "30"));
  const cycles = Number(option(words, "cycles", quick ? "20" : "100"));
  const engine = (option(words, "engine", "") || undefined) as EngineName | undefined;
  const table = [["", "first MB", "median of the first third", "of the last third", "growth", ""]];
  const add = (name: string, found: readonly number[]): void => {
    const third = Math.max(1, Math.floor((found.length - 1) / 3));
    const [early, late] = [found.slice(1, 1 + third), found.slice(-third)].map(medianOf);
    const growth = late! / early! - 1;
    const isFlat = growth <= mostGrowth;
    if (!isFlat) process.exitCode = 1;
    table.push([
      name,
      found[0]!.toFixed(0),
      early!.toFixed(0),
      late!.toFixed(0),
      `${(100 * growth).toFixed(1)} %`,
      isFlat ? "flat" : "GROWS",
    ]);
  };
  if (minutes > 0) {
    const { steps, memory } = await overSteps(minutes, engine);
    add(`${minutes} minutes, ${counted(steps, "step")}`, memory);
  }
  if (cycles > 0) add(`${counted(cycles, "cycle")} of compile, train, dispose`, await overCycles(cycles, engine));
  printTable(table);
  print(`\nResident memory of the process, census MMoE on ${(await chooseEngine(engine)).name}; ${machine()}`);
}

async function overSteps(
  minutes: number,
  name: EngineName | undefined,
): Promise<{ readonly steps: number; readonly memory: readonly number[] }> {
  const workload = censusWorkload();
  const trainer = await openTrainer(workload, await chooseEngine(name));
  const memory: number[] = [];
  let rows = 0;
  try {
    for (let sample = 0; sample < samples; sample++) {
      rows += (await trainer.measure((60 * minutes) / samples)).rows;
      memory.push(resident());
      note(`${(((sample + 1) * minutes) / samples).toFixed(1)} minutes: ${memory.at(-1)!.toFixed(0)} MB`);
    }
  } finally {
    trainer.close();
  }
  return { steps: Math.round(rows / 1024), memory };
}

async function overCycles(cycles: number, engine: EngineName | undefined): Promise<readonly number[]> {
  const { spec, files } = censusWorkload();
  const memory: number[] = [];
  for (let cycle = 1; cycle <= cycles; cycle++) {
    await train({ spec: join(projectRoot, spec), steps: 5, ...(engine === undefined ? {} : { engine }), ...files });
    memory.push(resident());
    if (cycle % 10 === 0) note(`${counted(cycle, "cycle")}: ${memory.at(-1)!.toFixed(0)} MB`);
  }
  return memory;
}

/** Megabytes that the process has in memory. */
function resident(): number {
  return process.memoryUsage.rss() / 1e6;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
