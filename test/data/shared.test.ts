/** Data that another thread opens: what comes over is what opening it here gives. */
import { describe, expect, it } from "vitest";
import { openSharedDataset } from "../../src/runtime/data/batches/stored-dataset.js";
import { type DataProgress, type FittedRows } from "../../src/runtime/data/index.js";
import { categorical, event, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const files = {
  "train.csv": "id,x,y,u\n5,0.5,1,a\n7,1.5,0,b\n5,,1,a\n",
  "test.csv": "id,x,y,u\n7,2,0,b\n8,1,1,c\n",
};
const model = spec(
  { train: source("train.csv"), test: source("test.csv"), group: "u" },
  [categorical("id"), numeric("x")],
  [event("y")],
);

describe("a data set that threads share", () => {
  it.each([
    ["held in memory", 2 ** 30],
    ["read from its file", 0],
  ])("has the rows of the one that was opened, %s", async (_, cacheLimit) => {
    const folder = folderWith(files);
    const { train } = await openIn(folder, model, { cacheLimit, lists: "id" });
    if (train === undefined) throw new Error("the training data is not there");
    const expected = { rows: rowsOf(train), hash: train.hash, report: train.report, groups: train.groups() };
    const lists = train.lists();
    const sent = structuredClone(train.share());
    train.close();
    const received = openSharedDataset(sent);
    expect(received.inMemory).toBe(cacheLimit > 0);
    const { hash, report } = received;
    expect({ rows: rowsOf(received), hash, report, groups: received.groups() }).toEqual(expected);
    expect(received.lists()).toEqual(lists);
    expect(rowsOf(received, { shuffle: { seed: 3, epoch: 1 } })).toHaveLength(3);
    received.close();
  });
});

describe("what is fitted", () => {
  it("is told before rows are encoded, and whether they were before", async () => {
    const folder = folderWith(files);
    const seen: (FittedRows | DataProgress["phase"])[] = [];
    const open = (): ReturnType<typeof openIn> =>
      openIn(folder, model, {
        onFitted: (found) => void seen.push(found),
        onProgress: ({ phase }) => void seen.push(phase),
      });
    const { fitted } = await open();
    expect(seen.filter((each) => each !== "fit").slice(0, 2)).toEqual([
      { fitted, roles: ["train", "test"], areEncoded: false },
      "encode",
    ]);
    seen.length = 0;
    await open();
    expect(seen).toEqual([{ fitted, roles: ["train", "test"], areEncoded: true }]);
  });
});
