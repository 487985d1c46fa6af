/** One run: a log is drawn, every method is trained on its first half and measured on its second one. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { predictColumns } from "../../../src/runtime/jobs/predict/predict.js";
import { train } from "../../../src/runtime/jobs/train.js";
import { note, projectRoot } from "../../report.js";
import { workFolder } from "../kept-runs.js";
import { writeLog } from "./log.js";
import { ctrMethod, type Method } from "./methods.js";
import type { EsmmRun, Measured } from "./results.js";
import { calibration, calibrationError, expectedAuc } from "./truth.js";
import { drawWorld, type World, type WorldChoices } from "./world.js";

export const specsFolder = "bench/papers/esmm/specs";

/** Trains and measures `methods` on the log of `choices`, whose seed is also that of all first values. */
export async function runOnce(setting: string, choices: WorldChoices, methods: readonly Method[]): Promise<EsmmRun> {
  mkdirSync(join(projectRoot, workFolder("esmm")), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, workFolder("esmm"), "log-"));
  // Encoded rows are of use to this run only.
  const cache = process.env["MTLC_CACHE_DIR"];
  process.env["MTLC_CACHE_DIR"] = join(folder, "cache");
  try {
    const world = drawWorld(choices);
    writeLog(world, folder);
    const truth = testHalf(world);
    const heads = async (method: Method): Promise<Heads> => trainAndPredict(method, choices.seed, folder);
    const ctr = (await heads(ctrMethod))("ctr");
    const measured: [string, Measured][] = [];
    for (const method of methods) {
      const started = performance.now();
      const found = measure((await heads(method))("cvr"), ctr, truth);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      note(
        `${setting}, seed ${choices.seed}, ${method.name}: CVR ${found.cvrClicked.toFixed(4)} on clicks, ` +
          `${found.cvrTruth.toFixed(4)} over all; CTCVR ${found.ctcvrAll.toFixed(4)}; ${seconds} s`,
      );
      measured.push([method.name, found]);
    }
    return {
      setting,
      seed: choices.seed,
      log: describeLog(world, truth),
      best: {
        cvrTruth: expectedAuc(truth.cvr, truth.cvr),
        ctcvrTruth: expectedAuc(truth.ctcvr, truth.ctcvr),
      },
      ctr: expectedAuc(ctr, truth.ctr),
      methods: Object.fromEntries(measured),
    };
  } finally {
    if (cache === undefined) delete process.env["MTLC_CACHE_DIR"];
    else process.env["MTLC_CACHE_DIR"] = cache;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The test half: true probabilities, and what happened. */
interface Truth {
  readonly ctr: Float64Array;
  readonly cvr: Float64Array;
  readonly ctcvr: Float64Array;
  readonly click: Uint8Array;
  readonly buy: Uint8Array;
}

function testHalf({ ctr, cvr, click, buy }: World): Truth {
  const half = click.length / 2;
  const [pClick, pBuy] = [ctr.subarray(half), cvr.subarray(half)];
  return {
    ctr: pClick,
    cvr: pBuy,
    ctcvr: pClick.map((p, row) => p * pBuy[row]!),
    click: click.subarray(half),
    buy: buy.subarray(half),
  };
}

type Heads = (name: string) => Float32Array;

async function trainAndPredict({ name, spec, rows }: Method, seed: number, folder: string): Promise<Heads> {
  const artifact = join(folder, spec);
  await train({
    spec: join(projectRoot, specsFolder, `${spec}.mtl`),
    output: artifact,
    seed,
    train: [join(folder, `${rows}.csv`)],
  });
  const { heads } = await predictColumns({ artifact, files: [join(folder, "test.csv")] });
  return (head) => {
    const values = heads.get(head);
    if (values === undefined) throw new Error(`${name} has no head ${head}`);
    return values;
  };
}

function measure(cvr: Float32Array, ctr: Float32Array, truth: Truth): Measured {
  const ctcvr = Float64Array.from(cvr, (p, row) => p * ctr[row]!);
  const clicked = (values: ArrayLike<number>): readonly number[] =>
    Array.from(values).filter((_, row) => truth.click[row] === 1);
  return {
    cvrClicked: expectedAuc(clicked(cvr), clicked(truth.buy)),
    ctcvrAll: expectedAuc(ctcvr, truth.buy),
    cvrTruth: expectedAuc(cvr, truth.cvr),
    ctcvrTruth: expectedAuc(ctcvr, truth.ctcvr),
    calibration: calibration(cvr, truth.cvr),
    calibrationError: calibrationError(cvr, truth.cvr),
  };
}

function describeLog({ click, buy }: World, { ctr, cvr, ctcvr }: Truth): EsmmRun["log"] {
  const sum = (values: Iterable<number>): number => {
    let total = 0;
    for (const value of values) total += value;
    return total;
  };
  const half = click.length / 2;
  return {
    clicks: sum(click.subarray(0, half)),
    conversions: sum(buy.subarray(0, half)),
    cvrAll: sum(cvr) / cvr.length,
    cvrClicked: sum(ctcvr) / sum(ctr),
  };
}
