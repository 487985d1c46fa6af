/** `mtlc import`: a package's weights as an artifact again. What trains needs torch; the way there and back does not. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../../src/runtime/failure.js";
import { compile } from "../../../src/runtime/jobs/compile.js";
import { compileTargets } from "../../../src/runtime/jobs/compile-targets.js";
import { evaluate } from "../../../src/runtime/jobs/evaluate.js";
import { importRun } from "../../../src/runtime/jobs/import-run.js";
import { python } from "../../python.js";
import { hasTorch, hasTorchrec } from "./packages.js";

/** A vocabulary, a table of which steps move rows, a bag, a scaled number, normalised hidden layers and a chain. */
const spec = `model shop
import "./shared/features.mtl"
tower t_ctr = mlp(x, [8, 4], norm: batch)
tower t_cvr = mlp(x, [4])
task ctr: P(click) = sigmoid(logit(t_ctr))
task cvr: P(buy | click) = sigmoid(logit(t_cvr))
chain ctcvr = ctr * cvr
loss { ctr: bce, ctcvr: bce }
metrics { ctr: [auc, logloss], ctcvr: [auc, logloss] }
train { optimizer: adam(lr: 1e-2), batch: 64, epochs: 2 }
`;
const features = `data { train: csv("../train.csv"), test: csv("../test.csv") }
features {
  user:  categorical(embed: 4)
  item:  categorical(hash: 100_000, embed: 4)
  kinds: bag(embed: 4, max: 3)
  price: numeric
}
labels { click: event, buy: event within click }
input x = [user, item, kinds, price]
`;

let root = "";
const at = (...names: readonly string[]): string => join(root, ...names);
const untouched = (path: string): string => readFileSync(at(path), "base64");

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-import-"));
  const lines = (count: number, salt: number): string =>
    Array.from({ length: count }, (_, i) => {
      const [user, price] = [(i * 7 + salt) % 23, ((i * 13 + salt) % 31) / 3];
      const click = (user + i) % 3 === 0 ? 1 : 0;
      return `u${user},i${(i * i) % 97},${i % 5}|${i % 4},${price},${click},${click === 1 && i % 2 === 0 ? 1 : 0}\n`;
    }).join("");
  const header = "user,item,kinds,price,click,buy\n";
  mkdirSync(at("spec/shared"), { recursive: true });
  writeFileSync(at("spec/shop.mtl"), spec);
  writeFileSync(at("spec/shared/features.mtl"), features);
  writeFileSync(at("spec/train.csv"), header + lines(400, 0));
  writeFileSync(at("spec/test.csv"), header + lines(200, 5));
  await compile({ spec: at("spec/shop.mtl"), output: at("compiled") });
  await compileTargets({ spec: at("compiled"), output: at("targets"), targets: ["torch"] });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const codeOf = async (job: Promise<unknown>): Promise<string> => {
  const failure = await job.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error("it was not refused", { cause: failure });
  return failure.diagnostics.map(({ code, message }) => `${code} ${message.replaceAll(root, "ROOT")}`).join();
};

describe("mtlc import", () => {
  it("gives back the artifact that a package was made of", async () => {
    const { manifest } = await importRun({ run: at("targets/torch"), output: at("back"), targets: ["web"] });
    expect([manifest.trained, manifest.name]).toEqual([true, "shop"]);
    for (const file of ["weights.safetensors", "fitted.json", "vocab/user.txt", "graph.txt", "spec.mtl"])
      expect([file, untouched(`back/${file}`)]).toEqual([file, untouched(`compiled/${file}`)]);
    const { manifest: ours } = await compile({ spec: at("back"), output: at("again") });
    expect(ours.model.hash).toBe(manifest.model.hash);
    expect(manifest.files.some(({ path }) => path.startsWith("web/"))).toBe(true);
  });

  it("says what is wrong with a folder", async () => {
    const broken = (name: string, change: (path: string) => void): string => {
      cpSync(at("targets/torch"), at(name), { recursive: true });
      change(at(name));
      return at(name);
    };
    const runs = [
      at("spec"),
      broken("unfinished", (folder) => rmSync(join(folder, "weights.safetensors"))),
      broken("cut", (folder) => writeFileSync(join(folder, "weights.safetensors"), "cut")),
      broken("edited", (folder) =>
        writeFileSync(
          join(folder, "mtlc.json"),
          readFileSync(join(folder, "mtlc.json"), "utf8").replace("[8, 4]", "[8, 5]"),
        ),
      ),
      broken("refitted", (folder) => writeFileSync(join(folder, "fitted.json"), '{"rows": 1, "features": {}}')),
      broken("other", (folder) => writeFileSync(join(folder, "mtlc.json"), "{}")),
    ];
    const found: string[] = [];
    for (const run of runs) found.push(await codeOf(importRun({ run, output: at("never") })));
    expect(found).toMatchInlineSnapshot(`
      [
        "MTL7504 \`ROOT/spec\` is not a complete run of a package for PyTorch: it has no \`mtlc.json\`; give the folder that \`train.py --output\` wrote",
        "MTL7504 \`ROOT/unfinished\` is not a complete run of a package for PyTorch: it has no \`weights.safetensors\`; give the folder that \`train.py --output\` wrote",
        "MTL7505 \`ROOT/cut/weights.safetensors\` is not what a package for PyTorch writes: it is shorter than its header; copy the run again, or make the package again and train it",
        "MTL7505 \`ROOT/edited/mtlc.json\` is not what a package for PyTorch writes: its spec is another one, or means another model to this version of mtlc; copy the run again, or make the package again and train it",
        "MTL7505 \`ROOT/refitted/fitted.json\` is not what a package for PyTorch writes: feature \`user\` is missing; copy the run again, or make the package again and train it",
        "MTL7505 \`ROOT/other/mtlc.json\` is not what a package for PyTorch writes: it is not what a package has; copy the run again, or make the package again and train it",
      ]
    `);
    expect(await codeOf(importRun({ run: at("targets/torch"), output: at("spec") }))).toMatch(/^MTL7205/);
  });

  it.skipIf(!hasTorch)(
    "measures as the package measured, and goes on as if it had not stopped",
    { timeout: 300_000 },
    async () => {
      const script = `
import contextlib, io, json, runpy, sys
def run(name, *words):
    sys.argv = [name, *words]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(name, run_name="__main__")
    return out.getvalue()
package, folder = sys.argv[1:]
sys.path.insert(0, package)
train, test = [f"{folder}/spec/{name}.csv" for name in ("train", "test")]
for words in (["--output", f"{folder}/whole"], ["--output", f"{folder}/parts", "--epochs", "1"], ["--output", f"{folder}/parts", "--resume"]):
    run(f"{package}/train.py", "--train", train, "--checkpoint", "3", *words)
print(run(f"{package}/eval.py", "--output", f"{folder}/whole", "--data", test))
`;
      const { status, stdout, stderr } = spawnSync(python, ["-c", script, at("targets/torch"), root], {
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
      expect(untouched("parts/weights.safetensors")).toBe(untouched("whole/weights.safetensors"));
      const theirs = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, number>>>>;
      await importRun({ run: at("whole"), output: at("trained") });
      const { heads } = await evaluate({ artifact: at("trained"), test: [at("spec/test.csv")] });
      expect(Object.keys(heads)).toEqual(Object.keys(theirs));
      for (const [head, measured] of Object.entries(heads))
        for (const [name, value] of Object.entries(theirs[head] ?? {}))
          expect([head, name, Math.abs(value - Number(measured[name])) < 1e-5]).toEqual([head, name, true]);
    },
  );

  it.skipIf(!hasTorch)("trains two replicas that end with the same bits", { timeout: 300_000 }, () => {
    runTwo("two", "--epochs", "1");
    expect(untouched("two/weights.safetensors")).not.toBe(untouched("targets/torch/weights.safetensors"));
  });

  it.skipIf(!hasTorchrec)("takes the same steps with tables in shards, resumed or not", { timeout: 900_000 }, () => {
    const shards = ["--embedding", "torchrec", "--table-wise", "10", "--row-wise", "1000"];
    runTwo("whole-tables");
    runTwo("shards", ...shards);
    runTwo("parts", "--epochs", "1", ...shards);
    runTwo("parts", "--resume", ...shards);
    expect(untouched("parts/weights.safetensors")).toBe(untouched("shards/weights.safetensors"));
    const [ours, theirs] = ["whole-tables", "shards"].map((run) => readFileSync(at(run, "weights.safetensors")));
    const length = 8 + Number(ours?.readBigUInt64LE());
    expect(theirs?.subarray(0, length)).toEqual(ours?.subarray(0, length));
    const [x, y] = [numbersOf(ours, length), numbersOf(theirs, length)];
    expect(x.findIndex((each, i) => !(Math.abs(each - (y[i] ?? NaN)) < 1e-5))).toBe(-1);
  });
});

function numbersOf(bytes: Buffer | undefined, begin: number): Float32Array {
  return new Float32Array(Uint8Array.from(bytes?.subarray(begin) ?? []).buffer);
}

/** Two processes (gloo), whose replicas must end with the same bits. */
function runTwo(run: string, ...options: readonly string[]): void {
  const script = join(import.meta.dirname, "replicas.py");
  const files = ["--train", at("spec/train.csv"), "--output", at(run), ...options];
  const launcher = ["-m", "torch.distributed.run", "--nproc-per-node", "2", script];
  const { status, stderr } = spawnSync(python, [...launcher, at("targets/torch"), at("digests"), ...files], {
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  expect(status, stderr).toBe(0);
  const digests = ["0", "1"].map((rank) => readFileSync(at("digests", rank), "utf8"));
  expect(digests[0]).toBe(digests[1]);
}
