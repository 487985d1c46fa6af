/** Rows that are encoded before the data is opened, as another thread does it while a session is. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEncoding } from "../../src/runtime/data/aside.js";
import { type DataProgress, type OpenDataOptions } from "../../src/runtime/data/index.js";
import { fillRows } from "../../src/runtime/data/open.js";
import { categorical, event, failureOf, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const files = {
  "train.csv": "id,x,y\n5,0.5,1\n7,1.5,0\n5,,1\n",
  "test.csv": "id,x,y\n7,2,0\n8,1,1\n",
};
const model = spec(
  { train: source("train.csv"), test: source("test.csv") },
  [categorical("id"), numeric("x")],
  [event("y")],
);

const entriesOf = (folder: string): readonly string[] => readdirSync(join(folder, ".mtlc", "cache")).toSorted();
const fill = (folder: string, options: Partial<OpenDataOptions> = {}): Promise<void> =>
  fillRows(model, { specPath: join(folder, "spec.mtl"), ...options });

describe("rows encoded before the data is opened", () => {
  it("are what opening encodes, which then finds them", async () => {
    const [before, plain] = [folderWith(files), folderWith(files)];
    await fill(before);
    const there = entriesOf(before);
    const seen: DataProgress[] = [];
    const [opened, expected] = [
      await openIn(before, model, { onProgress: (progress) => seen.push(progress) }),
      await openIn(plain, model),
    ];
    expect(entriesOf(before)).toEqual(there);
    expect(seen).toEqual([]);
    for (const role of ["train", "test"] as const) {
      expect(rowsOf(opened[role])).toEqual(rowsOf(expected[role]));
      expect(opened[role]?.hash).toBe(expected[role]?.hash);
    }
    expect(opened.fitted).toEqual(expected.fitted);
  });

  it("are only those of the roles that are wanted", async () => {
    const folder = folderWith(files);
    await fill(folder, { roles: ["test"] });
    const seen: string[] = [];
    await openIn(folder, model, { onProgress: ({ phase, role }) => seen.push(`${phase} ${role}`) });
    expect([...new Set(seen)]).toEqual(["encode train"]);
  });

  it("leave a mistake in them to whoever opens the data", async () => {
    const folder = folderWith({ ...files, "test.csv": "id,x,y\n7,2,maybe\n" });
    await expect(fill(folder)).rejects.toThrow();
    expect(await failureOf(folder, openIn(folder, model))).toContain("maybe");
  });

  it("are not encoded by a thread where there are few, or sources run as they are", async () => {
    const folder = folderWith(files);
    let calls = 0;
    const { train } = await openIn(folder, model, { whileEncoding: async () => void (calls += 1) });
    expect([train?.rows, calls]).toEqual([3, 0]);
    expect(startEncoding({ spec: model, options: { specPath: join(folder, "spec.mtl") } }, {})).toBeUndefined();
  });
});
