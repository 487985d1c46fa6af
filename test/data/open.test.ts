import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fittedSizes } from "../../src/runtime/data/index.js";
import {
  bag,
  binary,
  bucket,
  categorical,
  column,
  duckdb,
  event,
  folderWith,
  literal,
  numeric,
  openIn,
  rowsOf,
  source,
  spec,
} from "./fixtures.js";

const lines = ["color,size,tags,click", "red,1.5,a|b,1", "blue,,b,0", "red,3,,", ",2,c|b|a,0"];
const features = [categorical("color"), numeric("size", { missing: -1 }), bag("tags", { max: 2 })];
const labels = [event("click")];
// Ids by frequency: red, then blue; b twice, then a, c (the third of a row is not used).
const expected = [
  { ids: [1, 2, 1], numbers: [1.5], labels: [1], weight: 1 },
  { ids: [2, 1, -1], numbers: [-1], labels: [0], weight: 1 },
  { ids: [1, -1, -1], numbers: [3], labels: [null], weight: 1 },
  { ids: [0, 3, 1], numbers: [2], labels: [0], weight: 1 },
];

describe("every format gives the same rows", () => {
  const text = lines.join("\n");
  const tabs = text.replaceAll(",", "\t");
  const json =
    '{"color":"red","size":1.5,"tags":["a","b"],"click":true}\n{"color":"blue","size":null,"tags":["b"],"click":false}\n' +
    '{"color":"red","size":3,"click":null}\n{"size":2.0,"tags":["c","b","a"],"click":0}\n';
  const folder = folderWith({
    "a.csv": text,
    "crlf.csv": lines.join("\r\n"),
    "bom.csv": `\ufeff${text}`,
    "a.csv.gz": text,
    "a.tsv": tabs,
    "a.tsv.gz": tabs,
    "a.jsonl": json,
    "a.jsonl.gz": json,
    "wide.csv": text.replaceAll(",", ", "),
    "bars.csv": text.replaceAll("|", ";").replaceAll(",", "||"),
    "spaces.csv": text.replaceAll(",", " ,\t"),
    "plain.csv": lines.slice(1).join("\n"),
    "renamed.csv": `a,b,c,d\n${lines.slice(1).join("\n")}`,
    "missing.csv": text.replace("blue,,", "blue,NA,").replace("3,,\n", "3,NA,-\n"),
    "quoted.csv": text.replace("red,1.5", '"red","1.5"').replace("blue", '"blue"'),
  });
  const columns = ["color", "size", "tags", "click"];
  const cases: readonly (readonly [string, Parameters<typeof source>])[] = [
    ["CSV", ["a.csv"]],
    ["CSV with carriage returns", ["crlf.csv"]],
    ["CSV with a byte order mark", ["bom.csv"]],
    ["gzipped CSV", ["a.csv.gz"]],
    ["TSV", ["a.tsv", "tsv"]],
    ["gzipped TSV", ["a.tsv.gz", "tsv"]],
    ["JSON lines", ["a.jsonl", "jsonl"]],
    ["gzipped JSON lines", ["a.jsonl.gz", "jsonl"]],
    ["a delimiter of two characters", ["wide.csv", "csv", { delimiter: ", " }]],
    ["white space trimmed", ["spaces.csv", "csv", { trim: true }]],
    ["no header but names", ["plain.csv", "csv", { header: false, columns }]],
    ["names in place of the header's", ["renamed.csv", "csv", { columns }]],
    ["texts that mean null", ["missing.csv", "csv", { nulls: ["NA", "-"] }]],
    ["quotes", ["quoted.csv"]],
  ];
  it.each(cases)("%s", async (_, args) => {
    const { train } = await openIn(folder, spec({ train: source(...args) }, features, labels));
    expect(rowsOf(train)).toEqual(expected);
  });

  it("Parquet, of several types", async () => {
    const select = (cast: string): string =>
      `SELECT * REPLACE (${cast}) FROM read_csv('${join(folder, "a.csv")}', all_varchar=true)`;
    const typed =
      "CAST(size AS DECIMAL(9, 3)) AS size, string_split(tags, '|') AS tags, CAST(click AS TINYINT) AS click";
    await duckdb(`COPY (${select("size AS size")}) TO '${join(folder, "text.parquet")}'`);
    await duckdb(`COPY (${select(typed)}) TO '${join(folder, "typed.parquet")}'`);
    for (const name of ["text.parquet", "typed.parquet"]) {
      const { train } = await openIn(folder, spec({ train: source(name, "parquet") }, features, labels));
      expect(rowsOf(train)).toEqual(expected);
    }
  });

  it("names that differ by their case alone, or look like ours", async () => {
    const names = folderWith({ "a.csv": "a,A,v0,c1,x,row_number\n1,2,3,4,5|6,7\n" });
    const list = ["a", "A", "v0", "c1", "row_number"];
    const split = { by: [], fraction: 0.999, rest: "test", seed: 0 } as const;
    const model = spec({ train: source("a.csv"), split }, [...list.map((name) => numeric(name)), bag("x")]);
    expect(rowsOf((await openIn(names, model)).train)).toEqual([
      { ids: [1, 2, -1], numbers: [1, 2, 3, 4, 7], labels: [], weight: 1 },
    ]);
  });

  it("a delimiter in a bag's separator does no harm", async () => {
    const model = spec(
      { train: source("bars.csv", "csv", { delimiter: "||" }) },
      [categorical("color"), numeric("size", { missing: -1 }), bag("tags", { max: 2, separator: ";" })],
      labels,
    );
    expect(rowsOf((await openIn(folder, model)).train)).toEqual(expected);
  });
});

describe("several files", () => {
  const row = (i: number): string => `v${i},${i}`;
  const part = (from: number): string => `name,x\n${row(from)}\n${row(from + 1)}\n`;
  const folder = folderWith({
    "parts/b.csv": part(2),
    "parts/a.csv": part(0),
    "parts/c.csv.gz": part(4),
    "parts/note.txt": "nothing",
    "turned.csv": "x,name\n6,v6\n",
    "other.jsonl": '{"name":"v7","x":7}\n',
    "odd[1].csv": part(8),
  });
  const model = (paths: readonly string[]) => spec({ train: source(paths) }, [numeric("x")]);
  const numbers = async (paths: readonly string[], options = {}) =>
    rowsOf((await openIn(folder, model(paths), options)).train).map(({ numbers: [x] }) => x);

  it("a glob gives them in the order of their names", async () => {
    expect(await numbers(["parts/*.csv*"])).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("a list keeps its order", async () => {
    expect(await numbers(["parts/b.csv", "parts/a.csv"])).toEqual([2, 3, 0, 1]);
  });

  it("columns may appear in another order", async () => {
    expect(await numbers(["turned.csv", "parts/a.csv", "turned.csv"])).toEqual([6, 0, 1, 6]);
  });

  it("a name with brackets is a name when there is such a file", async () => {
    expect(await numbers(["odd[1].csv"])).toEqual([8, 9]);
  });

  it("files of the command line replace the spec's, by their own formats", async () => {
    const train = ["turned.csv", "other.jsonl", "parts/c.csv.gz"].map((name) => join(folder, name));
    expect(await numbers(["parts/a.csv"], { train })).toEqual([6, 7, 4, 5]);
  });

  it("of different types have the type that holds both", async () => {
    await duckdb(`COPY (SELECT 1::TINYINT AS x, 'a' AS name) TO '${join(folder, "p1.parquet")}'`);
    await duckdb(`COPY (SELECT 2.5::DOUBLE AS x, 3::BIGINT AS name) TO '${join(folder, "p2.parquet")}'`);
    const two = spec({ train: source("p*.parquet", "parquet") }, [
      numeric("x"),
      categorical("name"),
      categorical("value", { source: column("x") }),
    ]);
    const { train, fitted } = await openIn(folder, two);
    expect(rowsOf(train)).toEqual([
      { ids: [2, 1], numbers: [1], labels: [], weight: 1 },
      { ids: [1, 2], numbers: [2.5], labels: [], weight: 1 },
    ]);
    expect(fitted.features["name"]).toEqual({ kind: "vocabulary", values: ["3", "a"] });
    expect(fitted.features["value"]).toEqual({ kind: "vocabulary", values: ["1", "2.5"] });
  });
});

describe("roles", () => {
  const rows = Array.from({ length: 1000 }, (_, i) => `u${i % 100},${i}`);
  const folder = folderWith({ "all.csv": `user,x\n${rows.join("\n")}\n`, "extra.csv": "user,x\nu1,5000\n,6000\n" });
  const all = source("all.csv");
  const split = { by: ["user"], fraction: 0.8, rest: "validation", seed: 1 } as const;
  const model = (data: Parameters<typeof spec>[0]) => spec(data, [numeric("x"), categorical("user")]);
  const numbers = (dataset: Parameters<typeof rowsOf>[0]) => rowsOf(dataset).map(({ numbers: [x] }) => x ?? NaN);

  it("a split keeps a key's rows together, in order, and every row in one part", async () => {
    const { train, validation, test } = await openIn(folder, model({ train: all, split }));
    const [a, b] = [numbers(train), numbers(validation)];
    expect(test).toBeUndefined();
    expect([...a, ...b].sort((x, y) => x - y)).toEqual(rows.map((_, i) => i));
    expect(a).toEqual([...a].sort((x, y) => x - y));
    const users = new Set(a.map((x) => x % 100));
    expect(b.filter((x) => users.has(x % 100))).toEqual([]);
    expect(users.size).toBeGreaterThan(70);
    expect(users.size).toBeLessThan(90);
  });

  it("the split is a function of keys and seed, not of the rows around", async () => {
    const first = await openIn(folder, model({ train: all, split }));
    const again = await openIn(folder, model({ train: source(["extra.csv", "all.csv"]), split }));
    const users = (dataset: typeof first.train) => new Set(numbers(dataset).map((x) => x % 100));
    const inSecond = new Set(
      numbers(again.train)
        .filter((x) => x < 1000)
        .map((x) => x % 100),
    );
    expect(inSecond).toEqual(users(first.train));
    const other = await openIn(folder, model({ train: all, split: { ...split, seed: 2 } }));
    expect(users(other.train)).not.toEqual(users(first.train));
  });

  it("without keys the row number decides", async () => {
    const { train, validation } = await openIn(folder, model({ train: all, split: { ...split, by: [] } }));
    expect(numbers(train).length + numbers(validation).length).toBe(1000);
    expect(numbers(train).length).toBeGreaterThan(750);
    expect(numbers(train).length).toBeLessThan(850);
    expect(new Set(numbers(validation).map((x) => x % 100)).size).toBeGreaterThan(80);
  });

  it("only the training part decides what is known", async () => {
    const { fitted, validation } = await openIn(folder, model({ train: all, split }));
    expect(fitted.rows).toBe(1000 - (validation?.rows ?? 0));
    expect(rowsOf(validation).every(({ ids: [id] }) => id === 0)).toBe(true);
    expect(validation?.report.columns.find((report) => report.column === "user")?.unseen).toBe(validation?.rows);
  });

  it("only the asked ones are opened, with what an earlier run fitted", async () => {
    const { fitted } = await openIn(folder, model({ train: all }));
    const { train, test } = await openIn(folder, model({ train: source("gone.csv"), test: source("extra.csv") }), {
      roles: ["test"],
      fitted,
    });
    expect(train).toBeUndefined();
    expect(rowsOf(test)).toEqual([
      { ids: [fittedSizes(fitted).ids["user"] === 101 ? 2 : -1], numbers: [5000], labels: [], weight: 1 },
      { ids: [0], numbers: [6000], labels: [], weight: 1 },
    ]);
  });

  it("a given file takes the place of the split's rest", async () => {
    const given = await openIn(folder, model({ train: all, split }), { validation: [join(folder, "extra.csv")] });
    expect(numbers(given.validation)).toEqual([5000, 6000]);
    expect(given.train?.rows).toBeLessThan(1000);
  });
});

describe("labels, weights and groups", () => {
  const folder = folderWith({
    "a.csv": "click,buy,stay,w,user,income\n1,1.0,3.5,2,7,x\n0,TRUE,,0.5,7,y\n,0,-1,1,,\ntrue,,2,0,9,x\n",
    "bare.csv": "income\nx\ny\n",
  });
  const model = spec(
    { train: source("a.csv"), weight: "w", group: "user" },
    [categorical("income")],
    [
      event("click"),
      event("buy", { within: ["click"] }),
      event("stay", { base: "amount", within: ["click"] }),
      event("rich", { source: binary(column("income"), "==", literal("x")) }),
    ],
  );

  it("are read, with nulls where they are null", async () => {
    const { train } = await openIn(folder, model);
    expect(rowsOf(train).map((row) => row.labels)).toEqual([
      [1, 1, 3.5, 1],
      [0, 1, null, 0],
      [null, 0, -1, null],
      [1, null, 2, 1],
    ]);
    expect(rowsOf(train).map((row) => row.weight)).toEqual([2, 0.5, 1, 0]);
    expect(train?.groups()).toEqual(Int32Array.of(0, 0, -1, 1));
    expect(train?.report.columns).toEqual([
      { column: "income", nulls: 1, unseen: 0 },
      { column: "click", nulls: 1, unseen: 0 },
      { column: "buy", nulls: 1, unseen: 0 },
      { column: "stay", nulls: 1, unseen: 0 },
      { column: "rich", nulls: 1, unseen: 0 },
    ]);
  });

  it("a label that holds outside the one it implies is a warning", async () => {
    const { warnings } = await openIn(folder, model);
    expect(warnings.map(({ code, severity, message }) => `${severity} ${code}: ${message}`)).toEqual([
      "warning MTL7108: `buy` holds in 1 of 4 rows of the train data where `click` does not, but `buy` is declared within `click`",
    ]);
    expect((await openIn(folder, model)).warnings).toEqual(warnings);
  });

  it("may be absent where rows are only predicted", async () => {
    const { fitted } = await openIn(folder, model);
    const { test } = await openIn(folder, model, {
      roles: ["test"],
      test: [join(folder, "bare.csv")],
      labels: "optional",
      fitted,
    });
    expect(rowsOf(test)).toEqual([
      { ids: [1], numbers: [], labels: [null, null, null, 1], weight: 1 },
      { ids: [2], numbers: [], labels: [null, null, null, 0], weight: 1 },
    ]);
    expect(test?.groups()).toBeUndefined();
  });

  it("groups are coded by whole numbers and by texts alike", async () => {
    const codes = async (group: string) =>
      (await openIn(folder, { ...model, data: { ...model.data, group } })).train?.groups();
    expect(await codes("income")).toEqual(Int32Array.of(0, 1, -1, 0));
    await duckdb(
      `COPY (SELECT unnest([7, 9007199254740993, NULL, 7, -1]) AS user, 1 AS x) TO '${join(folder, "g.parquet")}'`,
    );
    const big = spec({ train: source("g.parquet", "parquet"), group: "user" }, [numeric("x")]);
    expect((await openIn(folder, big)).train?.groups()).toEqual(Int32Array.of(0, 1, -1, 0, 2));
  });
});

describe("the cache", () => {
  const text = "color,click\nred,1\nblue,0\nred,0\n";
  const make = () => folderWith({ "a.csv": text });
  const model = spec({ train: source("a.csv") }, [categorical("color")], [event("click")]);
  const entries = (folder: string) => readdirSync(join(folder, ".mtlc", "cache")).sort();

  it("is used again, and holds nothing else", async () => {
    const folder = make();
    const phases: string[] = [];
    const onProgress = ({ phase }: { readonly phase: string }) => phases.push(phase);
    const first = await openIn(folder, model, { onProgress });
    expect(phases.length).toBeGreaterThan(0);
    const made = entries(folder);
    expect(made.length).toBe(2);
    phases.length = 0;
    const second = await openIn(folder, model, { onProgress });
    expect(phases).toEqual([]);
    expect(entries(folder)).toEqual(made);
    expect(second.fitted).toEqual(first.fitted);
    expect(rowsOf(second.train)).toEqual(rowsOf(first.train));
    expect(second.train?.report).toEqual(first.train?.report);
  });

  it("is not used when the data or what is made of it changed", async () => {
    const folder = make();
    await openIn(folder, model);
    writeFileSync(join(folder, "a.csv"), text.replace("blue", "rose"));
    expect((await openIn(folder, model)).fitted.features["color"]).toEqual({
      kind: "vocabulary",
      values: ["red", "rose"],
    });
    // Of the same size and time, so that the content alone tells.
    const { mtime } = statSync(join(folder, "a.csv"));
    writeFileSync(join(folder, "a.csv"), text.replace("blue", "gold"));
    utimesSync(join(folder, "a.csv"), mtime, mtime);
    expect((await openIn(folder, model)).fitted.features["color"]).toEqual({
      kind: "vocabulary",
      values: ["red", "gold"],
    });
    const limited = spec(
      model.data,
      [categorical("color", { vocabulary: { kind: "fitted", minCount: 2 } })],
      model.labels,
    );
    expect((await openIn(folder, limited)).fitted.features["color"]).toEqual({ kind: "vocabulary", values: ["red"] });
  });

  it("is used when only the network changed", async () => {
    const folder = make();
    await openIn(folder, model);
    const made = entries(folder);
    await openIn(folder, spec(model.data, [categorical("color", { embed: 64, dropout: 0.5 })], model.labels));
    expect(entries(folder)).toEqual(made);
  });

  it("is not used when a byte changed that no sample sees, and size and time were set back", async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `red,${i % 2}`);
    const folder = folderWith({ "a.csv": `color,click\n${rows.join("\n")}\n` });
    const before = rowsOf((await openIn(folder, model)).train);
    const path = join(folder, "a.csv");
    const { mtime } = statSync(path);
    rows[20_000] = "red,1";
    writeFileSync(path, `color,click\n${rows.join("\n")}\n`);
    utimesSync(path, mtime, mtime);
    const after = rowsOf((await openIn(folder, model)).train);
    expect(before[20_000]?.labels).toEqual([0]);
    expect(after[20_000]?.labels).toEqual([1]);
  }, 60_000);

  describe("that is damaged", () => {
    const grouped = spec({ train: source("a.csv"), group: "color" }, [categorical("color")], [event("click")]);
    const files = (folder: string, name: string): readonly string[] =>
      entries(folder)
        .map((entry) => join(folder, ".mtlc", "cache", entry, name))
        .filter((path) => existsSync(path));
    const flip = (path: string, at = -1): void => {
      const bytes = readFileSync(path);
      bytes.writeUInt8((bytes.at(at) ?? 0) ^ 0x80, at < 0 ? bytes.length + at : at);
      writeFileSync(path, bytes);
    };
    const damages: readonly (readonly [string, string, (path: string) => void])[] = [
      ["cut short", "rows.bin", (path) => truncateSync(path, 8)],
      ["too long", "rows.bin", (path) => appendFileSync(path, "more")],
      ["one bit of the rows", "rows.bin", flip],
      ["ids out of range", "rows.bin", (path) => writeFileSync(path, readFileSync(path).fill(0x7f))],
      ["rows that are gone", "rows.bin", (path) => rmSync(path)],
      ["rows that are a folder", "rows.bin", (path) => (rmSync(path), mkdirSync(path))],
      ["one bit of the groups", "groups.bin", flip],
      ["groups that are gone", "groups.bin", (path) => rmSync(path)],
      ["an empty description", "entry.json", (path) => truncateSync(path)],
      ["another description", "entry.json", (path) => flip(path, 80)],
      ["a description that is valid JSON", "entry.json", (path) => writeFileSync(path, '{"report":{"rows":3}}')],
      ["no description", "entry.json", (path) => rmSync(path)],
      ["an empty fit", "fitted.json", (path) => truncateSync(path)],
      ["another fit", "fitted.json", (path) => writeFileSync(path, readFileSync(path, "utf8").replace("red", "rod"))],
      [
        "an entry that is a file",
        "fitted.json",
        (path) => (rmSync(join(path, ".."), { recursive: true }), writeFileSync(join(path, ".."), "x")),
      ],
    ];

    it.each(damages)("%s: it is made again, with one line", async (_, name, damage) => {
      for (const cacheLimit of [2 ** 20, 0]) {
        const folder = make();
        const first = await openIn(folder, grouped);
        const [path = "", ...others] = files(folder, name);
        expect(others).toEqual([]);
        damage(path);
        const again = await openIn(folder, grouped, { cacheLimit });
        expect(again.warnings.map(({ code }) => code)).toEqual(["MTL7116"]);
        expect(rowsOf(again.train)).toEqual(rowsOf(first.train));
        expect(again.train?.groups()).toEqual(first.train?.groups());
        expect(again.fitted).toEqual(first.fitted);
        expect(again.train?.hash).toBe(first.train?.hash);
        expect((await openIn(folder, grouped, { cacheLimit })).warnings).toEqual([]);
      }
    });
  });

  it("has the hash of a data set's rows, labels, weights and groups", async () => {
    const hashOf = async (changed: string): Promise<string | undefined> => {
      const folder = folderWith({ "a.csv": changed });
      const weighted = spec(
        { train: source("a.csv"), weight: "w", group: "g" },
        [categorical("color")],
        [event("click")],
      );
      return (await openIn(folder, weighted)).train?.hash;
    };
    const rows = "color,click,w,g\nred,1,1,a\nblue,0,1,b\nred,0,1,b\n";
    const own = await hashOf(rows);
    expect(await hashOf(rows)).toBe(own);
    const others = ["red,0,1,a", "red,1,2,a", "red,1,1,b", "blue,1,1,a"].map((row) => rows.replace("red,1,1,a", row));
    for (const other of others) expect(await hashOf(other), other).not.toBe(own);
  });

  it("serves several openings at once", async () => {
    const folder = make();
    const opened = await Promise.all(Array.from({ length: 4 }, () => openIn(folder, model)));
    for (const { train } of opened) expect(rowsOf(train)).toEqual(rowsOf(opened[0]?.train));
    expect(entries(folder).length).toBe(2);
  });

  it("is where MTLC_CACHE_DIR says", async () => {
    const folder = make();
    const cache = join(folderWith(), "deep", "cache");
    process.env["MTLC_CACHE_DIR"] = cache;
    try {
      await openIn(folder, model);
      expect(readdirSync(folder)).toEqual(["a.csv"]);
      expect(readdirSync(cache).length).toBe(2);
    } finally {
      delete process.env["MTLC_CACHE_DIR"];
    }
  });

  it("leaves nothing half made when the work is stopped", async () => {
    const folder = make();
    const stop = new AbortController();
    const work = openIn(folder, model, { signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) });
    await expect(work).rejects.toThrow("enough");
    expect(entries(folder)).toEqual([]);
  });

  it("drops what was used longest ago when it grows too large", async () => {
    const { pruneCache } = await import("../../src/runtime/data/batches/cache.js");
    const cache = folderWith();
    for (const [i, name] of ["old", "new", "kept"].entries()) {
      mkdirSync(join(cache, name));
      writeFileSync(join(cache, name, "rows.bin"), new Uint8Array(1000));
      utimesSync(join(cache, name), i, i);
    }
    mkdirSync(join(cache, ".left-over"));
    utimesSync(join(cache, ".left-over"), 0, 0);
    renameSync(join(cache, "kept"), join(cache, "first"));
    utimesSync(join(cache, "first"), 0, 0);
    await pruneCache(cache, "first", 2000);
    expect(readdirSync(cache).sort()).toEqual(["first", "new"]);
  });
});

describe("the census slice", () => {
  const folder = join(import.meta.dirname, "../../specs/census/data");
  const columns = Array.from({ length: 42 }, (_, i) =>
    i === 41 ? "income_50k" : i === 7 ? "marital_stat" : i === 0 ? "age" : `k${i}`,
  );
  const options = { header: false, delimiter: ", ", columns };

  it("has the label rates of the whole", async () => {
    const cache = folderWith();
    process.env["MTLC_CACHE_DIR"] = cache;
    try {
      const model = spec(
        { train: source("census-train.csv.gz", "csv", options), test: source("census-test.csv.gz", "csv", options) },
        [
          numeric("age", { scale: "standard" }),
          bucket("decade", { source: column("age"), boundaries: { kind: "quantiles", count: 4 } }),
        ],
        [
          event("income", { source: binary(column("income_50k"), "==", literal("50000+.")) }),
          event("marital", { source: binary(column("marital_stat"), "==", literal("Never married")) }),
        ],
      );
      const { train, test } = await openIn(folder, model);
      const rates = [train, test].map((dataset) => {
        const rows = rowsOf(dataset);
        return [0, 1].map((label) => rows.filter((row) => row.labels[label] === 1).length / rows.length);
      });
      expect([train?.rows, test?.rows]).toEqual([19952, 9976]);
      for (const [income = 0, marital = 0] of rates) {
        expect(Math.abs(income - 0.0621)).toBeLessThan(0.003);
        expect(Math.abs(marital - 0.4335)).toBeLessThan(0.005);
      }
    } finally {
      delete process.env["MTLC_CACHE_DIR"];
    }
  });
});
