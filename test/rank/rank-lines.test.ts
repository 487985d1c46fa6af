import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { Failure } from "../../src/runtime/failure.js";
import { rankFileLines } from "../../src/runtime/jobs/rank/rank-lines.js";
import { rankFiles, rankJson, type RankOptions } from "../../src/runtime/rank/index.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-lines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = join(folder, "lines.mtl");
writeFileSync(
  spec,
  `model lines
signals { ctr: P(click) }
attributes {
  price: number >= 0
  brand: text
  stock: number?
  fresh: bool?
}
request { floor: number? }
fusion score = ctr * (1 + price)
rules home {
  boost   fresh  when fresh by 1.1
  spread  brands at most 1 of brand in 3
  explore cheap  when price < 1 at least 1 in top 3 epsilon: 0.5
}
rank page = top 5 by score with home
`,
);

type Row = Readonly<Record<string, unknown>>;

/** Rows of requests of different lengths, of which one has more rows than many blocks. */
function rowsOf(requests: number, more: (request: number, row: number) => Row = () => ({})): readonly Row[] {
  return Array.from({ length: requests }, (_, request) =>
    Array.from({ length: request === 4 ? 60 : 1 + ((request * 7) % 9) }, (_each, row) => ({
      request: `r${request}`,
      id: `item ${row} of ${request}`,
      ctr: ((row * 37 + request * 11) % 100) / 101,
      price: (row * 13) % 7,
      brand: row % 3 === 0 ? "a" : `brand with a long name ${row % 4}`,
      stock: row % 5 === 0 ? null : row / 3,
      fresh: row % 2 === 0,
      ...more(request, row),
    })),
  ).flat();
}

const jsonOf = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const csvOf = (rows: readonly Row[]): string =>
  `${Object.keys(rows[0] ?? {}).join(",")}\n${rows.map((row) => `${Object.values(row).join(",")}\n`).join("")}`;

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly failure: string | undefined;
}

async function outcomeOf(
  rank: (onWarning: NonNullable<RankOptions["onWarning"]>) => AsyncIterable<string>,
): Promise<Outcome> {
  const lines: string[] = [];
  const warnings: string[] = [];
  try {
    for await (const line of rank(({ message }) => warnings.push(message))) lines.push(line);
    return { lines, warnings, failure: undefined };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { lines, warnings, failure: error.message };
  }
}

const common = { source: spec, now: 1_793_880_000, seed: 7 };

/** What one thread says, and what blocks of some sizes come to. */
async function both(
  options: Partial<RankOptions> & Pick<RankOptions, "files">,
  sizes: readonly (readonly [bytes: number, rows: number])[] = [
    [300, 2],
    [2000, 20],
    [100_000, 3000],
  ],
): Promise<Outcome> {
  const one = await outcomeOf(async function* (onWarning) {
    for await (const answer of rankFiles({ ...common, ...options, onWarning })) yield JSON.stringify(rankJson(answer));
  });
  for (const [bytes, rows] of sizes) {
    const shared = { ...common, ...options, threads: 2, leastBytes: 0, block: { bytes, rows } };
    const many = await outcomeOf(async function* (onWarning) {
      for await (const { json } of rankFileLines({ ...shared, onWarning })) yield json;
    });
    expect(many).toEqual(one);
  }
  return one;
}

/** Without a value of requests, and of numbers and texts only: what is answered without rows. */
const columns = join(folder, "columns.mtl");
writeFileSync(
  columns,
  `model columns
signals { ctr: P(click) }
attributes {
  price: number >= 0 missing refuse
  brand: text missing "none"
  stock: number? in [0, 15]
}
fusion score = ctr * (1 + price)
rules home {
  spread  brands at most 1 of brand in 3
  explore cheap  when price < 1 at least 1 in top 3 epsilon: 0.5
  boost   few    when stock < 2 by 1.5
}
rank page = top 5 by score with home
`,
);

describe("columns of blocks", () => {
  // A chunk of a table has 2,048 rows, and is cut once.
  const requests = 1000;
  const size = [[1, 1000]] as const;
  const rows = rowsOf(requests, (request, row) => ({
    request: request > 600 && request < 700 ? `a long name of a request ${request}` : `r${request}`,
    id: request > 650 && request < 750 ? `a long name of an item ${row}` : `i${row}`,
    brand: row % 7 === 0 ? "" : row % 3 === 0 ? "a" : `brand with a long name ${row % 4}`,
    ...(request === 417 && row === 1 ? { price: "much" } : {}),
    ...(request === 523 && row === 1 ? { id: "i0" } : {}),
    ...(request === 725 && row === 1 ? { id: "" } : {}),
    ...(request === 827 && row === 1 ? { price: "" } : {}),
  }));

  it("are answered as their rows are", async () => {
    const text = file("columns.csv", csvOf(rows).replaceAll("null", ""));
    const { lines } = await both({ source: columns, files: [text] }, size);
    expect(lines.length).toBe(requests);
    expect(lines.filter((line) => line.includes('"error"')).length).toBe(4);
    const [number, cell] = ["ctr::DOUBLE AS ctr, TRY_CAST(price AS DOUBLE) AS price", "brand, stock::FLOAT AS stock"];
    for (const [i, more] of [
      `request, id, ${number}, ${cell}`,
      `request, row_number() OVER () + 9007199254740990 AS id, ${number}, ${cell}`,
      `(hash(request) >> 1)::BIGINT AS request, id, ${number}, ${cell}`,
      `request, id, ctr::DOUBLE AS ctr, TRY_CAST(price AS INTEGER) AS price, ${cell}`,
      `request, id, ${number}, ${cell}, [1] AS candidate`,
      `request, id, ${number}, ${cell}, []::INTEGER[] AS candidate`,
      `request, id, ${number}, 7 AS brand, stock`,
      `request, id, ${number}, brand, stock::FLOAT AS stok`,
      `request, ${number}, brand, stock`,
    ].entries()) {
      const path = join(folder, `columns-${i}.parquet`);
      await withDatabase({ folder }, (database) =>
        database.run(`COPY (SELECT ${more} FROM read_csv('${text}', all_varchar=true)) TO '${path}' (FORMAT parquet)`),
      );
      await both({ source: columns, files: [path] }, size);
    }
    await both({ source: columns, files: [text], id: "brand", group: "price" }, size);
    await both({ source: columns, files: [text], id: "nowhere" }, size);
    await both({ files: [text] }, size);
  });
});

describe("columns of blocks of lines", () => {
  // Of few requests each, so that most come after one whose rows were looked at.
  const size = [[600, 1000]] as const;
  const rows = rowsOf(80, (request, row) => ({
    id: row % 2 === 0 ? `i${row}` : `a long name of an item ${row}`,
    brand: row % 7 === 0 ? "" : row % 3 === 0 ? "TRUE" : row % 5 === 0 ? null : `märke ${row % 4} mit Namen`,
    fresh: request % 2 === 0,
    ...(request === 41 && row === 1 ? { price: null } : {}),
    ...(request === 52 && row === 1 ? { id: "i0" } : {}),
  }));
  const text = jsonOf(rows);
  const answersOf = async (name: string, lines: string): Promise<Outcome> =>
    both({ source: columns, files: [file(`lines-${name}.jsonl`, lines)] }, size);

  it("are answered as their rows are", async () => {
    const { lines } = await answersOf("plain", text);
    expect(lines.length).toBe(80);
    expect(lines.filter((line) => line.includes('"error"')).length).toBe(2);
    await answersOf("spaced", text.replaceAll('":', '": ').replaceAll(',"', ', "').replaceAll("\n", "\r\n"));
    await answersOf(
      "numbered",
      jsonOf(rows.map((row, i) => ({ ...row, request: Number(String(row["request"]).slice(1)), id: i }))),
    );
    await answersOf("halves", jsonOf(rows.map((row, i) => ({ ...row, id: i + 0.5 }))));
  });

  it("are looked at as rows where a line is unusual", async () => {
    const inLine = (at: number, change: (line: string) => string): string =>
      text
        .split("\n")
        .map((line, i) => (i === at ? change(line) : line))
        .join("\n");
    for (const [name, change] of Object.entries<(line: string) => string>({
      broken: () => "{",
      empty: () => "",
      text: (line) => line.replace(/"ctr":[^,]*/, '"ctr":"0.5"'),
      whole: (line) => line.replace(/"price":[^,]*/, '"price":12345678901234567890'),
      other: (line) => line.replace('"stock"', '"stok"'),
      escaped: (line) => line.replace('"request":"r', '"request":"\\u0072'),
      again: (line) => line.replace(/"request":"r\d+"/, '"request":"r1"'),
      candidates: () => '{"request":"whole","candidates":[{"id":"a","ctr":0.5,"price":1}]}',
    }))
      await answersOf(name, inLine(150, change));
    await answersOf(
      "late",
      `${jsonOf(rows.slice(0, 200))}${jsonOf(rows.slice(200).map((row) => ({ ...row, candidate: [{}] })))}`,
    );
  });
});

describe("requests of files in blocks", () => {
  it("are answered as one after the other", async () => {
    const rows = rowsOf(40);
    const parquet = join(folder, "rows.parquet");
    const json = file("rows.jsonl", jsonOf(rows));
    await withDatabase({ folder }, (database) =>
      database.run(
        `COPY (SELECT request, id, ctr, price::INTEGER AS price, brand, stock::FLOAT AS stock, fresh FROM read_json('${json}')) TO '${parquet}' (FORMAT parquet)`,
      ),
    );
    const [ofJson, ofText, ofParquet, ofZip] = [
      await both({ files: [json] }),
      await both({ files: [file("rows.csv", csvOf(rows))] }),
      await both({ files: [parquet] }),
      await both({ files: [file("rows.jsonl.gz", gzipSync(jsonOf(rows)))] }),
    ];
    expect(ofJson.lines.length).toBe(40);
    expect(ofText.lines).toEqual(ofJson.lines);
    expect(ofParquet.lines).toEqual(ofJson.lines);
    expect(ofZip.lines).toEqual(ofJson.lines);
  });

  it("are read over the ends of files, with byte order marks, blank lines and no last end", async () => {
    const rows = rowsOf(30);
    const texts = [rows.slice(0, 50), rows.slice(50, 120), rows.slice(120)].map(jsonOf);
    const [first = "", second = "", third = ""] = texts;
    const files = [
      file("1.jsonl", `\uFEFF\n${first}`),
      file("2.jsonl", second.replaceAll("\n", "\r\n\n")),
      file("3.jsonl", third.trimEnd()),
      file("4.csv", csvOf(rowsOf(3).map((row) => ({ ...row, request: `more ${String(row["request"])}` })))),
    ];
    const { lines, failure } = await both({ files });
    expect([lines.length, failure]).toEqual([33, undefined]);
  });

  it("may be whole lines, with names and without, of numbers that are names", async () => {
    const rows = rowsOf(12, (request) => ({ request: request % 3 === 0 ? request : `r${request}` }));
    const whole = [3, 5, 8].map((request) => ({
      ...(request === 5 ? {} : { request: `whole ${request}` }),
      candidates: rowsOf(1, () => ({ ctr: request / 10 })),
      values: { floor: request },
    }));
    const text = `${jsonOf(whole)}${jsonOf(rows.slice(0, 20))}${jsonOf(whole.slice(0, 1)).replace("whole 3", "other")}${jsonOf(rows.slice(20))}`;
    await both({ files: [file("whole.jsonl", text)] });
    await both({ files: [file("unnamed.jsonl", jsonOf(Array.from({ length: 30 }, () => whole[1] ?? {})))] });
  });

  it("are one without a group, and refused each by itself", async () => {
    const rows = rowsOf(20, (request, row) => ({
      ...(request === 7 ? { price: "much" } : {}),
      ...(request === 10 && row === 1 ? { id: "item 0 of 10" } : {}),
    }));
    const { lines } = await both({ files: [file("refused.jsonl", jsonOf(rows))] });
    expect(lines.filter((line) => line.includes('"error"')).length).toBe(2);
    const plain = rows.slice(0, 30).map(({ request: _request, ...row }) => row);
    await both({ files: [file("plain.jsonl", jsonOf(plain))] });
    await both({ files: [file("plain.csv", csvOf(plain))] });
    await both({ files: [file("grouped.csv", csvOf(rows))], group: "brand" });
    await both({ files: [file("ids.csv", csvOf(rows))], id: "price", duplicates: "first" });
  });

  it("warn once, of the first that is odd", async () => {
    const rows = rowsOf(40, (request) => (request > 20 ? { stok: 1 } : {}));
    const misspelt = rows.map((row) => (Object.hasOwn(row, "stok") ? { ...row, stock: undefined } : row));
    const { warnings } = await both({ files: [file("warned.jsonl", jsonOf(misspelt))] });
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain("stok");
  });

  it("end where one cannot be read", async () => {
    const rows = rowsOf(30);
    const text = jsonOf(rows);
    const at = text.indexOf('{"request":"r17"');
    const inside = (piece: string, name: string): string => file(name, `${text.slice(0, at)}${piece}${text.slice(at)}`);
    const failures = [
      await both({ files: [inside("{\n", "broken.jsonl")] }),
      await both({ files: [inside(jsonOf(rows.slice(0, 1)), "again.jsonl")] }),
      await both({ files: [inside('{"id":"x","ctr":0.1}\n', "missing.jsonl")] }),
      await both({
        files: [file("bytes.jsonl", Buffer.concat([Buffer.from(text), Buffer.from([0xff, 10]), Buffer.from("{}\n")]))],
      }),
      await both({ files: [file("cut.jsonl.gz", gzipSync(text).subarray(0, 900))] }),
      await both({ files: [file("quote.csv", `${csvOf(rows)}"a\n`)] }),
      await both({ files: [file("all-broken.jsonl", "{\n[]\n")] }),
      await both({ files: [file("known.jsonl", text)], group: "session" }),
      await both({ files: [file("empty.csv", "")] }),
      await both({ files: [file("first.jsonl", text), join(folder, "nowhere.jsonl")] }),
    ];
    expect(failures.map(({ failure }) => failure?.slice(0, 7))).toEqual([
      "MTL7518",
      "MTL7515",
      "MTL7516",
      "MTL7102",
      "MTL8007",
      "MTL7102",
      undefined,
      "MTL7516",
      "MTL7102",
      "MTL8007",
    ]);
    expect(failures[0]?.lines.length).toBe(16);
  });
});
