import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import {
  compareArtifacts,
  compile,
  evaluate,
  loadPredictor,
  predict,
  train,
  type TrainEvent,
} from "../../src/index.js";

/** Whole runs on the starter's 4,000 rows: from a spec's text to an artifact that answers. */
let root: string;
let spec: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-train-"));
  for (const [name, text] of Object.entries(starterFiles())) writeFileSync(join(root, name), text);
  spec = join(root, "model.mtl");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every file of a folder by its path. */
function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return new Map(paths.sort().map((path) => [relative(".", path), readFileSync(join(folder, path))]));
}

/** The same rows with every click turned into none, and the other way round; nobody buys. */
function flipLabels(text: string): string {
  return text.replace(/,([01]),[01]$/gm, (_, click: string) => `,${click === "1" ? "0" : "1"},0`);
}

const failureOf = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing failed";
};

describe("train", () => {
  it("learns, measures each task over its sample space and leaves an artifact", async () => {
    const events: TrainEvent[] = [];
    const output = join(root, "whole");
    const result = await train({ spec, output, onEvent: (event) => events.push(event) });
    const { heads = {}, role } = result.evaluation ?? {};
    expect(role).toBe("test");
    expect(heads["ctr"]?.rows).toBe(1000);
    expect(heads["cvr"]?.rows).toBeLessThan(500);
    expect(heads["ctr"]?.["auc"]).toBeGreaterThan(0.7);
    expect(result.history).toHaveLength(5);
    expect(result.history[4]?.losses["loss"]).toBeLessThan(result.history[0]?.losses["loss"] ?? 0);
    const kinds = new Set(events.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(["engine", "encoded", "started", "progress", "epoch", "saved"]));
    expect([...filesOf(output).keys()]).toEqual(
      expect.arrayContaining(["manifest.json", "spec.mtl", "weights.safetensors", "saved_model/saved_model.pb"]),
    );
    expect(await evaluate({ artifact: output })).toEqual({ heads });
  });

  it("takes an empty list of files as a role without data", async () => {
    const [given, empty] = [join(root, "given"), join(root, "empty")];
    await train({ spec, output: given, epochs: 1 });
    const result = await train({ spec, output: empty, epochs: 1, test: [] });
    expect(result.evaluation).toBeUndefined();
    expect(filesOf(empty).get("weights.safetensors")).toEqual(filesOf(given).get("weights.safetensors"));
    const asked = [
      () => evaluate({ artifact: given, test: [] }),
      () => compareArtifacts({ artifacts: [given, given], test: [] }),
      () => predict({ artifact: given, files: [], output: join(root, "of-no-rows.csv"), format: "csv" }),
    ];
    for (const ask of asked) expect(await failureOf(ask())).toContain("there is no test data: no file is named");
    expect(await failureOf(compile({ spec, output: join(root, "of-no-data"), train: [] }))).toContain("MTL7115");
    const training = train({ spec, output: join(root, "untrained"), train: [] });
    expect(await failureOf(training)).toContain("MTL7115");
  });

  it("leaves the same bytes twice", async () => {
    const outputs = [join(root, "a"), join(root, "b")];
    for (const output of outputs) await train({ spec, output, epochs: 2 });
    const [a, b] = outputs.map(filesOf);
    expect(a).toEqual(b);
    await train({ spec, output: join(root, "c"), epochs: 2, seed: 8 });
    expect(filesOf(join(root, "c")).get("weights.safetensors")).not.toEqual(a?.get("weights.safetensors"));
  });

  it("resumes an interrupted run to the bytes of an unbroken one", async () => {
    const whole = join(root, "unbroken");
    await train({ spec, output: whole, epochs: 3 });
    const output = join(root, "broken");
    for (const run of [0, 1, 2, 3]) {
      const controller = new AbortController();
      let [epochs, perEpoch] = [0, 0];
      const result = await train({
        spec,
        output,
        epochs: 3,
        resume: run > 0,
        signal: controller.signal,
        checkpoints: { everySteps: 5 },
        // In the middle of the epoch that follows the first one done here, and once when only the artifact is left to write.
        onEvent: (event) => {
          if (event.kind === "started") perEpoch = event.steps / event.epochs;
          if (event.kind === "epoch") epochs += 1;
          if (run < 2 && event.kind === "checkpoint" && epochs > 0 && event.step % perEpoch !== 0) controller.abort();
          if (run === 2 && event.kind === "finished") controller.abort();
        },
      });
      expect(result.summary.ended).toBe(run < 3 ? "interrupted" : "done");
      if (run === 3) break;
      expect(result.checkpoint).toContain("step-");
      expect(await failureOf(train({ spec, output, epochs: 3 }))).toContain("MTL7306");
    }
    const [a, b] = [filesOf(whole), filesOf(output)];
    for (const [path, bytes] of a) expect(b.get(path)?.equals(bytes), path).toBe(true);
    expect([...b.keys()]).toEqual([...a.keys()]);
  });

  it("ends after the steps that the spec asks for, and measures what it kept once", async () => {
    const bySteps = join(root, "steps.mtl");
    writeFileSync(bySteps, readFileSync(spec, "utf8").replace(/epochs: +5/, "steps: 40"));
    const [output, roles]: [string, string[]] = [join(root, "steps"), []];
    const { summary, history, evaluation } = await train({
      spec: bySteps,
      output,
      onEvent: (event) => {
        if (event.kind === "started") roles.push(`${event.epochs} ${event.steps}`);
        if (event.kind === "evaluating") roles.push(event.role);
      },
    });
    expect(summary).toMatchObject({ ended: "done", steps: 40, epochs: 1, keptEpoch: 2 });
    expect(history.map(({ step }) => step)).toEqual([32, 40]);
    expect(roles).toEqual(["2 40"]);
    expect(evaluation?.heads).toEqual(history[1]?.evaluation?.heads);
    expect(await evaluate({ artifact: output })).toEqual({ heads: evaluation?.heads });
    expect(await train({ spec: bySteps, output, resume: true })).toMatchObject({ alreadyTrained: true });
  });

  it("with `resume` starts where there is nothing yet, and does nothing when the run is complete", async () => {
    const output = join(root, "again");
    const codes: string[] = [];
    const once = await train({
      spec,
      output,
      epochs: 2,
      resume: true,
      onEvent: (event) => void (event.kind === "warning" && codes.push(event.diagnostic.code)),
    });
    expect([once.alreadyTrained, once.summary.ended, codes]).toEqual([undefined, "done", ["MTL7330"]]);
    const bytes = filesOf(output);
    const twice = await train({ spec, output, epochs: 2, resume: true });
    expect(twice).toMatchObject({ alreadyTrained: true, artifact: output, summary: { ended: "done", epochs: 2 } });
    expect(twice.evaluation).toEqual(once.evaluation);
    expect(filesOf(output)).toEqual(bytes);
  });

  it("with `resume` tells a finished artifact of another run, or of an unknown one", async () => {
    const output = join(root, "other-run");
    await train({ spec, output, epochs: 1 });
    const resumed = (changes: Partial<Parameters<typeof train>[0]>): Promise<string> =>
      failureOf(train({ spec, output, epochs: 1, resume: true, ...changes }));
    expect(await resumed({ seed: 99 })).toMatch(/MTL7331: .* the seed differs/);
    expect(await resumed({ epochs: 2 })).toMatch(/MTL7331: .* the number of epochs differs/);
    expect(await resumed({ steps: 9 })).toMatch(/MTL7331: .* the number of steps differs/);
    const flipped = join(root, "flipped.csv");
    const text = readFileSync(join(root, "train.csv"), "utf8");
    writeFileSync(flipped, flipLabels(text));
    expect(await resumed({ train: [flipped] })).toMatch(/MTL7331: .* labels, weights or groups\) differs/);
    rmSync(join(output, "run.json"));
    expect(await resumed({})).toMatch(/MTL7331: .* does not say which run/);
  });

  it("leaves the checkpoint of the last epoch only where there is no artifact", async () => {
    const call = { spec, epochs: 2, output: join(root, "whole") };
    const steps: number[] = [];
    const onEvent = (event: TrainEvent): void => void (event.kind === "checkpoint" && steps.push(event.step));
    await train({ ...call, onEvent });
    expect(steps).toHaveLength(1);
    const output = join(root, "refused");
    const failure = await failureOf(
      train({
        ...call,
        output,
        onEvent: (event) => {
          onEvent(event);
          if (event.kind !== "finished") return;
          // What others put there is not replaced.
          rmSync(join(output, "checkpoints"), { recursive: true });
          writeFileSync(join(output, "of-others.txt"), "");
        },
      }),
    );
    expect(failure).toContain("MTL7205");
    const [once, ...twice] = steps;
    expect(twice).toEqual([once, 2 * (once ?? 0)]);
    expect(readdirSync(join(output, "checkpoints"))).toHaveLength(1);
    const resumed = await train({ ...call, output, resume: true });
    expect(resumed.summary.ended).toBe("done");
    for (const [path, bytes] of filesOf(call.output)) expect(filesOf(output).get(path)?.equals(bytes), path).toBe(true);
  });

  it("does not resume over labels that changed in place", async () => {
    const output = join(root, "changed");
    const data = join(root, "changing.csv");
    const text = readFileSync(join(root, "train.csv"), "utf8");
    writeFileSync(data, text);
    const controller = new AbortController();
    const call = { spec, output, epochs: 2, train: [data], checkpoints: { everySteps: 2 } };
    const stopped = await train({
      ...call,
      signal: controller.signal,
      onEvent: ({ kind }) => void (kind === "checkpoint" && controller.abort()),
    });
    expect(stopped.summary.ended).toBe("interrupted");
    writeFileSync(data, flipLabels(text));
    expect(await failureOf(train({ ...call, resume: true }))).toMatch(
      /MTL7304: .* labels, weights or groups\) differs/,
    );
    writeFileSync(data, text);
    expect((await train({ ...call, resume: true })).summary.ended).toBe("done");
  });

  it("trains on what `split` leaves and takes other files in place of the spec's", async () => {
    const text = readFileSync(spec, "utf8").replace(/test: .*/, "split: split(by: hash(user_id), 0.8)");
    const other = join(root, "split.mtl");
    writeFileSync(other, text);
    const result = await train({ spec: other, epochs: 1 });
    expect(result.evaluation?.role).toBe("validation");
    const rows = result.evaluation?.heads["ctr"]?.rows ?? 0;
    expect(rows).toBeGreaterThan(300);
    expect(rows).toBeLessThan(1500);
    const swapped = await train({ spec, epochs: 1, train: [join(root, "test.csv")], test: [join(root, "train.csv")] });
    expect(swapped.evaluation?.heads["ctr"]?.rows).toBe(4000);
  });

  it("refuses what it cannot train, each with its code", async () => {
    const write = (name: string, change: (text: string) => string): string => {
      const path = join(root, name);
      writeFileSync(path, change(readFileSync(spec, "utf8")));
      return path;
    };
    const noData = write("no-data.mtl", (text) => text.replace(/train: .*\n/, ""));
    expect(await failureOf(train({ spec: noData }))).toContain("MTL7115");
    const stop = write("stop.mtl", (text) =>
      text.replace(/(seed: .*)/, "$1\n  stop: early(metric: auc(ctr), patience: 1)").replace(/test: .*\n/, ""),
    );
    expect(await failureOf(train({ spec: stop }))).toContain("MTL7307");
    const part = write("part.mtl", () => "params {\n  alpha: 0.5 in [0, 1]\n}\n");
    expect(await failureOf(train({ spec: part }))).toContain("MTL7310");
    const empty = join(root, "empty.csv");
    writeFileSync(empty, "user_id,item_id,hour,price,click,buy\n");
    expect(await failureOf(train({ spec, train: [empty] }))).toContain("MTL7309");
    const other = join(root, "other");
    writeFileSync(other, "");
    expect(await failureOf(train({ spec, output: other }))).toContain("MTL8008");
    const nan = write("nan.mtl", (text) => text.replace(/lr: [\d.e-]+/, "lr: 3e38"));
    expect(await failureOf(train({ spec: nan }))).toMatch(/MTL7301: the loss of `\w+` became \w+ at step \d+/);
  });

  it("stops early and keeps the best epoch's weights", async () => {
    const path = join(root, "early.mtl");
    const text = readFileSync(spec, "utf8")
      .replace(/(seed: .*)/, "$1\n  stop: early(metric: auc(ctr), patience: 1)")
      .replace(/epochs: +5/, "epochs: 60");
    writeFileSync(path, text);
    const { summary, history, evaluation } = await train({ spec: path });
    expect(summary.ended).toBe("stopped");
    const scores = history.map((record) => record.evaluation?.heads["ctr"]?.["auc"] ?? 0);
    expect(evaluation?.heads["ctr"]?.["auc"]).toBe(Math.max(...scores));
    expect(summary.keptEpoch).toBe(scores.indexOf(Math.max(...scores)) + 1);
    expect(history.length).toBe(summary.keptEpoch + 1);
  });
});

describe("an artifact", () => {
  const row = { user_id: "u1", item_id: "i2", hour: 20, price: 12 };

  it("predicts the same for a file and for rows at hand, labels or none", async () => {
    const artifact = join(root, "whole");
    const file = join(root, "unlabelled.csv");
    writeFileSync(file, "user_id,item_id,hour,price\nu1,i2,20,12\nnobody,i2,,12\n");
    const output = join(root, "scores.csv");
    const events: TrainEvent[] = [];
    const onEvent = (event: TrainEvent): void => void events.push(event);
    const result = await predict({ artifact, files: [file], output, format: "csv", keep: ["user_id"], onEvent });
    expect(result).toEqual({ output, rows: 2, columns: ["user_id", "ctr", "cvr", "ctcvr"] });
    const [header, first, second] = readFileSync(output, "utf8").trim().split("\n");
    expect(header).toBe("user_id,ctr,cvr,ctcvr");
    const chosen = events.find(({ kind }) => kind === "engine");
    if (chosen?.kind !== "engine") throw new Error("no engine was told");
    const rows = [row, { user_id: "nobody", item_id: "i2", price: 12 }];
    const predictor = await loadPredictor(artifact, { engine: chosen.engine });
    try {
      const found = predictor.predict(rows);
      for (const [i, line] of [first, second].entries())
        line
          ?.split(",")
          .slice(1)
          .forEach((text, head) => {
            const name = predictor.heads[head] ?? "";
            expect(Math.fround(Number(text))).toBe(found[name]?.[i]);
          });
      const [ctr = 0, cvr = 0, ctcvr = 0] = predictor.heads.map((head) => found[head]?.[0] ?? 0);
      expect(ctcvr).toBeCloseTo(ctr * cvr, 6);
      // The engine that is fastest for two rows may be another one.
      const fastest = await loadPredictor(artifact);
      for (const [name, values] of Object.entries(fastest.predict(rows)))
        for (const [i, value] of values.entries()) expect(value).toBeCloseTo(found[name]?.[i] ?? NaN, 6);
      fastest.close();
    } finally {
      predictor.close();
    }
  });

  it("is not predicted from when it was compiled and never trained", async () => {
    const output = join(root, "compiled");
    const { manifest } = await compile({ spec, output });
    expect(manifest.trained).toBe(false);
    expect(await failureOf(loadPredictor(output))).toContain("MTL7206");
  });

  it("names what a row has wrong", async () => {
    const predictor = await loadPredictor(join(root, "whole"));
    expect(() => predictor.predict([{ ...row, price: "cheap" }])).toThrow(/MTL7113.*price/);
    predictor.close();
  });
});
