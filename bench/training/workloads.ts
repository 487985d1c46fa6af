/** The two workloads of training: their specs, files and shapes, and the encoded rows as files for peers that know nothing of `.mtl`. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { costOf } from "../../src/compiler/cost/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { type Dataset, fittedSizes, type OpenedData, openData } from "../../src/runtime/data/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { note, projectRoot, sharedData } from "../report.js";
import { copyRows, type MmoeShape } from "../workload.js";
import { python } from "../../test/python.js";

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** From the project's folder. */
  readonly spec: string;
  /** Absent: those of the spec. */
  readonly files: Readonly<Record<"train" | "test", readonly string[]>> | undefined;
  readonly shape: Pick<MmoeShape, "experts" | "units" | "tower">;
}

export function censusWorkload(): Workload {
  const train = sharedData("census/census-income.data.gz");
  const test = sharedData("census/census-income.test.gz");
  const files = train === undefined || test === undefined ? undefined : { train: [train], test: [test] };
  if (files === undefined) note("the full census data is not there: the slice in the repository is used");
  return {
    name: "census",
    title: "census MMoE",
    spec: "specs/census/mmoe.mtl",
    files,
    shape: { experts: 8, units: 32, tower: 16 },
  };
}

/** The synthetic workload with as many training rows and a tenth of them for tests; undefined where it cannot be made. */
export function syntheticWorkload(folder: string | undefined): Workload | undefined {
  if (folder === undefined) return undefined;
  return {
    name: "synthetic",
    title: "synthetic MMoE, a million ids",
    spec: "specs/synthetic/mmoe.mtl",
    files: { train: [join(folder, "train.parquet")], test: [join(folder, "test.parquet")] },
    shape: { experts: 4, units: 64, tower: 32 },
  };
}

/** A folder with `train.parquet`, `test.parquet` and the same as CSV: the one given, else one that the generator fills once. */
export function syntheticFolder(given: string, rows: number): string | undefined {
  if (given !== "") return given;
  const folder = join(projectRoot, ".mtlc", `synthetic-${rows}`);
  if (existsSync(join(folder, "meta.json"))) return folder;
  const generator = sharedData("synthetic/generate.py");
  if (generator === undefined) {
    note("the synthetic workload's generator is not there, so it is left out; give its folder with `--synthetic DIR`");
    return undefined;
  }
  note(`making ${rows.toLocaleString("en-US")} rows of the synthetic workload`);
  mkdirSync(folder, { recursive: true });
  const words = [generator, folder, String(rows), String(Math.ceil(rows / 10))];
  if (spawnSync(python, words, { stdio: "ignore" }).status === 0) return folder;
  note(
    "the synthetic workload's generator needs Python with numpy and pyarrow (`MTLC_PYTHON` names it), so it is left out",
  );
  return undefined;
}

/** What the arithmetic of a workload comes to, and how the benchmark names its heads. */
export interface WorkloadFacts {
  readonly rows: number;
  readonly testRows: number;
  readonly batch: number;
  readonly epochs: number;
  readonly heads: readonly string[];
  /** Floating-point operations of a row's step: three times those of its prediction. */
  readonly flopsPerRow: number;
}

/** A workload's data, encoded by mtlc. */
export async function openWorkload({ spec, files }: Workload): Promise<{
  readonly model: Model;
  readonly data: OpenedData;
  readonly train: Dataset;
  readonly test: Dataset;
}> {
  const specPath = join(projectRoot, spec);
  const { model } = loadSpec(specPath);
  const data = await openData(model, { specPath, roles: ["train", "test"], ...files });
  const { train, test } = data;
  if (train === undefined || test === undefined) throw new Error(`${spec} has no training or no test data`);
  return { model, data, train, test };
}

/** Writes the encoded rows into a folder, those of training in the order of the first epoch under seed 1; `worker.py` reads them. */
export async function writeWorkload(workload: Workload, folder: string): Promise<WorkloadFacts> {
  const { model, data, train, test } = await openWorkload(workload);
  try {
    mkdirSync(folder, { recursive: true });
    const { batch, epochs = 1 } = model.train;
    const { ids } = fittedSizes(data.fitted);
    const sizes = model.features.flatMap(({ name }) => ids[name] ?? []);
    const heads = model.heads.map(({ name }) => name);
    for (const [role, dataset] of [["train", train] as const, ["test", test] as const]) {
      const arrays = copyRows(dataset, Infinity, role === "train" ? { seed: 1, epoch: 0 } : undefined);
      for (const name of ["ids", "numbers", "labels"] as const)
        writeFileSync(join(folder, `${role}-${name}.bin`), new Uint8Array(arrays[name].buffer));
    }
    const { idWidth, numberWidth } = train.layout;
    const shape = { ...workload.shape, sizes, embed: 8, batch, rate: 1e-3, threads: availableParallelism() };
    writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...shape, idWidth, numberWidth, heads }));
    const { total } = costOf(model, ids);
    return { rows: train.rows, testRows: test.rows, batch, epochs, heads, flopsPerRow: 3 * total.flops };
  } finally {
    train.close();
    test.close();
  }
}
