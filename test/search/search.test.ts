import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { Failure } from "../../src/runtime/failure.js";
import { searchSpec, type SearchOptions } from "../../src/index.js";
import type { SearchResult, SearchTrial } from "../../src/runtime/search/result.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { tinyRows } from "../train/tiny.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-search-"));
  writeFileSync(join(root, "train.csv"), tinyRows(80, 1));
  writeFileSync(join(root, "test.csv"), tinyRows(24, 2));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Parts {
  readonly data?: string;
  readonly tower?: string;
  readonly train?: string;
  readonly metrics?: string;
}

const searchedTower = "mlp([user, item], [search [2, 4, 8]], activation: search [relu, tanh])";
const searchedTrain =
  "optimizer: adam(lr: search 1e-3..1.0 log = 0.05), batch: 16, epochs: 3, stop: early(auc(ctr), patience: 3)";

function write(name: string, parts: Parts = {}): string {
  const path = join(root, `${name}.mtl`);
  const text = `model ${name}
data { train: "train.csv", test: "test.csv", split: split(0.7)${parts.data ?? ""} }
features { user: categorical(embed: 2), item: categorical(embed: 2) }
labels { click: event }
tower t = ${parts.tower ?? searchedTower}
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
metrics { ctr: ${parts.metrics ?? "[auc, logloss]"} }
train { ${parts.train ?? searchedTrain} }
`;
  writeFileSync(path, text);
  return path;
}

async function search(options: Partial<SearchOptions> & Pick<SearchOptions, "spec" | "output">): Promise<SearchResult> {
  return (await searchSpec({ trials: 6, engine: "cpu", ...options })).result;
}

/** All of a trial but how long it took. */
const withoutTime = ({ seconds: _, ...rest }: SearchTrial): object => rest;
const timeless = ({ trials }: SearchResult): readonly object[] => trials.map(withoutTime);

describe("a search", () => {
  let spec: string;
  let whole: SearchResult;
  beforeAll(async () => {
    spec = write("whole");
    whole = await search({ spec, output: join(root, "whole"), trials: 6 });
  });

  it("trains each trial with its values, the first with the defaults", () => {
    expect(whole.trials.map(({ trial, state }) => [trial, state])).toEqual(
      Array.from({ length: 6 }, (_, i) => [i + 1, "done"]),
    );
    expect(whole.trials[0]?.values).toEqual({ "t.widths": "2", "t.activation": "relu", "train.optimizer.lr": 0.05 });
    for (const { objectives, heads } of whole.trials) expect(objectives).toEqual([heads["ctr"]?.["auc"]]);
    // 0.3 of 80 rows validate.
    expect(new Set(whole.trials.map(({ heads }) => heads["ctr"]?.rows)).size).toBe(1);
    expect(whole.trials[0]?.heads["ctr"]?.rows).toBeLessThan(40);
  });

  it("takes the best on validation data, and measures only that on test data", () => {
    const values = whole.trials.map(({ objectives: [value] }) => value ?? -1);
    expect(whole.best?.objectives).toEqual([Math.max(...values)]);
    expect(whole.best?.trial).toBe(values.indexOf(Math.max(...values)) + 1);
    expect(whole.best?.evaluation?.role).toBe("test");
    expect(whole.best?.evaluation?.heads["ctr"]?.rows).toBe(24);
  });

  it("writes the best spec, which is the model that was trained, from where it lies", () => {
    const best = whole.best;
    const loaded = loadSpec(best?.file ?? "");
    expect(loaded.searches).toEqual([]);
    const { model } = JSON.parse(readFileSync(join(best?.artifact ?? "", "manifest.json"), "utf8")) as {
      readonly model: { readonly hash: string };
    };
    const text = readFileSync(best?.file ?? "", "utf8");
    expect(text).toContain('train: "../train.csv"');
    writeFileSync(join(root, "beside.mtl"), text.replaceAll('"../', '"'));
    expect(model.hash).toBe(loadSpec(join(root, "beside.mtl")).hash);
  });

  it("leaves a table with a row for each trial", async () => {
    const rows = await withDatabase({ folder: root }, (database) =>
      database.rows(
        `SELECT trial, state, "t.widths", "t.activation", "train.optimizer.lr", "ctr.auc", on_front FROM '${whole.table}' ORDER BY trial`,
      ),
    );
    expect(rows.map((row) => row.map((each) => (typeof each === "bigint" ? Number(each) : each)))).toEqual(
      whole.trials.map(({ trial, state, values, objectives: [auc] }) => [
        trial,
        state,
        ...Object.values(values),
        auc,
        trial === whole.best?.trial,
      ]),
    );
  });

  it("goes on where it was ended, with the same trials as one that was not", async () => {
    const output = join(root, "ended");
    const controller = new AbortController();
    const ended = await search({
      spec,
      output,
      trials: 6,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === "trial" && event.trial.trial === 3) controller.abort();
      },
    });
    expect([ended.ended, ended.trials.length, ended.best?.artifact]).toEqual(["interrupted", 3, undefined]);
    const trained = new Set<number>();
    const rest = await search({
      spec,
      output,
      trials: 6,
      onEvent: (event) => {
        if (event.kind === "trialEvent" && event.event.kind === "started") trained.add(event.trial);
      },
    });
    expect(timeless(rest)).toEqual(timeless(whole));
    expect(trained).toEqual(new Set([4, 5, 6, whole.best?.trial ?? 0]));
    expect(rest.best?.evaluation).toEqual(whole.best?.evaluation);
  });

  it("begins with the trials of a shorter one", async () => {
    const output = join(root, "longer");
    const short = await search({ spec, output, trials: 2 });
    const long = await search({ spec, output, trials: 6 });
    expect(timeless(short)).toEqual(timeless(whole).slice(0, 2));
    expect(timeless(long)).toEqual(timeless(whole));
    expect(existsSync(join(output, "best", "manifest.json"))).toBe(true);
  });

  it("ends with what it has when the time is over", async () => {
    const { ended, trials } = await search({ spec, output: join(root, "late"), seconds: 0 });
    expect([ended, trials]).toEqual(["time", []]);
  });

  it("notes a trial that fails, and goes on", async () => {
    const failing = write("failing", {
      tower: "mlp([user, item], [4])",
      train: "optimizer: sgd(lr: search [0.1, 1e38, 0.2]), batch: 16, epochs: 2, stop: early(auc(ctr), patience: 1)",
    });
    const { trials, best, ended } = await search({ spec: failing, output: join(root, "failing") });
    expect(ended).toBe("exhausted");
    const failed = trials.filter(({ state }) => state === "failed");
    expect(failed.map(({ values, code }) => [values["train.optimizer.lr"], code])).toEqual([["1e38", "MTL7301"]]);
    expect(best?.values["train.optimizer.lr"]).not.toBe("1e38");
  });

  it("gives the front of several metrics", async () => {
    const { trials, front, best } = await search({
      spec,
      output: join(root, "front"),
      metrics: ["auc( ctr )", "logloss(ctr)"],
    });
    const beats = ([a1 = 0, l1 = 0]: readonly (number | null)[], [a2, l2]: readonly (number | null)[]): boolean =>
      (a1 ?? 0) >= (a2 ?? 0) && (l1 ?? 0) <= (l2 ?? 0) && ((a1 ?? 0) > (a2 ?? 0) || (l1 ?? 0) < (l2 ?? 0));
    const unbeaten = trials.filter((one) => !trials.some((other) => beats(other.objectives, one.objectives)));
    const values = (numbers: readonly number[] = []): ReadonlySet<string> =>
      new Set(numbers.map((number) => String(trials[number - 1]?.objectives)));
    expect(values(front)).toEqual(new Set(unbeaten.map(({ objectives }) => String(objectives))));
    expect(front).toContain(best?.trial);
    const other = trials.find(({ trial }) => trial !== best?.trial)?.trial ?? 0;
    const taken = { spec, output: join(root, "front"), metrics: ["auc(ctr)", "logloss(ctr)"], pick: other };
    expect((await search(taken)).best).toMatchObject({ trial: other, values: trials[other - 1]?.values });
    await expect(search({ ...taken, pick: 99 })).rejects.toThrow("MTL7419");
  });

  it("moves the files that a choice of an import changes, and leaves the others", async () => {
    writeFileSync(
      join(root, "part.mtl"),
      'import "./deep.mtl"\nfeatures { user: categorical(embed: search [2, 3]) }\n',
    );
    writeFileSync(join(root, "deep.mtl"), "features { item: categorical(embed: 2) }\n");
    const path = write("importing", {
      tower: "mlp([user, item], [4])",
      train: "batch: 16, epochs: 2, stop: early(auc(ctr), patience: 1)",
    });
    const text = readFileSync(path, "utf8").replace(/features .*\n/, 'import "./part.mtl"\n');
    writeFileSync(path, text);
    const output = join(root, "importing");
    const { best } = await search({ spec: path, output, trials: 2 });
    expect(readdirSync(output).filter((file) => file.endsWith(".mtl"))).toEqual(["best.mtl", "best.part.mtl"]);
    expect(readFileSync(join(output, "best.part.mtl"), "utf8")).toBe(
      `import "../deep.mtl"\nfeatures { user: categorical(embed: ${best?.values["user.embed"]}) }\n`,
    );
    expect(loadSpec(join(output, "best.mtl")).searches).toEqual([]);
  });
});

describe("halving", () => {
  const train =
    "optimizer: adam(lr: search 1e-3..1.0 log = 0.05), batch: 16, epochs: 9, stop: early(auc(ctr), patience: 9)";

  let spec: string;
  let whole: SearchResult;
  beforeAll(async () => {
    spec = write("halved", { train });
    whole = await search({ spec, output: join(root, "halved"), trials: 9, halving: true });
  });

  it("pauses most trials, and trains the others on as if they had not paused", async () => {
    const { trials, best } = whole;
    const epochs = trials.map((trial) => trial.epochs).toSorted((a, b) => a - b);
    expect(epochs).toEqual([1, 1, 1, 1, 1, 1, 3, 3, 9]);
    expect(trials.find(({ state }) => state === "done")?.trial).toBe(best?.trial);
    // Trained again without a pause, the best comes to the same.
    const text = readFileSync(best?.file ?? "", "utf8");
    writeFileSync(
      join(root, "unpaused.mtl"),
      text.replaceAll("../", "./").replace("batch: 16", "batch: search [16, 17]"),
    );
    const again = await search({ spec: join(root, "unpaused.mtl"), output: join(root, "unpaused"), trials: 1 });
    expect(again.trials[0]?.heads["ctr"]).toEqual(best?.heads["ctr"]);
    expect(existsSync(join(root, "halved", "runs"))).toBe(false);
  });

  it("goes on where it was ended", async () => {
    const output = join(root, "resumed");
    const controller = new AbortController();
    let seen = 0;
    await search({
      spec,
      output,
      trials: 9,
      halving: true,
      signal: controller.signal,
      onEvent: (event) => {
        // In the midst of a training of the second rung.
        if (event.kind === "trialEvent" && event.event.kind === "epoch" && ++seen === 10) controller.abort();
      },
    });
    const rest = await search({ spec, output, trials: 9, halving: true });
    expect(timeless(rest)).toEqual(timeless(whole));
  });
});

describe("what cannot be searched is said", () => {
  const failureOf = async (run: Promise<unknown>): Promise<string> => {
    try {
      await run;
    } catch (error) {
      if (error instanceof Failure) return error.diagnostics.map(({ code }) => code).join(" ");
      throw error;
    }
    return "nothing failed";
  };
  const stop = "stop: early(auc(ctr), patience: 1)";

  it.each([
    ["MTL7411", { tower: "mlp([user, item], [4])", train: "epochs: 1" }, {}],
    ["MTL7412", { data: ', validation: "test.csv"' }, {}],
    ["MTL7413", { train: "epochs: 1" }, {}],
    ["MTL7414", {}, { metrics: ["auc(cvr)"] }],
    ["MTL7415", {}, { method: "cma-es" as const }],
    [
      "MTL7417",
      { tower: "mlp([user, item], [4])", train: `optimizer: sgd(lr: search [1e38, 2e38]), epochs: 2, ${stop}` },
      {},
    ],
    ["MTL7418", { train: `epochs: 2, ${stop}` }, { halving: true }],
  ] satisfies readonly [string, Parts, Partial<SearchOptions>][])("%s", async (code, parts, options) => {
    let spec = write(`wrong_${code}`, parts);
    if (code === "MTL7412") {
      // Without a split and without validation files.
      spec = write(`wrong_${code}`);
      writeFileSync(spec, readFileSync(spec, "utf8").replace(", split: split(0.7)", ""));
    }
    expect(await failureOf(search({ spec, output: join(root, `wrong-${code}`), ...options }))).toBe(code);
  });

  it("MTL7416", async () => {
    const spec = write("taken", { train: `epochs: 1, ${stop}` });
    const output = join(root, "taken");
    await search({ spec, output, trials: 1 });
    expect(await failureOf(search({ spec, output, trials: 1, seed: 2 }))).toBe("MTL7416");
    expect((await search({ spec, output, trials: 1, seed: 2, force: true })).trials).toHaveLength(1);
    writeFileSync(spec, readFileSync(spec, "utf8").replace("[2, 4, 8]", "[2, 4]"));
    expect(await failureOf(search({ spec, output, trials: 1, seed: 2 }))).toBe("MTL7416");
    const other = mkdtempSync(join(root, "other-"));
    writeFileSync(join(other, "notes.txt"), "not of a search");
    expect(await failureOf(search({ spec, output: other, force: true }))).toBe("MTL7416");
    expect(readdirSync(other)).toEqual(["notes.txt"]);
  });
});
