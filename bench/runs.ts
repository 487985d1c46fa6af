/**
 * Many runs of a small model, as the synthetic experiment of MMoE's paper makes them: `train` one after another in one process, and
 * `trainRuns`. Both from a warm cache of encoded data, neither writes an artifact.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDraws } from "../src/runtime/statistics/index.js";
import { train } from "../src/runtime/jobs/train.js";
import { trainRuns } from "../src/runtime/jobs/train-runs.js";
import { isTrained } from "../src/runtime/runs/types.js";
import { machine, note, option, print, printTable, projectRoot } from "./report.js";

export const summary = "many runs of MMoE's synthetic model: train one after another, and trainRuns";

/** Numbers of an input row, as in the paper. */
const dimension = 100;

/**
 * `--runs N` (32), `--rows N` of training data (32,000: 1,000 steps per epoch at batch 32), `--epochs N` (1), `--workers N` (one a core), `--engine NAME`;
 * `--rounds N` (1).
 */
export async function run(words: readonly string[]): Promise<void> {
  const count = Number(option(words, "runs", "32"));
  const rows = Number(option(words, "rows", "32000"));
  const epochs = Number(option(words, "epochs", "1"));
  const workers = option(words, "workers", "");
  const engine = option(words, "engine", "fused") as "fused" | "native" | "wasm" | "cpu";
  const spec = writeWorkload(rows);
  note("encoding the data");
  await train({ spec, steps: 1, engine });
  const seeds = Array.from({ length: count }, (_, k) => 1 + k);
  for (let round = 1; round <= Number(option(words, "rounds", "1")); round++) {
    const single = await timed(async () => {
      const losses: number[] = [];
      for (const seed of seeds)
        losses.push((await train({ spec, seed, epochs, engine })).history.at(-1)?.losses["loss"] ?? NaN);
      return losses;
    });
    const many = await timed(async () => {
      const runs = seeds.map((seed) => ({ seed }));
      const result = await trainRuns({
        spec,
        epochs,
        engine,
        runs,
        ...(workers === "" ? {} : { workers: Number(workers) }),
      });
      return result.runs.map((each) => (isTrained(each) ? (each.history.at(-1)?.losses["loss"] ?? NaN) : NaN));
    });
    const largest = Math.max(...seeds.map((_, k) => Math.abs((single.value[k] ?? NaN) - (many.value[k] ?? NaN))));
    const steps = epochs * Math.ceil(rows / 32);
    const row = (name: string, { seconds, busy }: Timed<unknown>): readonly string[] => [
      name,
      seconds.toFixed(1),
      (seconds / count).toFixed(2),
      ((1e6 * seconds) / (count * steps)).toFixed(0),
      busy.toFixed(1),
    ];
    printTable([
      [`${count} runs of ${steps} steps`, "seconds", "per run", "µs per step", "processor seconds"],
      row("train, one after another", single),
      row("trainRuns", many),
    ]);
    print(`${(single.seconds / many.seconds).toFixed(1)} times as fast; losses differ by ${largest} at most`);
  }
  print(`\n${machine()}`);
}

interface Timed<T> {
  readonly seconds: number;
  /** Of the processor, all threads together; what a busy machine changes little. */
  readonly busy: number;
  readonly value: T;
}

async function timed<T>(action: () => Promise<T>): Promise<Timed<T>> {
  const started = performance.now();
  const before = process.cpuUsage();
  const value = await action();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, busy: (user + system) / 1e6, value };
}

/** A spec of MMoE as in section 5.1 of the paper, and rows of two related tasks. */
function writeWorkload(rows: number): string {
  const folder = join(projectRoot, ".mtlc", "runs", String(rows));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "train.csv"), rowsText(rows, 1));
  writeFileSync(join(folder, "test.csv"), rowsText(2000, 2));
  const spec = join(folder, "mmoe.mtl");
  writeFileSync(
    spec,
    `model mmoe
data { train: "train.csv", test: "test.csv" }
features { x_1 .. x_${dimension}: numeric(scale: none, missing: 0) }
labels { y_1: amount, y_2: amount }
input x = [x_1 .. x_${dimension}]
bottoms mix[one, two] = mmoe(x, [16], experts: 8)
towers t[one, two] = mlp(mix, [8])
task task_1: E(y_1) = identity(logit(t.one))
task task_2: E(y_2) = identity(logit(t.two))
loss { task_1: mse, task_2: mse }
metrics { [task_1, task_2]: rmse }
train { optimizer: adam(lr: 1e-3), batch: 32, epochs: 1 }
`,
  );
  return spec;
}

/** Two tasks that are nonlinear in sums along two directions, which have an angle of 60 degrees. */
function rowsText(count: number, seed: number): string {
  const directions = createDraws(0);
  const [u, v] = [0, 1].map(() => Array.from({ length: dimension }, () => directions.normal() / Math.sqrt(dimension)));
  const draws = createDraws(seed);
  const lines = Array.from({ length: count }, () => {
    const x = Array.from({ length: dimension }, () => draws.normal());
    const [a, b] = [u, v].map((w) => x.reduce((sum, value, i) => sum + value * (w?.[i] ?? 0), 0));
    const [p, q] = [a ?? 0, 0.5 * (a ?? 0) + 0.866 * (b ?? 0)];
    const label = (z: number): number => z + Math.sin(z) + Math.sin(2 * z + 1) + 0.1 * draws.normal();
    return [...x, label(p), label(q)].map((value) => value.toPrecision(7)).join(",");
  });
  const head = [...Array.from({ length: dimension }, (_, i) => `x_${i + 1}`), "y_1", "y_2"].join(",");
  return `${head}\n${lines.join("\n")}\n`;
}
