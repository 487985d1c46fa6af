import { describe, expect, it } from "vitest";
import { readOptions } from "../../bench/all/options.js";
import { mergeParts, partText } from "../../bench/all/parts.js";
import { verdict } from "../../bench/all/tables/accuracy.js";
import { trainingSection } from "../../bench/all/tables/training.js";
import { ratioOf, ratioText, spreadOf } from "../../bench/ratios.js";
import { counted, markdownTable, UsageError } from "../../bench/report.js";
import { reasonOf } from "../../bench/training/turns.js";

describe("ratios of alternating rounds", () => {
  it("are of one round each, the median between least and most", () => {
    // Round by round 2, 1 and 1.5: medians of both sides would give 30 / 15.
    expect(ratioOf([20, 30, 60], [10, 30, 40])).toEqual({ median: 1.5, least: 1, most: 2 });
    expect(ratioText(ratioOf([20, 30, 60], [10, 30, 40]))).toBe("1.50 × (1.00–2.00)");
  });

  it("are of the rounds that both have, and none where there are none", () => {
    expect(ratioOf([20, 30], [10])).toEqual({ median: 2, least: 2, most: 2 });
    expect(ratioText(ratioOf([20, 30], [10]))).toBe("2.00 ×");
    expect(ratioOf([20], [])).toBeUndefined();
    expect(ratioText(undefined)).toBe("");
    expect(ratioText(ratioOf([1], [40]))).toBe("0.025 ×");
  });

  it("spread with n − 1", () => {
    const { mean, deviation } = spreadOf([1, 2, 6]);
    expect(mean).toBe(3);
    expect(deviation).toBeCloseTo(Math.sqrt(7), 12);
    expect(spreadOf([4]).deviation).toBeNaN();
  });
});

describe("accuracy in words", () => {
  it("is equal within the larger deviation, else better or worse", () => {
    expect(verdict("ctr", "JAX, scan", [0.5, 0.52], [0.51, 0.52])).toBe(
      "ctr: mtlc is equal within the spread of JAX, scan (−0.0050).",
    );
    expect(verdict("ctr", "JAX, scan", [0.6, 0.61], [0.51, 0.52])).toBe(
      "ctr: mtlc is better than JAX, scan (+0.0900).",
    );
    expect(verdict("ctr", "JAX, scan", [0.5, 0.51], [0.6, 0.61])).toBe("ctr: mtlc is worse than JAX, scan (−0.1000).");
  });
});

describe("the table of training", () => {
  const contender = (name: string, rates: readonly number[], auc?: number) => ({
    name,
    versions: `${name} 1`,
    rates,
    ...(auc === undefined ? {} : { auc: { click: auc } }),
  });
  const result = {
    title: "a workload",
    rows: 2000,
    testRows: 100,
    batch: 10,
    epochs: 1,
    heads: ["click"],
    flopsPerRow: 500_000,
    gflops: [90, 100, 110],
    contenders: [
      contender("mtlc", [100_000, 120_000, 110_000], 0.75),
      contender("JAX, scan", [80_000, 60_000, 100_000], 0.74),
      contender("torch-rechub", [9_000, 10_000, 11_000]),
    ],
  };

  it("has medians, ratios of mtlc to each, the share of the limit and AUC", () => {
    const { table, lines } = trainingSection(result, { rounds: 3, seconds: 4 });
    expect(table).toEqual([
      ["", "thousand rows/s", "of the rounds", "mtlc is", "of the limit", "AUC click", "first step, s"],
      ["mtlc", "110", "100–120", "", "55 %", "0.7500", ""],
      ["JAX, scan", "80", "60–100", "1.25 × (1.10–2.00)", "40 %", "0.7400", ""],
      ["torch-rechub", "10", "9.0–11", "11.11 × (10.00–12.00)", "5 %", "", ""],
    ]);
    expect(lines.slice(0, 2)).toEqual([
      "mtlc is 1.25 × (1.10–2.00) as fast as the fastest peer, JAX, scan.",
      "mtlc is 11.11 × (10.00–12.00) as fast as the fastest library of models, torch-rechub.",
    ]);
    expect(lines.join(" ")).toContain(
      "100 GFLOP/s (median of the rounds), and a row's step is 500 kFLOP: 200 thousand",
    );
  });

  it("says of nobody that is not there", () => {
    const { lines } = trainingSection(
      { ...result, contenders: result.contenders.slice(0, 1) },
      { rounds: 1, seconds: 1 },
    );
    expect(lines[0]).toContain("medians of 1 round of 1 s");
  });
});

describe("the page of results", () => {
  const page =
    "# Page\n\n<!-- training -->\n\nold\n\n<!-- end -->\n\nby hand\n\n<!-- start -->\n\nkept\n\n<!-- end -->\n";

  it("has the parts that were measured, and keeps the others and what is by hand", () => {
    const merged = mergeParts(page, new Map([["training", "new"]]));
    expect(merged).toBe(page.replace("old", "new"));
    expect(mergeParts(merged, new Map([["training", "old"]]))).toBe(page);
  });

  it("must have a marker for each", () => {
    expect(() => mergeParts(page, new Map([["ranking", "new"]]))).toThrow("no marker for ranking");
  });

  it("shows tables, outputs and sentences", () => {
    const table = [
      ["", "rows/s"],
      ["a|b", "10"],
    ];
    expect(partText([{ title: "T", table, output: "x\n", lines: ["one."] }], "when")).toBe(
      "when\n\n### T\n\n|  | rows/s |\n| --- | --: |\n| a\\|b | 10 |\n\n```text\nx\n```\n\n- one.",
    );
    expect(
      markdownTable([
        ["", "x"],
        ["a", "none"],
      ]).split("\n")[1],
    ).toBe("| --- | --- |");
  });
});

describe("options of all", () => {
  it("are all parts but growth, five rounds, and what the words say", () => {
    expect(readOptions([])).toMatchObject({
      parts: ["training", "accuracy", "end-to-end", "prediction", "ranking", "start"],
      rounds: 5,
      seconds: 4,
      rows: 300_000,
      write: false,
    });
    expect(readOptions(["--only", "start,training", "--rounds", "2", "--write"])).toMatchObject({
      parts: ["training", "start"],
      rounds: 2,
      write: true,
    });
  });

  it("refuse a part that there is not, and a number that is not one", () => {
    expect(() => readOptions(["--only", "trainig"])).toThrow(UsageError);
    expect(() => readOptions(["--rounds", "many"])).toThrow("--rounds is a number above 0");
  });
});

it("says why a peer is left out by its exception, not by what else it prints", () => {
  const lines = ["Traceback (most recent call last):", "ModuleNotFoundError: No module named 'jax'", "warning: bye"];
  expect(reasonOf(lines)).toBe("ModuleNotFoundError: No module named 'jax'");
  expect(reasonOf(["", "killed"])).toBe("killed");
  expect(reasonOf([])).toBe("it says nothing");
  expect([counted(1, "round"), counted(2000, "row")]).toEqual(["1 round", "2,000 rows"]);
});
