/** Weights of a bag's values in files and in rows of a call, and what is said of one that is not a number. */
import { expect, it } from "vitest";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import { bag, duckdb, failureOf, folderWith, openIn, rowsOf, rowsOfBatch, source, spec } from "./fixtures.js";

const tags = bag("tags", { max: 2, weighted: true, vocabulary: { kind: "listed", values: ["a", "b", "x:y", "2"] } });
const model = spec({ train: source(["a.csv", "b.csv"]) }, [tags]);
const fine = "tags,n\na:0.5|b,1\n";

it("reads the weight after the last colon, 1 without one", async () => {
  const rows = ["a:0.5|b", "|:3|x:y:2e0|2", "c:0", ":7", "", "a: .5 |b|a:many"];
  const folder = folderWith({ "a.csv": `tags,n\n${rows.map((row) => `"${row}",1\n`).join("")}`, "b.csv": fine });
  const { train, fitted } = await openIn(folder, model);
  const expected = [
    { ids: [1, 2], numbers: [0.5, 1] },
    { ids: [3, 4], numbers: [2, 1] },
    { ids: [0, -1], numbers: [0, 0] },
    { ids: [-1, -1], numbers: [0, 0] },
    { ids: [-1, -1], numbers: [0, 0] },
    { ids: [1, 2], numbers: [0.5, 1] },
  ];
  expect(rowsOf(train)).toMatchObject([...expected, expected[0]]);
  const encode = createRowEncoder(model, fitted, { mode: "serving" });
  expect(rowsOfBatch(encode(rows.map((text) => ({ tags: text }))), 0)).toMatchObject(expected);
  expect(rowsOfBatch(encode([{ tags: ["a:3", 2, null] }]), 0)).toMatchObject([{ ids: [1, 4], numbers: [3, 1] }]);
});

it.each(["a:many", "a:", "a:-1", "b:nan", "b:1e31", "b:true"])("refuses %s, with its row", async (item) => {
  const folder = folderWith({ "a.csv": fine, "b.csv": `${fine}b|${item},2\n` });
  const problem = (place: string): string =>
    `MTL7375: \`tags\` has the item \`${item}\` in ${place}, whose weight is not a number in [0, 1e30]`;
  expect(await failureOf(folder, openIn(folder, model))).toBe(problem("row 2 of `b.csv`"));
  const { fitted } = await openIn(folderWith({ "a.csv": fine, "b.csv": fine }), model);
  const encode = createRowEncoder(model, fitted, { mode: "serving" });
  expect(() => encode([{}, { tags: [item] }])).toThrow(problem("row 2"));
});

it("does not read a list of structs", async () => {
  const folder = folderWith({});
  await duckdb(`COPY (SELECT [{'id': 'a', 'weight': 0.5}] AS tags) TO '${folder}/a.parquet'`);
  const structs = spec({ train: source("a.parquet", "parquet") }, [tags]);
  expect(await failureOf(folder, openIn(folder, structs))).toBe(
    "MTL7104: column `tags` of `a.parquet` has nested values, but feature `tags` needs text or a list of texts or numbers",
  );
});
