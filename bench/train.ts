/**
 * Training speed: mtlc on its native engine, the same model written against tfjs-node's eager API, mtlc on wasm, and a
 * hand-tuned PyTorch program where Python has torch. Two workloads; the peers take turns, several rounds each.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type * as Tf from "@tensorflow/tfjs-core";
import { type Dataset, fittedSizes, openData } from "../src/runtime/data/index.js";
import { type Engine, selectEngine } from "../src/runtime/engine/index.js";
import { loadBinding } from "../src/runtime/engine/native-binding.js";
import { fillSession, initialReader } from "../src/runtime/engine/state.js";
import { createProgram, functionOf } from "../src/runtime/engine/create-program.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { createFeeds } from "../src/runtime/measure/feeds.js";
import { compareRevisions } from "./against.js";
import { trainEager } from "./peers/eager-tfjs.js";
import { machine, median, note, option, print, printTable, projectRoot, sharedData } from "./report.js";
import { copyRows, type MmoeShape, type WorkloadArrays } from "./workload.js";

export const summary = "rows/s of training: native, eager tfjs-node, wasm, PyTorch";

interface Workload {
  readonly name: string;
  readonly spec: string;
  readonly files: Readonly<Record<"train" | "test", readonly string[]>> | undefined;
  readonly shape: Pick<MmoeShape, "experts" | "units" | "tower">;
}

interface Measured {
  readonly rowsPerSecond: number;
  readonly loss: number;
}

/**
 * `--seconds N` a measurement (6), `--rounds N` (3), `--synthetic DIR` with the files of its generator; `--against REV`: beside that
 * revision of the repository and nothing else.
 */
export async function run(words: readonly string[]): Promise<void> {
  const seconds = Number(option(words, "seconds", "6"));
  const rounds = Number(option(words, "rounds", "3"));
  const workloads: Workload[] = [censusWorkload()];
  const synthetic = syntheticFolder(option(words, "synthetic", ""));
  if (synthetic !== undefined) workloads.push(syntheticWorkload(synthetic));
  const revision = option(words, "against", "");
  if (revision !== "") {
    for (const workload of workloads) await compareRevisions({ ...workload, revision });
    print(`\n${machine()}`);
    return;
  }
  for (const workload of workloads) await measureWorkload(workload, seconds, rounds);
  print(`\nmedian of ${rounds} rounds of ${seconds} s after warm-up, the peers in turn; ${machine()}`);
}

function censusWorkload(): Workload {
  const train = sharedData("census/census-income.data.gz");
  const test = sharedData("census/census-income.test.gz");
  const files = train === undefined || test === undefined ? undefined : { train: [train], test: [test] };
  if (files === undefined) note("the full census data is not there: the slice in the repository is used");
  return {
    name: "census MMoE",
    spec: "specs/census/mmoe.mtl",
    files,
    shape: { experts: 8, units: 32, tower: 16 },
  };
}

function syntheticWorkload(folder: string): Workload {
  return {
    name: "synthetic MMoE, a million ids",
    spec: "specs/synthetic/mmoe.mtl",
    files: { train: [join(folder, "train.parquet")], test: [join(folder, "test.parquet")] },
    shape: { experts: 4, units: 64, tower: 32 },
  };
}

/** The folder given, else 300,000 rows that the generator makes once. */
function syntheticFolder(given: string): string | undefined {
  if (given !== "") return given;
  const folder = join(projectRoot, ".mtlc", "synthetic");
  if (existsSync(join(folder, "train.parquet"))) return folder;
  const generator = sharedData("synthetic/generate.py");
  if (generator === undefined) {
    note("the synthetic workload's generator is not there, so it is left out; give its folder with `--synthetic DIR`");
    return undefined;
  }
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync(python(), [generator, folder, "300000", "10000", "--no-csv"], { stdio: "ignore" });
  if (status === 0) return folder;
  note("the synthetic workload's generator needs Python with numpy and pyarrow (`PYTHON` names it), so it is left out");
  return undefined;
}

/** The Python of the peers. */
function python(): string {
  return process.env["PYTHON"] ?? "python3";
}

async function measureWorkload(workload: Workload, seconds: number, rounds: number): Promise<void> {
  note(`\n${workload.name}: reading data`);
  const spec = join(projectRoot, workload.spec);
  const { model } = loadSpec(spec);
  const data = await openData(model, { specPath: spec, roles: ["train"], ...workload.files });
  const dataset = data.train;
  if (dataset === undefined) throw new Error("there is no training data");
  const { batch } = model.train;
  const arrays = copyRows(dataset, 200_000);
  const { ids } = fittedSizes(data.fitted);
  const sizes = model.features.flatMap(({ name }) => ids[name] ?? []);
  const shape: MmoeShape = { ...workload.shape, sizes, embed: 8, batch };
  const program = createProgram(model, data.fitted);

  const ours = async (engine: Engine): Promise<Measured> => {
    const session = await engine.open(program, { trainBatch: batch, functions: ["train"] });
    try {
      await fillSession(session, program.state, initialReader(1));
      return trainOurs(session, program, dataset, batch, seconds);
    } finally {
      session.close();
    }
  };
  const engineOf = async (preference: "native" | "wasm"): Promise<Engine | undefined> => {
    const environment: NodeJS.ProcessEnv = { ...process.env, MTLC_ENGINE: preference };
    return selectEngine({ environment }).then(
      ({ engine }) => engine,
      (error: Error) => void note(`${preference}: ${error.message}`),
    );
  };
  const [native, wasm] = [await engineOf("native"), await engineOf("wasm")];
  const eager = native === undefined ? undefined : tfjsNode();
  const peers: { readonly name: string; readonly run: () => Promise<Measured | undefined> }[] = [
    ...(native === undefined ? [] : [{ name: "mtlc native", run: () => ours(native) }]),
    ...(eager === undefined
      ? []
      : [
          {
            name: "eager tfjs-node",
            run: async () => {
              await eager.setBackend("tensorflow");
              return trainEager(eager, shape, arrays, seconds, 5);
            },
          },
        ]),
    ...(wasm === undefined ? [] : [{ name: "mtlc wasm", run: () => ours(wasm) }]),
    { name: "PyTorch by hand", run: () => Promise.resolve(trainTorch(shape, arrays, seconds)) },
  ];
  const found = new Map<string, Measured[]>(peers.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++)
    for (const { name, run: measure } of peers) {
      const measured = await measure();
      if (measured === undefined) continue;
      found.get(name)?.push(measured);
      note(
        `round ${round}: ${name} ${Math.round(measured.rowsPerSecond / 1000)}k rows/s, loss ${measured.loss.toFixed(4)}`,
      );
    }
  dataset.close();
  const speed = (name: string): number => median(found.get(name)?.map(({ rowsPerSecond }) => rowsPerSecond) ?? []);
  const reference = speed("eager tfjs-node");
  print(`\n${workload.name} (${dataset.rows.toLocaleString("en-US")} rows, batch ${batch})`);
  printTable([
    ["", "rows/s", "ms a step", "× eager"],
    ...peers.map(({ name }) => {
      const value = speed(name);
      if (Number.isNaN(value)) return [name, "not here", "", ""];
      const ratio = Number.isNaN(reference) ? "" : (value / reference).toFixed(1);
      return [name, Math.round(value).toLocaleString("en-US"), ((1000 * batch) / value).toFixed(1), ratio];
    }),
  ]);
}

/** Steps over shuffled epochs, encoding and feeding included. */
export function trainOurs(
  session: Awaited<ReturnType<Engine["open"]>>,
  program: ReturnType<typeof createProgram>,
  dataset: Dataset,
  batch: number,
  seconds: number,
): Measured {
  const feeds = createFeeds(functionOf(program, "train"), dataset.layout);
  const warmup = 5;
  let [steps, loss, started] = [0, NaN, NaN];
  for (let epoch = 0; ; epoch++)
    for (const rows of dataset.batches({ size: batch, pad: true, shuffle: { seed: 1, epoch } })) {
      loss = session.run("train", feeds(rows))["loss"]?.data[0] ?? NaN;
      steps += 1;
      if (steps === warmup) started = performance.now();
      const took = (performance.now() - started) / 1000;
      if (took > seconds) return { rowsPerSecond: ((steps - warmup) * batch) / took, loss };
    }
}

/** tfjs-node with the addon of our native engine, when the package's own was never downloaded. */
function tfjsNode(): typeof Tf | undefined {
  try {
    const resolve = createRequire(import.meta.url);
    const manifest = resolve.resolve("@tensorflow/tfjs-node/package.json");
    const finder = createRequire(manifest)("@mapbox/node-pre-gyp") as { find: (path: string) => string };
    const expected = finder.find(manifest);
    const found = loadBinding(process.env);
    if (!existsSync(expected) && found.kind === "loaded") {
      mkdirSync(dirname(expected), { recursive: true });
      rmSync(expected, { force: true });
      symlinkSync(found.path, expected);
    }
    return resolve("@tensorflow/tfjs-node") as typeof Tf;
  } catch (error) {
    note(`eager tfjs-node: ${(error as Error).message.split("\n")[0] ?? ""}`);
    return undefined;
  }
}

function trainTorch(shape: MmoeShape, data: WorkloadArrays, seconds: number): Measured | undefined {
  const folder = join(projectRoot, ".mtlc", "peer");
  mkdirSync(folder, { recursive: true });
  for (const name of ["ids", "numbers", "labels"] as const)
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(data[name].buffer, 0, data[name].byteLength));
  const { rows, idWidth, numberWidth } = data;
  const meta = { ...shape, rows, idWidth, numberWidth, seconds, threads: availableParallelism() };
  writeFileSync(join(folder, "meta.json"), JSON.stringify(meta));
  const script = join(projectRoot, "bench", "peers", "torch_mmoe.py");
  const { status, stdout } = spawnSync(python(), [script, folder], { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout) as Measured;
  note("PyTorch by hand: Python with torch is not here (`PYTHON` names it)");
  return undefined;
}
