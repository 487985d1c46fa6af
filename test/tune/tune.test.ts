import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTune, type TuneCommand } from "../../src/cli/commands/tune/run.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { tuneView } from "../../src/cli/commands/tune/view.js";
import { createFileHost } from "../../src/runtime/specs/load-spec.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { Failure } from "../../src/runtime/failure.js";
import { serveAskTell } from "../../src/runtime/tune/ask-tell.js";
import { format } from "../../src/compiler/format/index.js";
import { createDraws } from "../../src/runtime/tune/index.js";
import type { TuneResult } from "../../src/runtime/tune/result.js";
import { root } from "../cli/run-cli.js";

const example = join(root, "specs/examples/tuning");
let folder = "";
let base: TuneCommand;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-tune-"));
  cpSync(example, folder, { recursive: true });
  base = {
    spec: join(folder, "feed.mtl"),
    log: [join(folder, "log.csv.gz")],
    objectives: ["ndcg@10(value)"],
    guards: [],
    request: "request_id",
    user: "user_id",
    time: "day",
    holdout: 0.2,
    budget: 60,
    seed: 1,
    floor: 100,
    write: false,
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failureOf(command: TuneCommand): Promise<string> {
  try {
    await runTune(command);
  } catch (error) {
    if (error instanceof Failure) return error.message.replaceAll(folder, "DIR");
    throw error;
  }
  throw new Error("it did not fail");
}

const proposed = ({ params }: TuneResult): Record<string, number> =>
  Object.fromEntries(params.map(({ name, proposed: value }) => [name, value]));

describe("what a log does not say", () => {
  const log = (name: string, value: (row: number) => string | number): string => {
    const path = join(folder, name);
    const rows = Array.from({ length: 80 }, (_, i) =>
      [Math.floor(i / 8), (((i * 37) % 23) + 1) / 30, (((i * 17) % 19) + 1) / 30, value(i)].join(","),
    );
    writeFileSync(path, `request,ctr,cvr,value\n${rows.join("\n")}\n`);
    return path;
  };
  const command = (path: string): TuneCommand => {
    const spec = join(folder, "plain.mtl");
    writeFileSync(
      spec,
      "model plain\nsignals {\n  ctr: P(click)\n  cvr: P(buy | click)\n}\nparams { a: 0.1 in [0, 2] }\n" +
        "fusion score = ctr * safe_pow(cvr, a)\nrank feed = top 5 by score\n",
    );
    const { request: _request, user: _user, time: _time, ...rest } = base;
    return { ...rest, spec, log: [path], objectives: ["ndcg@5(value)"], budget: 10 };
  };

  it("is not claimed: without a held-out slice there is no interval", async () => {
    const { result } = await runTune(command(log("noise.csv", (row) => (row * 29) % 11)));
    expect(result.log.holdout).toBeUndefined();
    expect(result.objectives[0]?.difference.interval).toBeUndefined();
    const text = tuneView.human(result, createTerminal({}));
    expect(text).not.toContain("95 %");
    expect(text).toContain(
      "Measured on the requests that the search saw, which says nothing of others: the log has too few users",
    );
  });

  it("MTL7105: a text in a column that is measured is an error with its row, as in training", async () => {
    const path = log("texts.csv", (row) => (row === 6 ? "high" : row % 3));
    expect(await failureOf(command(path))).toBe(
      "MTL7105: column `value` is `high` in row 7 of `DIR/texts.csv`, where what is measured needs a number, true or false",
    );
    const counted = { ...command(path), objectives: ["distinct@5(value)"] };
    expect((await runTune(counted)).exitCode).toBe(0);
  });

  it("is unknown and not 0: rows without a value are left out of that measure, counted and said", async () => {
    const isUnknown = (row: number): boolean => row % 5 === 2;
    const value = (row: number): number => (row * 29) % 11;
    const objectives = ["ndcg@5(value)", "mean@5(value)", "gauc(value)", "auc(value)", "distinct@5(value)"];
    const measured = async (path: string): Promise<readonly number[]> => {
      const found = await Promise.all(
        objectives.map(async (objective) => (await runTune({ ...command(path), objectives: [objective] })).result),
      );
      return found.map((result) => result.objectives[0]?.production.train ?? NaN);
    };
    const unknown = log("unknown.csv", (row) => (isUnknown(row) ? "" : value(row)));
    const notFinite = log("nan.csv", (row) => (isUnknown(row) ? "NaN" : value(row)));
    const zero = log("zero.csv", (row) => (isUnknown(row) ? 0 : value(row)));
    const [head = "", ...lines] = readFileSync(unknown, "utf8").trim().split("\n");
    const without = join(folder, "without.csv");
    writeFileSync(without, `${[head, ...lines.filter((_, row) => !isUnknown(row))].join("\n")}\n`);
    const right = await measured(without);
    expect(await measured(unknown)).toEqual(right);
    expect(await measured(notFinite)).toEqual(right);
    expect(await measured(zero)).not.toEqual(right);
    // A measure of another column keeps the rows.
    const { result } = await runTune({ ...command(unknown), objectives: ["mean@8(cvr) + 0 * ndcg@5(value)"] });
    const all = await runTune({ ...command(unknown), objectives: ["mean@8(cvr)"] });
    expect(result.objectives[0]?.production).toEqual(all.result.objectives[0]?.production);
    expect(result.log.missing).toEqual([{ column: "value", rows: 16 }]);
    expect(all.result.log.missing).toEqual([]);
    expect(tuneView.human(result, createTerminal({}))).toContain(
      "value: 16 rows without a value, left out of what is measured of it\n",
    );
    expect(await failureOf(command(log("none.csv", () => "")))).toBe(
      "MTL7570: column `value` has no value in any of the 80 rows that are searched on, so it cannot be measured",
    );
  });

  it("counts gains below 0 as 0 in ndcg, and says how many there are", async () => {
    const { result } = await runTune(command(log("negative.csv", (row) => (row % 4) - 1)));
    const clipped = await runTune(command(log("clipped.csv", (row) => Math.max(0, (row % 4) - 1))));
    expect(result.objectives[0]?.production).toEqual(clipped.result.objectives[0]?.production);
    expect(result.log.negativeGains).toEqual([{ column: "value", rows: 20 }]);
    expect(clipped.result.log.negativeGains).toEqual([]);
    expect(tuneView.human(result, createTerminal({}))).toContain("value: 20 rows below 0, which ndcg counts as 0\n");
  });

  it("MTL7571: each row says its request and its time; a request of an unknown user is a user of its own", async () => {
    const write = (name: string, lines: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, `request,who,day,ctr,cvr,value\n${lines.join("\n")}\n`);
      return path;
    };
    const lines = [
      "1,a,1,0.1,0.2,1",
      "1,a,1,0.3,0.1,0",
      "2,,2,0.2,0.2,0",
      "2,,2,0.1,0.1,1",
      "3,,3,0.1,0.4,1",
      "3,,3,0.2,0.1,0",
    ];
    const whole = { ...command(write("whole.csv", lines)), user: "who", time: "day", holdout: 0.4 };
    const { result } = await runTune(whole);
    expect(result.log.users + (result.log.holdout?.requests ?? 0)).toBe(3);
    expect(await failureOf({ ...whole, log: [write("no-request.csv", [...lines, ",b,3,0.1,0.1,1"])] })).toBe(
      "MTL7571: column `request` has no value in row 7 of `DIR/no-request.csv`, where `--request` needs one in every row",
    );
    expect(await failureOf({ ...whole, log: [write("no-day.csv", [...lines, "4,b,,0.1,0.1,1"])] })).toBe(
      "MTL7571: column `day` has no value in row 7 of `DIR/no-day.csv`, where `--time` needs one in every row",
    );
    const jittered = { ...whole, jitter: new Map([["a", 0.1]]), objectives: ["snips(value)"] };
    const draws = join(folder, "draws.csv");
    writeFileSync(draws, "request,who,day,ctr,cvr,value,a\n1,a,1,0.1,0.2,1,0.1\n2,b,2,0.1,0.2,1,\n");
    expect(await failureOf({ ...jittered, log: [draws] })).toBe(
      "MTL7105: column `a` is `null` in row 2 of `DIR/draws.csv`, where what is measured needs a number, true or false",
    );
  });
});

describe("mtlc tune on the example log", () => {
  it("finds the formula that made the log, and says how sure it is on later days", async () => {
    const { result, exitCode } = await runTune(base);
    expect(exitCode).toBe(0);
    const { a = 0, b = 0 } = proposed(result);
    expect(a).toBeGreaterThan(0.35);
    expect(a).toBeLessThan(0.9);
    expect(b).toBeGreaterThan(0.1);
    expect(b).toBeLessThan(0.5);
    expect(result.log).toMatchObject({ rows: 6400, requests: 400, users: 100, leftOut: 0 });
    expect(result.log.holdout).toEqual({
      rows: 1600,
      requests: 100,
      users: 100,
      by: "time",
      from: "2026-03-05",
    });
    const [objective] = result.objectives;
    const { value = 0, interval = { low: 0, high: 0 } } = objective?.difference ?? {};
    expect(value).toBeCloseTo((objective?.proposed.holdout ?? 0) - (objective?.production.holdout ?? 0), 12);
    expect(interval.low).toBeGreaterThan(0);
    expect(interval.low).toBeLessThan(value);
    expect(interval.high).toBeGreaterThan(value);
    expect(result.patch).toContain("-  a: 0.1 in [0, 2]");
    expect(readFileSync(base.spec, "utf8")).toBe(readFileSync(join(example, "feed.mtl"), "utf8"));
  });

  it("is a function of its seed", async () => {
    const [one, two] = [
      await runTune({ ...base, budget: 12, fusion: "worth" }),
      await runTune({ ...base, budget: 12, fusion: "worth" }),
    ];
    expect({ ...one.result, seconds: 0 }).toEqual({ ...two.result, seconds: 0 });
  });

  it.each([
    ["stacking", "value"],
    ["survey", "rating"],
  ] as const)("reads exponents from a regression (%s)", async (method, label) => {
    const { result } = await runTune({ ...base, method, label, fusion: "worth" });
    const { a = 0, b = 0 } = proposed(result);
    expect(a).toBeGreaterThan(0.45);
    expect(a).toBeLessThan(0.75);
    expect(b).toBeGreaterThan(0.15);
    expect(b).toBeLessThan(0.35);
    expect(result.trials).toBe(0);
  });

  it("lists a front between two objectives, and proposes its knee or the point that was asked for", async () => {
    const command = { ...base, objectives: ["gauc(click)", "ndcg@10(value)"], budget: 64, fusion: "worth" };
    const { result } = await runTune({ ...command, plot: join(folder, "charts") });
    const points = result.front?.points ?? [];
    expect(points.length).toBeGreaterThan(5);
    for (const [i, point] of points.entries()) {
      const next = points[i + 1];
      if (next === undefined) continue;
      expect(next.objectives[0]).toBeGreaterThan(point.objectives[0] ?? 1);
      expect(next.objectives[1]).toBeLessThan(point.objectives[1] ?? 0);
    }
    expect(points.filter(({ knee }) => knee).length).toBe(1);
    expect(points.findIndex(({ knee }) => knee)).toBe(points.findIndex((point) => point.proposed));
    expect(result.front?.hypervolume.train).toBeGreaterThanOrEqual(0);
    expect(result.files.map((file) => file.replace(folder, ""))).toEqual([
      "/charts/sensitivity.svg",
      "/charts/front.svg",
    ]);
    expect(readFileSync(join(folder, "charts/front.svg"), "utf8")).toContain(">production<");
    const picked = await runTune({ ...command, pick: 1 });
    expect(picked.result.front?.points.findIndex((point) => point.proposed)).toBe(0);
    expect(tuneView.human(picked.result, createTerminal({ NO_COLOR: "1" }))).toContain("hypervolume from production");
  });

  it("sees lists through the rules: the share of new items that `explore` promises", async () => {
    const guards = ["mean@10(is_new) >= 0.1"];
    const through = await runTune({ ...base, guards, budget: 12 });
    expect(through.result.guards[0]?.production.train).toBeGreaterThan(0.1);
    const without = await runTune({ ...base, guards, budget: 12, fusion: "worth" });
    const share = without.result.guards[0]?.production.train ?? 0;
    expect(share).toBeLessThan(through.result.guards[0]?.production.train ?? 0);
    expect(without.result.target).toEqual({ kind: "fusion", name: "worth" });
  });

  it("proposes nothing to be written where no trial keeps the guards", async () => {
    const { result, exitCode } = await runTune({
      ...base,
      guards: ["mean@10(is_new) >= 0.9"],
      budget: 12,
      write: true,
    });
    expect(exitCode).toBe(1);
    expect(result.feasible).toBe(false);
    expect(result.written).toBe(false);
    expect(tuneView.human(result, createTerminal({ NO_COLOR: "1" }))).toContain("No trial keeps every guard");
  });

  it("stopped keeps the best so far", async () => {
    const controller = new AbortController();
    const { result } = await runTune({
      ...base,
      budget: 5000,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === "trial" && event.done === 15) controller.abort();
      },
    });
    expect(result.interrupted).toBe(true);
    expect(result.trials).toBe(15);
    expect(result.patch).not.toBe("");
  });

  it("writes values into the spec, which then has them", async () => {
    const spec = join(folder, "written.mtl");
    cpSync(base.spec, spec);
    const { result } = await runTune({
      ...base,
      spec,
      method: "stacking",
      label: "value",
      fusion: "worth",
      write: true,
    });
    expect(result.written).toBe(true);
    const { model } = compileSpec(spec, createFileHost());
    expect(Object.fromEntries((model?.serving?.params ?? []).map(({ name, value }) => [name, value]))).toEqual(
      proposed(result),
    );
    const again = await runTune({ ...base, spec, method: "stacking", label: "value", fusion: "worth" });
    expect(again.result.patch).toBe("");
  });
});

describe("other forms of a formula", () => {
  const specOf = (params: string, formula: string): string => {
    const spec = join(folder, "form.mtl");
    const signals = "signals { ctr: P(click), cvr: P(buy | click), stay: number(seconds) in [0.1, 3600] }";
    writeFileSync(spec, `model form\n${signals}\nparams { ${params} }\nfusion score = ${formula}\n`);
    return spec;
  };

  it.each(["stacking", "cma-es"] as const)(
    "with an exponent on every factor have one fixed at 1 (%s)",
    async (method) => {
      const spec = specOf("a: 0.5 in [0, 2], b: 0.2 in [0, 2], c: 0.2 in [0, 2]", "ctr^a * cvr^b * stay^c");
      const { result } = await runTune({ ...base, spec, method, label: "value", budget: 300 });
      const { a = 0, b = 0, c = 0 } = proposed(result);
      expect(result.anchor).toEqual({ name: "a", value: 1, link: "log" });
      expect(a).toBe(1);
      // A small log: other exponents order its 6,400 rows nearly as well.
      expect(b).toBeGreaterThan(0.25);
      expect(b).toBeLessThan(1);
      expect(c).toBeGreaterThan(0.1);
      expect(c).toBeLessThan(0.4);
      expect(result.sensitivity.map(({ param }) => param)).toEqual(["b", "c"]);
      expect(tuneView.human(result, createTerminal({ NO_COLOR: "1" }))).toContain(
        "The order of score^k is that of the score, so `a` is fixed at 1.",
      );
    },
  );

  it("as sums have their weights fitted", async () => {
    const spec = specOf("v: 0 in [0, 50], w: 0 in [0, 1]", "10 * ctr + v * cvr + w * stay");
    const { result } = await runTune({ ...base, spec, method: "stacking", label: "value" });
    const { v = 0, w = 0 } = proposed(result);
    expect(v).toBeGreaterThan(0);
    expect(w).toBeGreaterThan(0);
    expect(result.objectives[0]?.difference.interval?.low).toBeGreaterThan(0);
  });
});

describe("mtlc tune says what is wrong", () => {
  it.each([
    [
      { objectives: ["gauc(clik)"] },
      "MTL7103: an objective needs the column `clik`, which `DIR/log.csv.gz` does not have; did you mean `click`?",
    ],
    [{ objectives: ["gauc()"] }, 'MTL7551: `--objective "gauc()"`, character 6: a column of the log is expected here'],
    [
      { guards: ["mean@5(is_new)"] },
      'MTL7551: `--guard "mean@5(is_new)"`, character 15: `>=` or `<=` is expected here',
    ],
    [{ objectives: [] }, 'MTL7557: `--method cma-es` needs `--objective`, such as `--objective "gauc(click)"`'],
    [{ method: "nsga2" }, "MTL7557: `--method nsga2` needs several objectives; `--method cma-es` takes one"],
    [{ method: "stacking" }, "MTL7557: `--method stacking` needs `--label COLUMN`: the label to learn from"],
    [{ rank: "fed" }, "MTL7553: there is no ranking `fed`; did you mean `feed`? (there is `feed`)"],
    [{ params: ["c"] }, "MTL7553: there is no parameter `c`; did you mean `a`? (there is `a` and `b`)"],
    [
      { objectives: ["snips(value)"] },
      "MTL7557: `--method off-policy` needs `--jitter PARAM=DEVIATION,…`: how the logged requests' parameters were drawn",
    ],
  ] as const)("%j", async (change, message) => {
    expect(await failureOf({ ...base, ...change } as TuneCommand)).toBe(message);
  });
});

describe("a spec that cannot be tuned", () => {
  const signals = "signals { ctr: P(click), cvr: P(buy | click) }\n";

  async function failureOfSpec(text: string, change: Partial<TuneCommand> = {}): Promise<string> {
    const spec = join(folder, "other.mtl");
    writeFileSync(spec, `model other\n${text}`);
    return failureOf({ ...base, spec, objectives: ["gauc(click)"], ...change });
  }

  it("has no formula", async () => {
    expect(await failureOfSpec(signals)).toBe(
      "MTL7555: `other` has no formula to tune; write one as `fusion score = ctr * cvr^a`",
    );
  });

  it("has no parameter, or none with a range", async () => {
    expect(await failureOfSpec(`${signals}fusion score = ctr * cvr`)).toBe(
      "MTL7550: `score` reads no parameter; write one as `params { alpha: 0.1 in [0, 1] }`",
    );
    expect(await failureOfSpec(`${signals}params { a: 1 }\nfusion score = ctr * cvr^a`)).toMatch(
      /^MTL7550: no parameter of `score` has a range with two ends: `a`/,
    );
  });

  it("has several formulas", async () => {
    const two = `${signals}params { a: 1 in [0, 2] }\nfusion one = ctr * cvr^a\nfusion two = cvr * ctr^a\n`;
    expect(await failureOfSpec(two)).toBe(
      "MTL7552: the spec has several formulas; say which with `--fusion one` or `--fusion two`",
    );
    const ranks = "rank p = top 5 by one\nrank q = top 5 by two\n";
    expect(await failureOfSpec(two + ranks)).toBe(
      "MTL7552: the spec has several rankings; say which with `--rank p` or `--rank q`",
    );
  });

  it("has a formula that no regression fits", async () => {
    const text = `${signals}params { a: 0.5 in [0, 1] }\nfusion score = max(ctr, a * cvr)`;
    expect(await failureOfSpec(text, { method: "stacking", label: "value" })).toMatch(
      /^MTL7558: `score` is neither a product of powers nor a weighted sum/,
    );
  });

  it("has factors that the label does not rise with", async () => {
    const text = `${signals}params { a: 0.5 in [0, 1] }\nfusion score = (1.01 - ctr) * cvr^a`;
    expect(await failureOfSpec(text, { method: "stacking", label: "click" })).toMatch(
      /^MTL7561: the fit gives the factors without a parameter the coefficient 0/,
    );
  });

  it("reads another type than the log holds", async () => {
    const text = `${signals}attributes { day: duration, user_id: time }\nparams { a: 1 in [0, 2] }\nfusion score = ctr * cvr^a / (1 + age(user_id) / 1d)`;
    expect(await failureOfSpec(text)).toMatch(
      /^MTL7554: `user_id` is of the wrong type in row 1 of .*, where the spec needs a time/,
    );
  });
});

describe("a log", () => {
  const head = "request_id,day,item_id,ctr,cvr,stay,category,is_new,value";

  function logOf(...rows: readonly string[]): readonly string[] {
    const path = join(folder, "small.csv");
    writeFileSync(path, [head, ...rows, ""].join("\n"));
    return [path];
  }
  const small = (...rows: readonly string[]): TuneCommand => {
    const { user: _, ...rest } = base;
    return { ...rest, log: logOf(...rows), budget: 4 };
  };

  it("of one day has no later one", async () => {
    expect(await failureOf(small("r1,1,i1,0.1,0.1,9,c,0,1", "r2,1,i2,0.2,0.1,9,c,0,2"))).toBe(
      "MTL7556: all requests have the same `day`, so no later requests can be held out",
    );
  });

  it("may hold what serving would leave out, which is counted, or refuse, which stops", async () => {
    const { time: _, ...whole } = small("r1,1,i1,0.1,0.1,9,c,0,1", "r1,1,i2,1.5,0.1,9,c,0,2", "r1,1,i3,,0.1,9,d,1,2");
    const { result } = await runTune(whole);
    expect(result.log).toMatchObject({ rows: 1, requests: 1, leftOut: 2 });
    expect(await failureOf({ ...whole, log: logOf("r1,1,i1,much,0.1,9,c,0,1") })).toMatch(
      /^MTL7105: .*`much` in row 1/,
    );
    expect(await failureOf({ ...whole, log: logOf() })).toBe("MTL7562: no row of `DIR/small.csv` can be ranked");
  });

  it("has to tell requests apart, and no request may have more candidates than a ranking takes", async () => {
    const { request: _, ...rest } = base;
    expect(await failureOf(rest)).toBe(
      "MTL7565: `DIR/log.csv.gz` has no column `request`; name the one that identifies the request with `--request`",
    );
    const { result } = await runTune({ ...rest, objectives: ["auc(click)"], fusion: "worth", budget: 4 });
    expect(result.log.requests).toBe(6400);
    const { time: _time, ...whole } = small(
      ...Array.from({ length: 10_001 }, (_row, i) => `r1,1,i${i},0.1,0.1,9,c${i % 20},0,1`),
    );
    expect(await failureOf(whole)).toMatch(
      /^MTL7566: request `1` has 10001 candidates, but a ranking takes at most 10000/,
    );
  });

  it("may be JSON lines with lists and booleans, read through the rules", async () => {
    const spec = join(folder, "tags.mtl");
    writeFileSync(
      spec,
      `model tags
signals { ctr: P(click), cvr: P(buy | click) }
attributes { tags: text?, fresh: bool, listed: time }
params { a: 0.5 in [0, 2] }
fusion score = ctr * cvr^a / (1 + age(listed) / 1d)
rules page {
  drop stale when not fresh
  spread same at most 1 of tags in 2
}
rank feed = top 3 by score with page
`,
    );
    const row = (request: string, item: string, ctr: number, tags: string | null, fresh: boolean): string =>
      JSON.stringify({
        request,
        id: item,
        ctr,
        cvr: 0.1,
        tags,
        fresh,
        listed: "2026-01-01",
        day: request === "r3" ? "2026-01-03 10:00:00" : "2026-01-02",
        y: ctr > 0.2,
      });
    const log = join(folder, "tags.jsonl");
    writeFileSync(
      log,
      [
        row("r1", "a", 0.5, "x", true),
        row("r1", "b", 0.4, "x", true),
        row("r1", "c", 0.1, null, true),
        row("r1", "d", 0.9, "z", false),
        row("r2", "a", 0.3, "x", true),
        row("r2", "a", 0.3, "y", true),
        row("r3", "a", 0.3, "y", true),
      ].join("\n"),
    );
    const { request: _, user: _user, time, ...rest } = base;
    const { result } = await runTune({
      ...rest,
      spec,
      log: [log],
      ...(time === undefined ? {} : { time }),
      objectives: ["mean(y)", "distinct@2(id)"],
      budget: 8,
    });
    // r1 shows a, c, b (b may not follow a) and never d; r2 shows both of its a.
    expect(result.objectives.map(({ production }) => production.train)).toEqual([(2 / 3 + 1) / 2, (2 + 1) / 2]);
    expect(result.sensitivity[0]?.spread).toBe(0);
  });

  it("that a formula reads the age of something against needs a time in every row", async () => {
    const text = `signals { ctr: P(click), cvr: P(buy | click) }\nattributes { since: time }\nparams { a: 1 in [0, 2] }\nfusion f = ctr * cvr^a / (1 + age(since) / 1d)`;
    const path = join(folder, "clock.mtl");
    writeFileSync(path, `model clock\n${text}\n`);
    const log = (...times: readonly (readonly [string, string])[]): readonly string[] => {
      const rows = times.map(([at, since], i) => `r${i},${at},i${i},0.1,0.${i + 1},9,${since},1`);
      writeFileSync(join(folder, "clock.csv"), ["request,at,id,ctr,cvr,stay,since,y", ...rows, ""].join("\n"));
      return [join(folder, "clock.csv")];
    };
    const { request: _, user: _user, time: _time, ...rest } = base;
    const call = { ...rest, spec: path, objectives: ["auc(y)"], budget: 4 };
    const times = [
      ["2026-11-04 00:00:00", "2026-11-01"],
      ["1793836800", "2026-11-01 00:00:00"],
      ["2026-11-06T00:00:00+08", "1793491200"],
    ] as const;
    expect(await failureOf({ ...call, log: log(...times) })).toMatch(/^MTL7122: .* name its column with `--time`$/);
    const { result } = await runTune({ ...call, log: log(...times), time: "at" });
    expect(result.log.holdout).toMatchObject({ by: "time", from: "2026-11-06T00:00:00+08" });
    for (const at of ["1793836800000", "20261105", "noon", "2026-02-31"])
      expect(await failureOf({ ...call, log: log(...times, [at, "2026-11-01"]), time: "at" })).toMatch(
        `MTL7122: \`at\` is \`${at}\` in row 4 of `,
      );
    for (const since of ["1793491200000", "20261101", "2026-02-31"])
      expect(await failureOf({ ...call, log: log(...times, ["2026-11-07", since]), time: "at" })).toMatch(
        /^MTL7554: `since` is of the wrong type in row 4 /,
      );
  });

  it("of jittered parameters gives off-policy estimates, and refuses those of too few requests", async () => {
    const path = join(folder, "jitter.csv");
    const draws = createDraws(5);
    const rows = Array.from({ length: 600 }, (_, i) => {
      let a = -1;
      while (a < 0) a = 0.1 + 0.15 * draws.normal();
      // What a request earns rises with the parameter that it had.
      return `r${i},u${i % 50},i1,0.2,0.1,9,c,0,${(1 + 2 * a + 0.1 * draws.normal()).toFixed(4)},${a.toFixed(6)}`;
    });
    writeFileSync(path, ["request_id,user_id,item_id,ctr,cvr,stay,category,is_new,gain,a", ...rows, ""].join("\n"));
    const { time: _, ...rest } = base;
    const command = {
      ...rest,
      log: [path],
      objectives: ["snips(gain)"],
      jitter: new Map([["a", 0.15]]),
      params: ["a"],
    };
    const { result } = await runTune({ ...command, floor: 200 });
    expect(result.offPolicy?.effectiveSampleSize).toBeGreaterThanOrEqual(200);
    expect(result.offPolicy?.requests).toBe(600);
    expect(proposed(result)["a"]).toBeGreaterThan(0.12);
    expect(result.objectives[0]?.difference.value).toBeGreaterThan(0);
    const refused = { ...command, floor: 5000 };
    expect(await failureOf(refused)).toMatch(
      /^MTL7559: the log's 600 requests have an effective sample size of \d+\.\d/,
    );
    expect(await failureOf({ ...refused, holdout: 0.5 })).toMatch(
      /^MTL7559: the 300 held-out requests have an effective sample size of \d+\.\d/,
    );
  });
});

describe("another optimizer", () => {
  it("drives by lines, and gets the proposal", async () => {
    async function* lines(): AsyncIterable<string> {
      yield '{"id": 1, "values": {"a": 0.6, "b": 0.25}}';
      yield "{";
      yield '{"id": "x", "values": {"a": 9}}';
      yield '{"id": 2, "values": {"a": 0.3}}';
    }
    const said: unknown[] = [];
    const tuned = await serveAskTell({ ...base, format }, lines, (message) => void said.push(message));
    expect(said[0]).toMatchObject({
      params: [
        { name: "a", low: 0, high: 2, value: 0.1 },
        { name: "b", low: 0, high: 2, value: 1 },
      ],
      objectives: [{ name: "ndcg@10(value)", direction: "maximize" }],
    });
    expect(said[1]).toMatchObject({ id: 1, violation: 0 });
    expect(said[2]).toEqual({ id: null, error: "the line is not JSON" });
    expect(said[3]).toEqual({ id: "x", error: "`a` should be a number in [0, 2]" });
    expect(said[4]).toMatchObject({ id: 2 });
    expect(tuned?.result.params.map(({ proposed: value }) => value)).toEqual([0.6, 0.25]);
    expect(tuned?.patched.length).toBe(1);
  });
});
