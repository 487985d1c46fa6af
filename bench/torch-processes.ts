/**
 * A package for PyTorch on two processes (gloo) beside `mtlc train`: one epoch of the synthetic workload, the AUC of both on the test rows,
 * and whether the replicas end with the same bits. Python is `MTLC_PYTHON`, else `python3`, and has torch, numpy and pyarrow.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileTargets } from "../src/runtime/jobs/compile-targets.js";
import { evaluate } from "../src/runtime/jobs/evaluate.js";
import { importRun } from "../src/runtime/jobs/import-run.js";
import { train } from "../src/runtime/jobs/train.js";
import { machine, note, option, print, printTable, projectRoot, UsageError } from "./report.js";

export const summary = "a package for PyTorch on two processes beside mtlc train: AUC, and replicas bit for bit";

type Metrics = Readonly<Record<string, Readonly<Record<string, number | undefined>>>>;

/** `--synthetic DIR` with train.parquet and test.parquet (specs/synthetic/data), `--spec` (mmoe), `--processes` (2). */
export async function run(words: readonly string[]): Promise<void> {
  const data = resolve(option(words, "synthetic", join(projectRoot, "specs/synthetic/data")));
  const spec = join(projectRoot, "specs/synthetic", `${option(words, "spec", "mmoe")}.mtl`);
  const processes = option(words, "processes", "2");
  const python = process.env["MTLC_PYTHON"] ?? "python3";
  const [training, testing] = ["train", "test"].map((name) => join(data, `${name}.parquet`));
  if (training === undefined || testing === undefined || ![training, testing].every((file) => existsSync(file)))
    throw new UsageError(`${data} has no train.parquet and test.parquet; specs/synthetic/README.md says what they are`);
  const root = mkdtempSync(join(tmpdir(), "mtlc-torch-processes-"));
  const at = (name: string): string => join(root, name);
  const call = (...given: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(python, given, { encoding: "utf8", maxBuffer: 2 ** 28 });
    if (status !== 0) throw new UsageError(stderr.slice(-2000));
    return stdout;
  };
  try {
    await compileTargets({ spec, output: at("package"), targets: ["torch"], train: [training] });
    const script = join(projectRoot, "test/targets/torch/replicas.py");
    const launcher = ["-m", "torch.distributed.run", "--nproc-per-node", processes];
    const paths = ["--train", training, "--output", at("run"), "--epochs", "1"];
    call(...launcher, script, at("package/torch"), at("digests"), ...paths);
    const digests = readdirSync(at("digests")).map((file) => readFileSync(join(at("digests"), file), "utf8"));
    note(digests.join("\n"));
    const theirs = JSON.parse(call(at("package/torch/eval.py"), "--output", at("run"), "--data", testing)) as Metrics;
    await importRun({ run: at("run"), output: at("imported") });
    const imported = (await evaluate({ artifact: at("imported"), test: [testing] })).heads as Metrics;
    await train({ spec, output: at("ours"), train: [training], test: [testing], epochs: 1 });
    const ours = (await evaluate({ artifact: at("ours"), test: [testing] })).heads as Metrics;
    const rows = Object.entries(theirs).flatMap(([head, metrics]) =>
      Object.entries(metrics).map(([name, value = NaN]) => {
        const [mine = NaN, back = NaN] = [ours[head]?.[name], imported[head]?.[name]];
        const numbers = [mine, value, value - mine, back - value].map((each) => each.toFixed(6));
        return [`${name} of ${head}`, ...numbers];
      }),
    );
    printTable([["", "mtlc train", "package", "difference", "mtlc eval of it − eval.py"], ...rows]);
    const isOne = new Set(digests).size === 1 && digests.length === Number(processes);
    print(`\n${digests.length} replicas, ${isOne ? "the same bit for bit" : "that differ"}; one epoch; ${machine()}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
