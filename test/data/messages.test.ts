import { describe, expect, it } from "vitest";
import { bag, categorical, event, failureOf, folderWith, numeric, openIn, source, spec } from "./fixtures.js";

/** Messages of data that lead to the fix: one message for one mistake. */

const at = (start: number, end: number) => ({ file: "spec.mtl", start, end });
const features = [categorical("user_id"), categorical("item_id"), numeric("age")];

async function said(text: string, options = {}, model = features, name = "a.csv") {
  const folder = folderWith({ [name]: text });
  const format = name.endsWith(".tsv") ? "tsv" : "csv";
  return failureOf(folder, openIn(folder, spec({ train: source(name, format, options) }, model, [event("click")])));
}

describe("a file of another form is one message", () => {
  it.each([
    [
      "another delimiter",
      "user_id;item_id;age;click\n1;2;3;0\n",
      {},
      'its values are parted by ";", and it is read with ","',
      'csv("a.csv", delimiter: ";")',
    ],
    ["tabs", "user_id\titem_id\tage\tclick\n1\t2\t3\t0\n", {}, 'parted by "\\t"', 'tsv("a.csv")'],
    ["bars in quotes", '"user_id"|"item_id"|"age"|"click"\n', {}, 'parted by "|"', 'delimiter: "|"'],
    [
      "types in the header",
      "user_id:token,item_id:token,age:float,click:float\n1,2,3,0\n",
      {},
      "as `user_id:token`",
      "columns: [user_id, item_id, age, click]",
    ],
    [
      "no header",
      "17,4,33.5,0\n18,5,20,1\n",
      {},
      "its first line holds values and no names: `17`, `4`, `33.5`, `0`",
      "header: false, columns: [...]` with a name for each of its 4 columns",
    ],
    ["no header, a value twice", "17,4,4,0\n18,5,20,1\n", {}, "holds values and no names", "header: false"],
    [
      "an empty line before the header",
      "\nuser_id,item_id,age,click\n17,4,33.5,0\n",
      {},
      "its first line, which names the columns, is empty",
      "delete the empty line",
    ],
    [
      "libsvm",
      `1 qid:3 ${Array.from({ length: 70 }, (_, i) => `${i + 1}:0.${i + 1}`).join(" ")}\n`,
      {},
      "its lines are those of libsvm",
      'libsvm("a.csv")',
    ],
    [
      "slots",
      "1,0,0,210:1,210:2,301:5\n",
      {},
      "plain values and pairs `slot:id`",
      'slots("a.csv", delimiter: ",", columns: [v1, v2, v3])',
    ],
  ])("%s", async (_, text, options, problem, help) => {
    const message = await said(text, options);
    expect(message.match(/MTL\d{4}/g)).toEqual(["MTL7132"]);
    expect(message).toContain(problem);
    expect(message).toContain(help);
    expect(message.length).toBeLessThan(600);
  });

  it("a comma in a file that is read as TSV", async () => {
    expect(await said("user_id,item_id,age,click\n", {}, features, "a.tsv")).toContain('csv("a.tsv", delimiter: ",")');
  });

  it("`columns` of another number names the delimiter that fits", async () => {
    const message = await said("1;2;3;0\n", { header: false, columns: ["user_id", "item_id", "age", "click"] });
    expect(message).toContain('by ";" it has 4: `delimiter: ";"`');
  });
});

describe("columns that are called otherwise", () => {
  it("say how to name them", async () => {
    expect(await said("uid,item_id,age,click\n1,2,3,0\n")).toContain('`user_id: …(column: "uid")`');
    expect(await said("user_id,item_id,age,is click\n1,2,3,0\n")).toContain('`click: … = column("is click")`');
  });

  it("suggest the one name that goes on", async () => {
    const folder = folderWith({ "a.csv": "user_id,age,click\n1,1,0\n" });
    const work = openIn(folder, spec({ train: source("a.csv"), group: "user" }, [numeric("age")]));
    expect(await failureOf(folder, work)).toContain("did you mean `user_id`?");
  });

  it("never suggest a name that is empty", async () => {
    const features = [numeric("a"), categorical("user_id")];
    expect(await said("user_id,,click\n1,2,0\n", {}, features)).not.toContain("did you mean");
  });

  it("of a range are one message", async () => {
    const range = [
      numeric("n_1", { span: at(10, 13), source: { kind: "column", name: "n_1", span: at(10, 13) } }),
      ...["n_2", "n_3"].map((name) => numeric(name, { source: { kind: "column", name, span: at(10, 20) } })),
    ];
    const message = await said("a,click\nx,0\n", {}, [...range, bag("a")]);
    expect(message.match(/MTL\d{4}/g)).toEqual(["MTL7103"]);
    expect(message).toContain("it is also missing `n_2`, `n_3`");
  });

  it("do not show a long header in full", async () => {
    const long = Array.from({ length: 300 }, (_, i) => `a_rather_long_name_of_a_column_${i}`).join(",");
    expect((await said(`${long},click\n`)).length).toBeLessThan(1800);
  });
});

describe("values that are not what is needed", () => {
  const rows = (values: readonly string[], click: readonly string[] = []) =>
    `age,click\n${values.map((value, i) => `${value},${click[i] ?? i % 2}`).join("\n")}\n`;
  const age = [numeric("age")];

  it("are listed with their counts, and what makes them null", async () => {
    const message = await said(rows(["1", "unknown", "V", "unknown", "3"]), {}, age);
    expect(message).toContain("MTL7105: column `age` is `unknown` in row 2");
    expect(message).toContain('such values: "unknown" (2 rows), "V" (1 row)');
    expect(message).toContain('`nulls: ["unknown", "V"]`');
  });

  it.each([
    [['"84,9"', '"1,5"'], "decimal point"],
    [['"1,234"', '"12,500"'], "no signs between thousands"],
    [["$1", "$2.5"], "have no unit"],
    [["12%", "3%"], "have no unit"],
  ])("that are written otherwise: %j", async (values, help) => {
    expect(await said(rows(values), {}, age)).toContain(help);
  });

  it("of a label say how the condition is written", async () => {
    expect(await said(rows(["1", "2"], ["yes", "no"]), {}, age)).toContain('`click: event = click == "yes"`');
    expect(await said(rows(["1", "2"], ["3", "1"]), {}, age)).toContain("`click: event = click > 0`");
  });
});

describe("files that a command names", () => {
  it("are not blamed on a line of the spec", async () => {
    const folder = folderWith({ "a.csv": "age,click\n1,0\n" });
    const work = openIn(folder, spec({ train: source("a.csv") }, [numeric("age")]), { test: ["nofile.csv"] });
    await expect(work).rejects.toMatchObject({
      diagnostics: [{ code: "MTL7101", span: { file: "", start: 0, end: 0 } }],
    });
  });

  it("point at `group` where its column is misspelt", async () => {
    const folder = folderWith({ "a.csv": "user_id,age,click\n1,1,0\n" });
    const data = { train: source("a.csv"), group: "user", places: { group: { span: at(40, 44) } } };
    await expect(openIn(folder, spec(data, [numeric("age")]))).rejects.toMatchObject({
      diagnostics: [{ code: "MTL7103", span: at(40, 44) }],
    });
  });
});
