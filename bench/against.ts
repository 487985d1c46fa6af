/** Training speed of this tree beside that of another revision: both in one process, a few steps each in turn, taken as a training takes them. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Data from "../src/runtime/data/index.js";
import type * as Programs from "../src/runtime/engine/create-program.js";
import type * as Engines from "../src/runtime/engine/index.js";
import type * as States from "../src/runtime/engine/state.js";
import type * as Feeds from "../src/runtime/measure/feeds.js";
import type * as Specs from "../src/runtime/specs/load-spec.js";
import type * as Steppers from "../src/runtime/train/stepper.js";
import { median, note, print, printTable, projectRoot } from "./report.js";

/** Steps of one revision before the other has its turn, and pairs of such turns. */
const [stepsOfTurn, pairs] = [32, 24];
/** Steps that do not count: the first waits for the compiler. */
const warmup = 32;

export interface CompareOptions {
  readonly name: string;
  /** From the project's folder. */
  readonly spec: string;
  readonly files: Readonly<Record<"train" | "test", readonly string[]>> | undefined;
  readonly revision: string;
}

/** Compiles a revision aside, once; the folder of its modules. */
export function compileRevision(revision: string): string {
  const git = (...words: string[]): Buffer =>
    execFileSync("git", words, { cwd: projectRoot, maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] });
  const commit = git("rev-parse", "--verify", `${revision}^{commit}`).toString().trim();
  const root = join(projectRoot, ".mtlc", "against", commit);
  const out = join(root, ".mtlc", "bench");
  if (existsSync(join(out, "src"))) return out;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  note(`compiling ${revision}, ${commit.slice(0, 7)}`);
  execFileSync("tar", ["-x", "-C", root], { input: git("archive", commit) });
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  copyFileSync(join(root, "package.json"), join(out, "package.json"));
  const compiler = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.bench.json"], { cwd: root, stdio: "inherit" });
  return out;
}

/** Prints the table of a workload. */
export async function compareRevisions(options: CompareOptions): Promise<void> {
  const sides = [
    { name: "this tree", trainer: await openTrainer(join(projectRoot, ".mtlc", "bench"), options) },
    { name: options.revision, trainer: await openTrainer(compileRevision(options.revision), options) },
  ];
  const turns = sides.map((): Turn[] => []);
  for (const { trainer } of sides) takeTurn(trainer, warmup);
  for (let pair = 0; pair < pairs; pair++)
    // Who goes first changes.
    for (const side of pair % 2 === 0 ? [0, 1] : [1, 0]) {
      const trainer = sides[side]?.trainer;
      if (trainer !== undefined) turns[side]?.push(takeTurn(trainer, stepsOfTurn));
    }
  for (const { trainer } of sides) trainer.close();
  const [ours = [], theirs = []] = turns;
  const ratio = (kind: keyof Turn): string =>
    median(ours.map((turn, pair) => (theirs[pair]?.[kind] ?? NaN) / turn[kind])).toFixed(3);
  print(`\n${options.name}`);
  printTable([
    ["", "ms per step", "ms of the processor"],
    ...sides.map(({ name }, side) => [
      name,
      ...(["clock", "cpu"] as const).map((kind) => median((turns[side] ?? []).map((turn) => turn[kind])).toFixed(2)),
    ]),
    [`speed, × ${options.revision}`, ratio("clock"), ratio("cpu")],
  ]);
  print(`\nmedians of ${pairs} pairs of turns of ${stepsOfTurn} steps, data and feeds included`);
}

interface Trainer {
  readonly train: (steps: number) => void;
  readonly close: () => void;
}

/** Milliseconds per step: by the clock, and of the processor for all threads. */
interface Turn {
  readonly clock: number;
  readonly cpu: number;
}

function takeTurn({ train }: Trainer, steps: number): Turn {
  const [started, used] = [performance.now(), process.cpuUsage()];
  train(steps);
  const { user, system } = process.cpuUsage(used);
  return { clock: (performance.now() - started) / steps, cpu: (user + system) / 1000 / steps };
}

/** The training loop of the modules in a folder, as {@link compileRevision} makes it. */
async function openTrainer(modules: string, { spec, files }: CompareOptions): Promise<Trainer> {
  const load = async <T>(path: string): Promise<T> =>
    (await import(pathToFileURL(join(modules, "src", "runtime", path)).href)) as T;
  const { loadSpec } = await load<typeof Specs>("specs/load-spec.js");
  const { openData } = await load<typeof Data>("data/index.js");
  const { selectEngine } = await load<typeof Engines>("engine/index.js");
  const { createProgram, functionOf } = await load<typeof Programs>("engine/create-program.js");
  const { fillSession, initialReader } = await load<typeof States>("engine/state.js");
  const { createFeeds } = await load<typeof Feeds>("measure/feeds.js");
  const { createStepper } = await load<typeof Steppers>("train/stepper.js");
  const specPath = join(projectRoot, spec);
  const { model } = loadSpec(specPath);
  const data = await openData(model, { specPath, roles: ["train"], ...files });
  const { batch } = model.train;
  const dataset = data.train;
  if (dataset === undefined) throw new Error("there is no training data");
  const program = createProgram(model, data.fitted);
  const { engine } = await selectEngine();
  const session = await engine.open(program, { trainBatch: batch, functions: ["train"] });
  await fillSession(session, program.state, initialReader(1));
  const train = functionOf(program, "train");
  const stepper = createStepper({ session, train }, createFeeds(train, dataset.layout));
  const batches = (function* endless() {
    for (let epoch = 0; ; epoch++) yield* dataset.batches({ size: batch, pad: true, shuffle: { seed: 1, epoch } });
  })();
  return {
    train: (steps) => {
      for (let done = 1; done <= steps; done++) {
        const { value } = batches.next();
        if (value !== undefined) stepper.add(value, 0);
        if (done === steps || stepper.waiting() === stepper.most) stepper.run();
      }
    },
    close: () => {
      session.close();
      dataset.close();
    },
  };
}
