import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { train } from "../../src/runtime/jobs/train.js";
import { trainRuns, type TrainRunsOptions } from "../../src/runtime/jobs/train-runs.js";
import { isTrained, type RunsEvent, type RunsResult } from "../../src/runtime/runs/types.js";
import { createTiny, weightsOf } from "./tiny.js";

const tiny = createTiny();
const { root } = tiny;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const seeds = (count: number, first = 5): TrainRunsOptions["runs"] =>
  Array.from({ length: count }, (_, k) => ({ seed: first + k }));

/** The files of an artifact but for the note of where it was made. */
function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() && entry.name !== "run.json" ? [[path.slice(folder.length), readFileSync(path)]] : [];
    }),
  );
}

const rest = "metrics { ctr: [auc, logloss] }";
const network = "tower t = mlp([user, item, age], [3], dropout: 0.3)";
const plain = tiny.spec("plain", { rest });

/** The engine that starts at once. */
const runTiny = (options: Partial<TrainRunsOptions>): Promise<RunsResult> =>
  trainRuns({ spec: plain, engine: "cpu", runs: seeds(2), ...options });

const codeOf = async (options: Partial<TrainRunsOptions>): Promise<string> =>
  runTiny(options).then(
    () => "none",
    (error: unknown) => (error as Error).message.slice(0, 7),
  );

/** What a result says of the runs, without the times that they took. */
const untimed = ({ runs, settings, best }: RunsResult): unknown => ({
  runs: runs.map((run) =>
    isTrained(run) ? { ...run, artifact: undefined, summary: { ...run.summary, seconds: 0, rowsPerSecond: 0 } } : run,
  ),
  settings,
  best,
});

describe("many runs", () => {
  it("are each the run by itself with its seed, byte for byte", async () => {
    const spec = tiny.spec("alike", { network, rest });
    const output = join(root, "alike");
    const { runs, ended } = await trainRuns({ spec, output, keep: "all", runs: seeds(3) });
    expect([ended, runs.map(({ run, seed }) => [run, seed])]).toEqual(["done", [[1, 5], [2, 6], [3, 7]]]); // prettier-ignore
    const single = join(root, "single");
    const third = await train({ spec, output: single, seed: 7 });
    expect(filesOf(join(output, "run-3"))).toEqual(filesOf(single));
    expect(weightsOf(join(output, "run-2"))).not.toEqual(weightsOf(single));
    expect(runs[2]).toMatchObject({ history: third.history, evaluation: third.evaluation });
  });

  it("differ in numbers as specs with these numbers do, and say mean, deviation and interval of each", async () => {
    const changed = tiny.spec("changed", { rest });
    writeFileSync(
      changed,
      readFileSync(changed, "utf8").replace("lr: 0.05", "lr: 0.01").replace("model changed", "model plain"),
    );
    const output = join(root, "rates");
    const numbers = [0.05, 0.01].map((lr) => ({ lr }));
    const runs = seeds(3, 1).flatMap(({ seed }) => numbers.map((each) => ({ seed, numbers: each })));
    const { settings, best, ...result } = await runTiny({ output, keep: "all", runs });
    expect(settings.map((setting) => [setting.numbers, setting.runs])).toEqual([
      [{ lr: 0.05 }, [1, 3, 5]],
      [{ lr: 0.01 }, [2, 4, 6]],
    ]);
    const single = join(root, "rates-single");
    await train({ spec: changed, engine: "cpu", output: single, seed: 2 });
    expect(weightsOf(join(output, "run-4"))).toEqual(weightsOf(single));
    expect(weightsOf(join(output, "run-3"))).not.toEqual(weightsOf(single));

    const aucs = result.runs.map((run) => (isTrained(run) ? (run.evaluation?.heads["ctr"]?.["auc"] ?? NaN) : NaN));
    const own = [aucs[0] ?? 0, aucs[2] ?? 0, aucs[4] ?? 0];
    const mean = own.reduce((sum, value) => sum + value) / 3;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    // Student's t of 0.975 with two degrees of freedom.
    const half = (4.302652729911275 * deviation) / Math.sqrt(3);
    const found = settings[0]?.heads["ctr"]?.["auc"];
    expect(found).toMatchObject({ count: 3, values: own });
    expect(found?.mean).toBeCloseTo(mean, 12);
    expect(found?.deviation).toBeCloseTo(deviation, 12);
    expect(found?.interval?.low).toBeCloseTo(mean - half, 9);
    expect(found?.interval?.high).toBeCloseTo(mean + half, 9);
    expect(best).toMatchObject({ by: "auc(ctr)", value: Math.max(...aucs) });
  });

  it("keep the artifact of the best, and go on where they were interrupted", async () => {
    const [whole, broken] = [join(root, "whole"), join(root, "broken")];
    const all = await runTiny({ output: whole, runs: seeds(4) });
    expect(readdirSync(whole).sort()).toEqual([`run-${all.best?.run}`, "runs.json"]);
    const controller = new AbortController();
    const onEvent = (event: RunsEvent): void => {
      if (event.kind === "run" && event.run === 3 && event.event.kind === "started")
        controller.abort(new Error("stop"));
    };
    const first = await runTiny({ output: broken, runs: seeds(4), signal: controller.signal, onEvent });
    expect([first.ended, first.planned, first.runs.map(({ run }) => run)]).toEqual(["interrupted", 4, [1, 2]]);
    expect(await codeOf({ output: broken, runs: seeds(4) })).toBe("MTL7406");
    const trained: number[] = [];
    const second = await runTiny({
      output: broken,
      runs: seeds(4),
      resume: true,
      onEvent: (event) => event.kind === "runFinished" && trained.push(event.result.run),
    });
    expect(trained).toEqual([3, 4]);
    expect(untimed(second)).toEqual(untimed(all));
    expect(readdirSync(broken).sort()).toEqual(readdirSync(whole).sort());
    expect(weightsOf(join(broken, `run-${all.best?.run}`))).toEqual(weightsOf(join(whole, `run-${all.best?.run}`)));
    // More runs may follow, others may not.
    const longer = await runTiny({ output: broken, runs: seeds(5), resume: true });
    expect(longer.runs).toHaveLength(5);
    expect(await codeOf({ output: broken, runs: seeds(5, 6), resume: true })).toBe("MTL7408");
    expect(await codeOf({ output: broken, runs: seeds(5), epochs: 3, resume: true })).toBe("MTL7408");
    writeFileSync(join(broken, "runs.json"), "{}");
    expect(await codeOf({ output: broken, resume: true })).toBe("MTL7407");
  });

  it("go on past a run whose loss is not finite", async () => {
    const numbers = [1e30, 0.05].map((lr) => ({ seed: 1, numbers: { lr } }));
    const { ended, runs, settings, best } = await runTiny({ runs: numbers });
    expect(ended).toBe("done");
    expect(runs[0]).toMatchObject({ run: 1, failure: { code: "MTL7301" } });
    expect(settings[0]?.heads).toEqual({});
    expect(best?.run).toBe(2);
  });

  it("leave what is not theirs", async () => {
    const folder = join(root, "foreign");
    mkdirSync(folder);
    writeFileSync(join(folder, "notes.txt"), "mine");
    expect(await codeOf({ output: folder })).toBe("MTL7405");
    expect(existsSync(join(folder, "notes.txt"))).toBe(true);
  });

  it.each([
    ["MTL7403", "learning_rate", 1],
    ["MTL7404", "lr", -1],
    ["MTL7404", "beta1", 1],
    ["MTL7404", "loss.ctr", -1],
    ["MTL7409", "t.width", 5],
  ])("refuse a number: %s for %s = %d", async (code, name, value) => {
    const spec = tiny.spec("numbers", { network: "tower t = linear([user, item, age], 3)" });
    expect(await codeOf({ spec, runs: [{ seed: 1, numbers: { [name]: value } }] })).toBe(code);
  });
});
