import { describe, expect, it } from "vitest";
import { bag, bucket, categorical, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const value = (of: string | number) => ({ kind: "value", value: of }) as const;

/** The ids of each row of a file of nulls beside those of the file with the value in their place. */
async function idsOf(rows: string): Promise<readonly unknown[]> {
  const folder = folderWith({ "train.csv": `word,whole,real,tags,x\n${rows}` });
  const model = spec({ train: source("train.csv") }, [
    categorical("word", { missing: value("0") }),
    categorical("whole", { missing: value(7) }),
    bucket("real", { missing: value(3) }),
    bag("tags", { missing: value("t") }),
    numeric("x"),
  ]);
  const { train } = await openIn(folder, model);
  return rowsOf(train).map(({ ids }) => ids);
}

describe("what is missing", () => {
  it("is read as the value that stands for it, also where the vocabulary is counted", async () => {
    const written = await idsOf("0,7,3,t,1\n0,7,-1,t|u,1\na,8,3,t,1\n0,7,3,t,1");
    expect(await idsOf(",,,,1\n0,7,-1,t|u,1\na,8,3,t,1\n,7,3,,1")).toEqual(written);
    expect(written[0]).toEqual([1, 1, 2, 1, -1, -1]);
  });

  it("is no id where it is zeros", async () => {
    const folder = folderWith({ "train.csv": "word,whole,real,x\n,,,1\na,8,3,1" });
    const zeros = { missing: { kind: "zeros" } } as const;
    const features = [categorical("word", zeros), categorical("whole", zeros), bucket("real", zeros), numeric("x")];
    const { train } = await openIn(folder, spec({ train: source("train.csv") }, features));
    expect(rowsOf(train).map(({ ids }) => ids)).toEqual([
      [-1, -1, -1],
      [1, 1, 2],
    ]);
  });

  it("stands for what is not among the ids as well, where the feature says so", async () => {
    const folder = folderWith({ "train.csv": "whole,text,zero,x\n-1,a,9,1\n9,1,,1\n,,3,1\n8,8.5,2,1" });
    const ids = { vocabulary: { kind: "ids", count: 9 } } as const;
    const features = [
      categorical("whole", { ...ids, missing: { ...value(4), outside: true } }),
      categorical("text", { ...ids, missing: { ...value(0), outside: true } }),
      categorical("zero", { ...ids, missing: { kind: "zeros", outside: true } }),
      numeric("x"),
    ];
    const { train } = await openIn(folder, spec({ train: source("train.csv") }, features));
    const expected = [
      [5, 1, -1],
      [5, 2, -1],
      [5, 1, 4],
      [9, 1, 3],
    ];
    expect(rowsOf(train).map((row) => row.ids)).toEqual(expected);
  });
});
