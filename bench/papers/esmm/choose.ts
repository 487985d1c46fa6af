/**
 * How long each method trains, and at which learning rate: all have the same choice, made on logs of other seeds by what a
 * practitioner sees, the AUC of pCVR on clicked rows of the test half. The specs have what is best.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "../../../src/runtime/jobs/train.js";
import { mean, note, print, printTable, projectRoot } from "../../report.js";
import { workFolder } from "../kept-runs.js";
import { writeLog } from "./log.js";
import { ctrMethod, type Method } from "./methods.js";
import { specsFolder } from "./run.js";
import { drawWorld, type WorldChoices } from "./world.js";

const rates = [3e-4, 1e-3];
/** Epochs that are looked at; those over clicked rows have a 25th of the rows. */
const longest = { all: 3, clicked: 8 } as const;

/** Prints the mean AUC over `seeds` after each epoch, the best marked. */
export async function choose(
  world: Omit<WorldChoices, "seed">,
  seeds: readonly number[],
  methods: readonly Method[],
): Promise<void> {
  const found = new Map<string, number[][]>();
  for (const seed of seeds) {
    mkdirSync(join(projectRoot, workFolder("esmm")), { recursive: true });
    const folder = mkdtempSync(join(projectRoot, workFolder("esmm"), "log-"));
    try {
      writeLog(drawWorld({ ...world, seed }), folder);
      for (const method of [ctrMethod, ...methods])
        for (const rate of rates) {
          const key = `${method.name}, lr ${rate}`;
          const aucs = await aucByEpoch(method, rate, seed, folder);
          found.set(key, [...(found.get(key) ?? []), [...aucs]]);
          note(`seed ${seed}, ${key}: ${aucs.map((auc) => auc.toFixed(4)).join(" ")}`);
        }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  print(`\nAUC after each epoch (CVR on clicked rows; of CTR on all rows), mean of ${seeds.length} logs`);
  printTable([
    ["", ...Array.from({ length: Math.max(...Object.values(longest)) }, (_, epoch) => String(epoch + 1))],
    ...[...found].map(([key, bySeed]) => [
      key,
      ...(bySeed[0] ?? []).map((_, epoch) => mean(bySeed.map((aucs) => aucs[epoch]!)).toFixed(4)),
    ]),
  ]);
}

async function aucByEpoch(method: Method, rate: number, seed: number, folder: string): Promise<readonly number[]> {
  const spec = join(folder, `${method.spec}.mtl`);
  const base = join(projectRoot, specsFolder, `${method.spec}.mtl`);
  writeFileSync(
    spec,
    `model tried extends "${base}"\noverride train { optimizer: adam(lr: ${rate}), epochs: ${longest[method.rows]} }\n`,
  );
  const { history } = await train({
    spec,
    seed,
    train: [join(folder, `${method.rows}.csv`)],
    test: [join(folder, "test.csv")],
  });
  const head = method === ctrMethod ? "ctr" : "cvr";
  return history.map(({ evaluation }) => evaluation?.heads[head]?.["auc"] ?? NaN);
}
