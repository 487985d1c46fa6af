/** What is said of rows whose sequences do not fit, in files and in a call. */
import { describe, expect, it } from "vitest";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import { failureOf, folderWith, numbers, openIn, rowsOfBatch, sequence, source, spec } from "./fixtures.js";

const features = [
  sequence("seen", { along: "seen", max: 2 }),
  sequence("kind", { along: "seen", max: 2 }),
  numbers("ago", "seen", { max: 2, scale: "minmax" }),
];
const model = spec({ train: source(["a.csv", "b.csv"]) }, features);
const header = "seen,kind,ago\n";
const good = { "a.csv": `${header}1|2|3,a||b,5||7\n,,\n`, "b.csv": `${header}4,a,1\n` };

describe("a row in a file", () => {
  it.each([
    ["4|5,a,1|2", "MTL7340: `kind` has 1 value in row 2 of `b.csv`, but `seen`, which it is along, has 2"],
    [",,1", "MTL7340: `ago` has 1 value in row 2 of `b.csv`, but `seen`, which it is along, has 0"],
    // Longer than `max` both, and still not one for one.
    ["1|2|3,a|b|c|d,1|2|3", "MTL7340: `kind` has 4 values in row 2 of `b.csv`, but `seen`, which it is along, has 3"],
    ["1|2,a|b,1|old", "MTL7105: column `ago` is `old` in row 2 of `b.csv`, where feature `ago` needs a number"],
  ])("%s", async (row, expected) => {
    const folder = folderWith({ ...good, "b.csv": `${good["b.csv"]}${row}\n` });
    expect(await failureOf(folder, openIn(folder, model))).toBe(expected);
  });

  it("has more values than `max` under `keep: all`", async () => {
    const strict = spec({ train: source("a.csv") }, [sequence("seen", { max: 2, keep: "all" })]);
    const folder = folderWith(good);
    expect(await failureOf(folder, openIn(folder, strict))).toBe(
      "MTL7341: `seen` has 3 values in row 1 of `a.csv`, more than its `max: 2`",
    );
  });

  it("keeps what is unknown at its position", async () => {
    const { fitted, train } = await openIn(folderWith(good), model);
    expect(fitted.features["ago"]).toMatchObject({ kind: "number", mean: 4, minimum: 1, maximum: 7 });
    const encode = createRowEncoder(model, fitted, { mode: "serving" });
    const [row] = rowsOfBatch(encode([{ seen: [9, 1, 2], kind: ["b", null, "a"], ago: [1, null, 3] }]), 0);
    expect(row).toMatchObject({ numbers: [-1 / 6, 2 / 6].map(Math.fround) });
    expect(train?.rows).toBe(3);
  });
});

it("a row of a call is told by its number", async () => {
  const { fitted } = await openIn(folderWith(good), model);
  const encode = createRowEncoder(model, fitted, { mode: "serving" });
  expect(() => encode([{}, { seen: [1], kind: [], ago: [1] }])).toThrow(
    "MTL7340: `kind` has 0 values in row 2, but `seen`, which it is along, has 1",
  );
});
