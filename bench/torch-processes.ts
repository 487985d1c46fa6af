/**
 * A package for PyTorch on two processes (gloo) beside `mtlc train`: one epoch of the synthetic workload, the AUC of both on the test rows,
 * and whether the replicas end with the same bits; with whole tables, and with tables in shards where TorchRec is there. Python is `MTLC_PYTHON`, else `python3`, and has torch, numpy and pyarrow.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileTargets } from "../src/runtime/jobs/compile-targets.js";
import { evaluate } from "../src/runtime/jobs/evaluate.js";
import { importRun } from "../src/runtime/jobs/import-run.js";
import { train } from "../src/runtime/jobs/train.js";
import { machine, note, option, print, printTable, projectRoot, requirePython, UsageError } from "./report.js";
import { python, pythonHas } from "../test/python.js";

export const summary = "a package for PyTorch on two processes beside mtlc train: AUC, and replicas bit for bit";

type Metrics = Readonly<Record<string, Readonly<Record<string, number | undefined>>>>;

/** `--synthetic DIR` with train.parquet and test.parquet (specs/synthetic/data), `--spec` (mmoe), `--processes` (2). */
export async function run(words: readonly string[]): Promise<void> {
  const data = resolve(option(words, "synthetic", join(projectRoot, "specs/synthetic/data")));
  const spec = join(projectRoot, "specs/synthetic", `${option(words, "spec", "mmoe")}.mtl`);
  const processes = option(words, "processes", "2");
  requirePython("torch", "numpy", "pyarrow");
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
    await train({ spec, output: at("ours"), train: [training], test: [testing], epochs: 1 });
    const ours = (await evaluate({ artifact: at("ours"), test: [testing] })).heads as Metrics;
    const hasTorchrec = pythonHas("torchrec");
    if (!hasTorchrec) note(`${python} has no torchrec, so tables in shards are not run (scripts/install-torchrec.sh)`);
    const shards = ["--embedding", "torchrec", "--table-wise", "100", "--row-wise", "1000"];
    const ways = [["whole tables", []], ...(hasTorchrec ? [["TorchRec", shards] as const] : [])] as const;
    const table: (readonly string[])[] = [["", "", "mtlc train", "package", "difference", "mtlc eval of it − eval.py"]];
    for (const [way, options] of ways) {
      const script = join(projectRoot, "test/targets/torch/replicas.py");
      const launcher = ["-m", "torch.distributed.run", "--nproc-per-node", processes];
      const paths = ["--train", training, "--output", at(`run ${way}`), "--epochs", "1", ...options];
      call(...launcher, script, at("package/torch"), at(`digests ${way}`), ...paths);
      const files = readdirSync(at(`digests ${way}`));
      const digests = files.map((file) => readFileSync(join(at(`digests ${way}`), file), "utf8"));
      const measured = call(at("package/torch/eval.py"), "--output", at(`run ${way}`), "--data", testing);
      await importRun({ run: at(`run ${way}`), output: at(`imported ${way}`) });
      const imported = (await evaluate({ artifact: at(`imported ${way}`), test: [testing] })).heads as Metrics;
      for (const [head, metrics] of Object.entries(JSON.parse(measured) as Metrics))
        for (const [name, value = NaN] of Object.entries(metrics)) {
          const [mine = NaN, back = NaN] = [ours[head]?.[name], imported[head]?.[name]];
          const numbers = [mine, value, value - mine, back - value].map((each) => each.toFixed(6));
          table.push([way, `${name} of ${head}`, ...numbers]);
        }
      const isOne = new Set(digests).size === 1 && digests.length === Number(processes);
      note(`${way}: ${digests.length} replicas, ${isOne ? "the same bit for bit" : "that differ"}`);
    }
    printTable(table);
    print(`\none epoch; ${machine()}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
