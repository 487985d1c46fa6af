/** One seed: clicks are drawn, and every method is trained on the log of each age and measured against the truth. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { predictColumns } from "../../../src/runtime/jobs/predict/predict.js";
import { train } from "../../../src/runtime/jobs/train.js";
import { note, projectRoot } from "../../report.js";
import { calibration, calibrationError } from "../esmm/truth.js";
import { workFolder } from "../kept-runs.js";
import { type ClickChoices, drawClicks, logText, unseenShare } from "./clicks.js";
import { type Method, methods } from "./methods.js";
import type { DelayRun, Measured } from "./results.js";

/** So small a network is trained before XLA would have compiled it. */
const engine = "wasm";

export const specsFolder = "bench/papers/delayed-feedback/specs";

export async function runSeed(choices: ClickChoices, ages: readonly number[]): Promise<readonly DelayRun[]> {
  mkdirSync(join(projectRoot, workFolder("delayed-feedback")), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, workFolder("delayed-feedback"), "clicks-"));
  // Encoded rows are of use to this run only.
  const cache = process.env["MTLC_CACHE_DIR"];
  process.env["MTLC_CACHE_DIR"] = join(folder, "cache");
  try {
    const { train: clicks, test } = drawClicks(choices);
    const truth = test.map(({ probability }) => probability);
    writeFileSync(join(folder, "test.csv"), logText(test, 0, "all known"));
    const measure = async (method: Method, age: number): Promise<Measured> => {
      writeFileSync(join(folder, "log.csv"), logText(clicks, age, method.rows));
      const found = measured(await trainAndPredict(method, choices.seed, folder), truth);
      note(
        `seed ${choices.seed}, ${method.isTruth === true ? "" : `age ${age}, `}${method.name}: ` +
          `mean / true mean ${found.calibration.toFixed(3)}, log loss above the truth's ${found.excess.toFixed(5)}`,
      );
      return found;
    };
    const known = new Map<string, Measured>();
    for (const method of methods) if (method.isTruth === true) known.set(method.name, await measure(method, 0));
    const runs: DelayRun[] = [];
    for (const age of ages) {
      const found: [string, Measured][] = [];
      for (const method of methods) found.push([method.name, known.get(method.name) ?? (await measure(method, age))]);
      runs.push({ seed: choices.seed, age, unseen: unseenShare(clicks, age), methods: Object.fromEntries(found) });
    }
    return runs;
  } finally {
    if (cache === undefined) delete process.env["MTLC_CACHE_DIR"];
    else process.env["MTLC_CACHE_DIR"] = cache;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trainAndPredict({ spec }: Method, seed: number, folder: string): Promise<Float32Array> {
  const artifact = join(folder, spec);
  await train({
    spec: join(projectRoot, specsFolder, `${spec}.mtl`),
    output: artifact,
    seed,
    train: [join(folder, "log.csv")],
    engine,
  });
  const { heads } = await predictColumns({ artifact, files: [join(folder, "test.csv")], engine });
  const rate = heads.get("rate");
  if (rate === undefined) throw new Error(`${spec} has no head rate`);
  return rate;
}

function measured(predictions: Float32Array, truth: readonly number[]): Measured {
  return {
    calibration: calibration(predictions, truth),
    error: calibrationError(predictions, truth),
    excess: divergence(predictions, truth),
  };
}

/** Mean of the divergence of predictions from the truth: the expected log loss less that of the truth. */
export function divergence(predictions: ArrayLike<number>, truth: readonly number[]): number {
  return (
    truth.reduce((sum, p, row) => {
      const q = Math.min(Math.max(predictions[row]!, 2 ** -23), 1 - 2 ** -23);
      return sum + p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }, 0) / truth.length
  );
}
