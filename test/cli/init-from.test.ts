/** `mtlc init --from FILE`: a spec of a file that nobody has described, which checks, trains and ranks as it is written. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../random.js";
import { runCli } from "./run-cli.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-init-from-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: readonly string[]): ReturnType<typeof runCli> =>
  runCli(words, { cwd: folder, environment: { MTLC_ENGINE: "wasm" } });

type Cell = string | number;
const csv = (names: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [names, ...rows].map((cells) => cells.join(",")).join("\n") + "\n";

/** 79 columns as those of AliExpress's logs: sixteen categories, sixty-one numbers, and both outcomes of a search's rows. */
function wideLog(): string {
  const random = createRandom(3);
  const count = (prefix: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${prefix}_${i + 1}`);
  const rows = Array.from({ length: 600 }, (_, row) => {
    const categories = count("c", 15).map((_name, i) => 1 + Math.floor(random() * (30 + i)));
    const numbers = count("n", 61).map(() => (random() * 4 - 2).toFixed(4));
    const click = Number(random() < 0.4);
    return [Math.floor(row / 10), ...categories, ...numbers, click, click * Number(random() < 0.5)];
  });
  return csv(["search_id", ...count("categorical", 15), ...count("numerical", 61), "click", "conversion"], rows);
}

/** Queries with graded documents of 46 indices. */
function svmRank(): string {
  const random = createRandom(4);
  const lines = Array.from({ length: 400 }, (_, row) => {
    const values = Array.from({ length: 46 }, (_value, i) => `${i + 1}:${random().toFixed(3)}`);
    return `${Math.floor(random() * 5)} qid:${Math.floor(row / 8)} ${values.join(" ")} # doc ${row}`;
  });
  return lines.join("\n") + "\n";
}

/** Headers in Chinese with blanks, a list of tags in a text, and what was bought among what was clicked. */
function chineseLog(): string {
  const random = createRandom(5);
  const rows = Array.from({ length: 500 }, () => {
    const click = Number(random() < 0.4);
    const tags = random() < 0.5 ? "新品|促销" : "热卖|清仓";
    return [
      `u${Math.floor(random() * 60)}`,
      `i${Math.floor(random() * 40)}`,
      (random() * 200).toFixed(2),
      1 + Math.floor(random() * 9),
      tags,
      click,
      click * Number(random() < 0.5),
    ];
  });
  return csv(["用户 编号", "商品 编号", "价格", "展示 位置", "标签 列表", "是否 点击", "是否 购买"], rows);
}

/** What pandas writes: an index without a name, ids as floats with holes, and its word for nothing. */
function pandasLog(): string {
  const random = createRandom(6);
  const rows = Array.from({ length: 500 }, (_, row) => [
    row,
    random() < 0.05 ? "" : `${1 + Math.floor(random() * 50)}.0`,
    `${310_000 + Math.floor(random() * 90)}.0`,
    random() < 0.1 ? "NaN" : `${18 + Math.floor(random() * 50)}.0`,
    random() < 0.3 ? "1.0" : "0.0",
  ]);
  return csv(["", "user_id", "item_id", "age", "label"], rows);
}

/** Columns whose names are no names, ids from 0 on, what a user has seen, and words. */
function histories(): string {
  const random = createRandom(7);
  const some = (n: number): number => Math.floor(random() * n);
  const rows = Array.from({ length: 800 }, (_, row) => [
    `u${some(40)}`,
    row % 300,
    some(9),
    some(8),
    some(7),
    Array.from({ length: 1 + some(4) }, () => some(300)).join("|"),
    `${some(2) === 0 ? "new" : "old"} ${some(2) === 0 ? "red" : "blue"}`,
    Number(random() < 0.3),
  ]);
  return csv(["user_id", "item id", "101", "121", "206", "seen_items", "item tags", "click"], rows);
}

/** Writes a file, guesses its spec, and takes it to a ranked page. */
async function toPage(name: string, text: string): Promise<{ readonly spec: string; readonly page: string }> {
  writeFileSync(join(folder, name), text);
  const made = `made of ${name}`;
  const init = await run("init", "--from", name, made);
  expect(init).toMatchObject({ code: 0, err: "" });
  const check = await run("check", join(made, "model.mtl"));
  expect(check.out).not.toContain("error");
  const train = await run("train", join(made, "model.mtl"), "-o", join(made, "out"));
  expect(train).toMatchObject({ code: 0 });
  // The command that init names last.
  const rank = /mtlc rank (.*)$/m.exec(init.out)?.[1] ?? "";
  const words = [...rank.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
  const page = await run("rank", ...words);
  expect(page.code).toBe(0);
  return { spec: readFileSync(join(folder, made, "model.mtl"), "utf8"), page: page.out };
}

describe("mtlc init --from", () => {
  it("takes 79 columns in a few lines", async () => {
    const { spec, page } = await toPage("wide.csv", wideLog());
    expect(spec).toContain("numerical_1 .. numerical_61: numeric");
    expect(spec).toContain("conversion: event within click");
    expect(spec).toContain("split(by: hash(search_id), 0.8, rest: test)");
    expect(spec).toMatch(/\/\/ search_id is left out/);
    expect(spec.split("\n").length).toBeLessThan(60);
    expect(page).toMatch(/page: 10 of 10 candidates/);
  });

  it("takes an SVMrank file with its queries", async () => {
    const { spec, page } = await toPage("train.txt", svmRank());
    expect(spec).toContain("format: libsvm");
    expect(spec).toContain("group:  qid");
    expect(spec).toContain("f1 .. f46: numeric");
    expect(spec).toMatch(/label: event = label >= [234]/);
    expect(page).toMatch(/page: 8 of 8 candidates/);
  });

  it("takes headers that are not names", async () => {
    const { spec, page } = await toPage("日志.csv", chineseLog());
    expect(spec).toContain('user_id:        categorical(embed: 8, column: "用户 编号")');
    expect(spec).toContain('is_buy:   event within is_click = column("是否 购买") == 1');
    expect(spec).toContain('bag(embed: 8, column: "标签 列表")');
    // Where an item was is the same for all that are served.
    expect(spec).toMatch(/shown_position: categorical\(.*serving: 1/);
    expect(page).toMatch(/page: \d+ of \d+ candidates/);
  });

  it("calls features by their columns, and sees ids, histories and words", async () => {
    const { spec } = await toPage("seen.csv", histories());
    expect(spec).toMatch(/^ {2}"item id": +categorical\(embed: 8, ids: 300\) \/\/ 300 values$/m);
    expect(spec).toContain('["101", "121", "206"]: categorical(embed: 4)');
    expect(spec).toMatch(/^ {2}seen_items: +sequence\(like: "item id"\)/m);
    expect(spec).toMatch(/^ {2}"item tags": +bag\(embed: 8, separator: " "\)/m);
    expect(spec).toContain('input x = [features but [seen_items], attend("item id", over: seen_items)]');
    expect(spec).toContain("p_click: [auc, gauc, ndcg(at: 10), logloss]");
    expect((await run("fmt", "--check", "made of seen.csv/model.mtl")).code).toBe(0);
  });

  it("takes what pandas writes", async () => {
    const { spec, page } = await toPage("frame.csv", pandasLog());
    expect(spec).toContain('format: csv(nulls: ["NaN"])');
    expect(spec).toContain("item_id: categorical");
    expect(spec).toContain("age:     numeric");
    expect(spec).toContain('// column("") is left out: the number of the row');
    expect(page).toMatch(/page: \d+ of \d+ candidates/);
  });

  it("finds delimiters, missing headers and blanks", async () => {
    const line = (i: number): string => `${i % 7}; a${i % 3}; ${i % 5 === 0 ? "yes" : "no"}`;
    writeFileSync(join(folder, "plain.csv"), Array.from({ length: 200 }, (_, i) => line(i + 1)).join("\n"));
    writeFileSync(
      join(folder, "semi.csv"),
      `hour;kind;bought\n${Array.from({ length: 200 }, (_, i) => line(i + 1)).join("\n")}`,
    );
    expect((await run("init", "--from", "semi.csv")).code).toBe(0);
    const spec = readFileSync(join(folder, "semi/model.mtl"), "utf8");
    expect(spec).toContain('format: csv(delimiter: ";", trim: true)');
    expect(spec).toContain('bought: event = bought == "yes"');
    const numbers = Array.from({ length: 100 }, (_, i) => `${i % 2},${i % 9},${(i % 13) / 4}`).join("\n");
    writeFileSync(join(folder, "bare.csv"), numbers);
    expect((await run("init", "--from", "bare.csv")).code).toBe(0);
    expect(readFileSync(join(folder, "bare/model.mtl"), "utf8")).toContain("csv(header: false, columns: [c1 .. c3])");
  });

  it("asks of other columns that may be labels, and takes those that are named", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [i % 11, i % 2, Number(i % 3 === 0), i % 7]);
    writeFileSync(join(folder, "two.csv"), csv(["hour", "is_vip", "click", "kind"], rows));
    expect((await run("init", "--from", "two.csv", "guessed")).code).toBe(0);
    const guessed = readFileSync(join(folder, "guessed/model.mtl"), "utf8");
    expect(guessed).toMatch(/ {2}\/\/ A label as well, or the feature that it is above\? is_vip: event/);
    expect(guessed).toMatch(/ {2}is_vip: +categorical/);
    expect((await run("init", "--from", "two.csv", "named", "--label", "is_vip")).code).toBe(0);
    expect(readFileSync(join(folder, "named/model.mtl"), "utf8")).toMatch(/ {2}is_vip: event/);
  });

  it("MTL7160: says that nothing looks like a label, or which columns there are", async () => {
    writeFileSync(
      join(folder, "dull.csv"),
      csv(
        ["a", "b"],
        Array.from({ length: 50 }, (_, i) => [i, i * 0.5]),
      ),
    );
    const dull = await run("init", "--from", "dull.csv");
    expect(dull).toMatchObject({ code: 1, out: "" });
    expect(dull.err).toContain("MTL7160");
    expect(dull.err).toContain("name one with `--label`; its columns are `a`, `b`");
    const wrong = await run("init", "--from", "two.csv", "w", "--label", "clik");
    expect(wrong.err).toContain("`two.csv` has no column `clik`");
    expect(wrong.err).toContain("did you mean `click`?");
  });

  it("MTL7161: says that nothing is left to learn from", async () => {
    writeFileSync(
      join(folder, "lone.csv"),
      csv(
        ["click", "same"],
        Array.from({ length: 50 }, (_, i) => [i % 2, "x"]),
      ),
    );
    expect((await run("init", "--from", "lone.csv")).err).toContain("MTL7161");
  });

  it("says what is wrong with a file as other commands do", async () => {
    const lines = Array.from({ length: 300 }, (_, row) => `${row % 9},a${row % 7},${row % 2}`);
    const withLine = (line: string): string => ["user,city,click", ...lines.with(150, line), ""].join("\n");
    for (const [name, bytes, said] of [
      [
        "latin.csv",
        Buffer.from(withLine("1,M\u00fcnchen,0"), "latin1"),
        "[MTL7102]: `latin.csv` cannot be read: line 152",
      ],
      ["more.csv", withLine("1,2,3,4,5,6"), "line 152 of `more.csv` has more values than the 3 that are expected"],
      ["fewer.csv", withLine("1,2"), "line 152 of `fewer.csv` has 2 values where 3 are expected"],
      ["quoted.csv", withLine('1,"ab,1'), "line 152 opens a quote that is never closed"],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      const { code, err } = await run("init", "--from", name, `of ${name}`);
      expect([code, err]).toEqual([1, expect.stringContaining(said)]);
    }
  });

  it("writes names and values that no line can show", async () => {
    const rows = Array.from({ length: 300 }, (_, row) => [row % 9, row % 3 === 0 ? "\u0001" : "a", row % 2]);
    writeFileSync(join(folder, "hidden.csv"), csv(["us\u200ber", "ci\u0002ty", "click"], rows));
    const made = await run("init", "--from", "hidden.csv", "hidden", "--label", "ci\u0002ty");
    expect(made).toMatchObject({ code: 0, err: "" });
    const spec = readFileSync(join(folder, "hidden/model.mtl"), "utf8");
    expect(spec).toContain("\\u{200B}");
    expect(spec).toContain("\\u{1}");
    expect(await run("check", "hidden/model.mtl")).toMatchObject({ code: 0 });
    expect(await run("train", "hidden/model.mtl", "-o", "hidden/out")).toMatchObject({ code: 0 });
  });

  it("overwrites nothing, and says what it misses", async () => {
    writeFileSync(
      join(folder, "again.csv"),
      csv(
        ["hour", "click"],
        Array.from({ length: 50 }, (_, i) => [i % 9, i % 2]),
      ),
    );
    expect((await run("init", "--from", "again.csv", "kept")).code).toBe(0);
    const before = readFileSync(join(folder, "kept/model.mtl"), "utf8");
    expect(await run("init", "--from", "again.csv", "kept")).toMatchObject({ code: 1 });
    expect(readFileSync(join(folder, "kept/model.mtl"), "utf8")).toBe(before);
    expect((await run("init", "--from", "nowhere.csv")).err).toContain("MTL8007");
    expect((await run("init")).code).toBe(2);
    expect((await run("init", "x", "--label", "click")).code).toBe(2);
  });

  it("writes the same spec twice, and says in JSON what it guessed", async () => {
    const first = await run("init", "--from", "two.csv", "one/shop", "--format", "json");
    expect(JSON.parse(first.out)).toMatchObject({ guessed: { rows: 200, labels: ["click"], from: "two.csv" } });
    await run("init", "--from", "two.csv", "other/shop");
    const [a, b] = ["one", "other"].map((name) => readFileSync(join(folder, name, "shop/model.mtl"), "utf8"));
    expect(a).toBe(b);
  });
});
