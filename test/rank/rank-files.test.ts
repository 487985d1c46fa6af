import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runRank, type RankCall } from "../../src/cli/commands/rank/run.js";
import { rankText } from "../../src/cli/commands/rank/view.js";
import { type ExplainedAnswer, rankJson } from "../../src/runtime/rank/index.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { Failure } from "../../src/runtime/failure.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = join(import.meta.dirname, "page.mtl");
const noon = "2026-11-05T12:00:00Z";

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The lists of all requests; the first that has none is thrown. */
async function ranked(call: Partial<RankCall> & Pick<RankCall, "files">): Promise<readonly ExplainedAnswer[]> {
  const found: ExplainedAnswer[] = [];
  for await (const each of runRank({ source: spec, explain: false, at: noon, ...call }, 0))
    if (each.kind === "refused") throw new Failure([each.diagnostic]);
    else found.push(each);
  return found;
}

const lists = (results: readonly ExplainedAnswer[]): unknown =>
  Object.fromEntries(results.map(({ request, list }) => [request, list.items.map(({ id }) => id)]));

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error("no failure");
}

const rows = [
  { request: "r1", id: "a1", ctr: 0.9, brand: "a", tags: ["new", "sale"], fresh: true },
  { request: "r1", id: "a2", ctr: 0.8, brand: "a", tags: ["old"], fresh: false },
  { request: "r1", id: "b1", ctr: 0.1, brand: "b", tags: ["sale"], fresh: false },
  { request: "r2", id: "c1", ctr: 0.5, brand: "c", tags: [], fresh: false },
];
const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const csv = `request,id,ctr,brand,tags,fresh\n${rows
  .map(({ request, id, ctr, brand, tags, fresh }) => `${request},${id},${ctr},"${brand}",${tags.join("|")},${fresh}\n`)
  .join("")}`;
const expected = { r1: ["a1", "b1", "a2"], r2: ["c1"] };

describe("an explained score", () => {
  const fusion = join(import.meta.dirname, "../../specs/examples/fusion");

  it.each(["power", "additive", "ensemble"])("of %s.mtl is what its parts come to", async (name) => {
    const call = { source: join(fusion, `${name}.mtl`), files: [join(fusion, "hall.jsonl")], explain: true };
    const explained = (await ranked(call)).flatMap((each) => each.explained ?? []);
    expect(explained.length).toBeGreaterThan(3);
    for (const { formulaScore, made } of explained) {
      const sum = made?.parts.reduce((total, { contribution }) => total + contribution, 0) ?? NaN;
      expect(sum).toBeCloseTo(made?.kind === "product" ? Math.log(formulaScore) : formulaScore, 9);
    }
  });
});

describe("mtlc rank", () => {
  it("reads JSON lines, CSV and Parquet alike", async () => {
    const parquet = join(folder, "rows.parquet");
    const source = file("for-parquet.jsonl", jsonl);
    await withDatabase({ folder }, (database) =>
      database.run(`COPY (SELECT * FROM read_json('${source}')) TO '${parquet}' (FORMAT parquet)`),
    );
    for (const path of [file("rows.jsonl", jsonl), file("rows.csv", csv), parquet])
      expect(lists(await ranked({ files: [path] }))).toEqual(expected);
  });

  it("shows lists, and what the rules did", async () => {
    const results = await ranked({ files: [file("shown.jsonl", jsonl)], explain: true });
    await expect(results.map((each) => rankText(each, "human")).join("")).toMatchFileSnapshot("golden/explained.txt");
    expect(rankJson(results[0] as ExplainedAnswer)).toMatchObject({
      request: "r1",
      ranking: "page",
      at: "2026-11-05T12:00:00.000Z",
      seed: 0,
      items: [{ id: "a1" }, { id: "b1" }, { id: "a2", score: 0.8 }],
    });
  });

  it("takes whole requests, with the end of the page before", async () => {
    const [first, second] = rows;
    const line = { request: "page 2", candidates: [first, second], tail: [{ brand: "a" }] };
    const results = await ranked({ files: [file("whole.jsonl", `${jsonl}${JSON.stringify(line)}\n`)] });
    expect(lists(results)).toEqual({ ...expected, "page 2": [] });
    expect(results[2]?.list.relaxed).toEqual([{ kind: "short", rules: ["home.brands"], wanted: 2, length: 0 }]);
  });

  it("without a group, all rows are one request; without an identifier, its number", async () => {
    const text = rows.map(({ request: _r, id: _i, ...rest }) => `${JSON.stringify(rest)}\n`).join("");
    expect(lists(await ranked({ files: [file("plain.jsonl", text)] }))).toEqual({ all: ["1", "4", "2", "3"] });
  });

  it("says what is wrong with a file", async () => {
    const messages = [
      await failureOf(ranked({ files: [join(folder, "nowhere.jsonl")] })),
      await failureOf(ranked({ files: [file("rows.txt", "")] })),
      await failureOf(ranked({ files: [file("broken.jsonl", "{\n")] })),
      await failureOf(ranked({ files: [file("pieces.jsonl", `${jsonl}${JSON.stringify(rows[0])}\n`)] })),
      await failureOf(
        ranked({ files: [file("twice.jsonl", `${JSON.stringify(rows[0])}\n${JSON.stringify(rows[0])}\n`)] }),
      ),
      await failureOf(ranked({ files: [file("missing.csv", "id,brand\n1,a\n")] })),
      await failureOf(ranked({ files: [file("type.csv", "id,ctr,brand,fresh\n1,much,a,true\n")] })),
      await failureOf(ranked({ files: [file("group.jsonl", jsonl)], group: "session" })),
      await failureOf(ranked({ files: [file("id.jsonl", jsonl)], id: "sku" })),
      await failureOf(ranked({ files: [file("rank.jsonl", jsonl)], ranking: "pages" })),
      await failureOf(ranked({ files: [file("arm.jsonl", jsonl)], experiment: ["lift=none"] })),
      await failureOf(ranked({ files: [file("at.jsonl", jsonl)], at: "noon" })),
      await failureOf(ranked({ files: [file("none.jsonl", jsonl)], source: file("none.mtl", "model none\n") })),
      await failureOf(ranked({ files: [file("long.jsonl", '{"ctr":0}\n'.repeat(10_001))] })),
    ];
    const codes = "MTL8007 MTL7518 MTL7518 MTL7515 MTL7513 MTL7517 MTL7512 MTL7516 MTL7516 MTL7510 MTL7519 MTL8004";
    expect(messages.map((each) => each.slice(0, 7)).join(" ")).toBe(`${codes} MTL7511 MTL7514`);
    await expect(messages.map((each) => each.replaceAll(`${folder}/`, "")).join("\n")).toMatchFileSnapshot(
      "golden/failures.txt",
    );
  });

  it("reads numbers of text tables as those of JSON texts, whatever they look like", async () => {
    const source = file(
      "prices.mtl",
      "model prices\nattributes {\n  price: number\n  brand: text?\n}\nfusion score = price\nrank page = top 5 by score\n",
    );
    const texts = [
      "1.50",
      "007",
      "-0",
      "1e3",
      " +2.5 ",
      "1_000",
      ".5",
      "5.",
      "0.1",
      "1e400",
      "1e-400",
      "nan",
      "inf",
      "true",
    ];
    const prices = [
      ...texts,
      "FALSE",
      "4.35 yuan",
      "0x10",
      "1__0",
      "--1",
      "9007199254740993",
      "0.30000000000000004",
      "",
    ];
    const answers = async (name: string, text: string): Promise<readonly unknown[]> => {
      const found: unknown[] = [];
      for await (const each of runRank({ source, explain: false, at: noon, files: [file(name, text)] }, 0))
        found.push(each.kind === "refused" ? [each.request, each.diagnostic.message] : [each.request, each.list.items]);
      return found;
    };
    const numbered = prices.map((price, i) => ({ request: `r${i}`, id: "a", price, brand: price }));
    const table = numbered.map((row) =>
      Object.values(row)
        .map((cell) => `"${cell}"`)
        .join(),
    );
    const fromCsv = await answers("prices.csv", `request,id,price,brand\n${table.map((line) => `${line}\n`).join("")}`);
    const fromJson = await answers("prices.jsonl", numbered.map((row) => `${JSON.stringify(row)}\n`).join(""));
    expect(fromCsv).toEqual(fromJson);
    expect(fromCsv[0]).toEqual(["r0", [{ id: "a", score: 1.5 }]]);
    expect(JSON.stringify(fromCsv)).toContain("of the wrong type");
  });

  it("holds one request at a time", async () => {
    async function* many(): AsyncGenerator<string> {
      for (let request = 0; request < 300; request++)
        yield Array.from({ length: 100 }, (_, i) =>
          JSON.stringify({ request, id: i, ctr: ((i * 37) % 100) / 100, brand: `b${i % 7}`, fresh: false }),
        ).join("\n");
    }
    const parts: string[] = [];
    for await (const part of many()) parts.push(part);
    const path = file("many.jsonl", `${parts.join("\n")}\n`);
    let count = 0;
    for await (const answer of runRank({ source: spec, files: [path], explain: false }, 0)) {
      expect(answer).toMatchObject({ kind: "ranked", list: { items: { length: 5 } } });
      count++;
    }
    expect(count).toBe(300);
  });
});

describe("values of several formats", () => {
  const source = file(
    "cells.mtl",
    `model cells
signals { ctr: P(click) }
request { user: text, premium: bool }
attributes { shop: text, listed: time, tags: texts, stock: number }
params { a: 1 in [0, 3] }
fusion score = ctr^a * if(age(listed) < 7d, 2, 1) * if(shop == "1.0", 3, 1) * if("True" in tags, 5, 1) * if(premium, 7, 1)
rules page { spread shops at most 1 of shop in 2 }
rank feed = top 5 by score with page
experiment lift { by: user
  control: arm(0.5)
  double: arm(0.5, a: 2) }
`,
  );
  const users = Array.from({ length: 12 }, (_, i) => String(1742345678901234567n + BigInt(i)));

  it("are the same values: ids of 64 bits, decimals, truth, times, texts of numbers", async () => {
    const rows = users.flatMap((user, i) =>
      [0, 1].map((k) => ({ user, id: `${9007199254740992n + BigInt(2 * i + k)}`, shop: String(1 + k), n: k })),
    );
    const listed = ["2026-11-04 00:00:00", "2026-10-01 00:00:00"];
    const path = join(folder, "cells.parquet");
    const values = rows.map(
      ({ user, id, shop, n }) =>
        `(${user}, ${user}, CAST(${id} AS DECIMAL(38, 0)), CAST(${shop} AS DOUBLE), TIMESTAMP '${listed[n]}', [${n === 0}], ${n === 1 ? 1 : 0}, CAST(0.1 AS FLOAT), ${n})`,
    );
    const names = "request, user, id, shop, listed, tags, premium, ctr, stock";
    await withDatabase({ folder }, (database) =>
      database.run(
        `COPY (SELECT request, "user", id, shop, listed, tags, request % 2 = 0 AS premium, ctr, stock FROM (VALUES ${values.join()}) AS t(${names.replace("user", '"user"')})) TO '${path}'`,
      ),
    );
    const premium = (user: string): boolean => Number(user.at(-1)) % 2 === 0;
    const csvText = `${names.replaceAll(" ", "")}\n${rows
      .map(
        ({ user, id, shop, n }) =>
          `${user},${user},${id},${shop}.0,${listed[n]},${n === 0 ? "True" : "False"},${premium(user) ? "True" : "False"},0.1,${n}\n`,
      )
      .join("")}`;
    const jsonText = rows
      .map(
        ({ user, id, shop, n }) =>
          `{"request":${user},"user":${user},"id":${id},"shop":${shop},"listed":"${listed[n]}","tags":["${n === 0 ? "TRUE" : "x"}"],"premium":${premium(user) ? 1 : "false"},"ctr":0.1,"stock":"${n}.0"}\n`,
      )
      .join("");
    const answers = async (name: string): Promise<unknown> =>
      (await ranked({ source, files: [name], at: noon })).map((each) =>
        "list" in each ? [each.request, each.arms, each.list.items] : each,
      );
    const fromCsv = await answers(file("cells.csv", csvText));
    expect(fromCsv).toHaveLength(users.length);
    expect(fromCsv).toMatchObject(users.map((user) => [user, { lift: expect.any(String) as string }, [{}, {}]]));
    expect(new Set(JSON.stringify(fromCsv).match(/control|double/g)).size).toBe(2);
    // The first of a request is new, of shop 1 and tagged; the second is none of these.
    expect((fromCsv as [string, { lift: string }, { id: string; score: number }[]][])[0]).toMatchObject([
      users[0],
      {},
      [{ id: "9007199254740992" }, { id: "9007199254740993" }],
    ]);
    expect(await answers(file("cells.jsonl", jsonText))).toEqual(fromCsv);
    expect(await answers(path)).toEqual(fromCsv);
  });
});
