/** Data that is opened beside what else comes before a training. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, expect, it } from "vitest";
import { type DataProgress, openData } from "../../src/runtime/data/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { startOpening } from "../../src/runtime/jobs/training-data/open.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { inspectData } from "../../src/runtime/train/inspect/inspect.js";
import { rowsOf } from "../data/fixtures.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-opening-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const specPath = join(folder, "spec.mtl");
writeFileSync(
  specPath,
  `model opening
data { train: csv("train.csv"), test: csv("test.csv") }
features { a: categorical, same: numeric }
labels { y: event }
task held: P(y) = sigmoid(logit(mlp([a, same], [4])))
loss { held: bce }
`,
);
const lines = (rows: number, tell: (i: number) => string): string =>
  `a,same,y\n${Array.from({ length: rows }, (_, i) => `${tell(i)}\n`).join("")}`;
writeFileSync(
  join(folder, "train.csv"),
  // A backslash is escaped in an artifact.
  lines(300, (i) => `${i % 7 === 3 ? "v\\n" : `v${i % 7}`},1,${i % 3 === 0 ? 1 : 0}`),
);
writeFileSync(
  join(folder, "test.csv"),
  lines(30, (i) => `v${i % 9},1,${i % 2}`),
);
const { model } = loadSpec(specPath);

it("is what opening and looking at it gives, with all progress, however late that is asked for", async () => {
  const seen: DataProgress[] = [];
  const opening = startOpening(model, { specPath });
  const found = await opening.fitted;
  const { data, oddities } = await opening.opened;
  opening.tell((progress) => seen.push(progress));
  await opening.close();
  const expected = await openData(model, { specPath });
  expect(found).toEqual({ fitted: expected.fitted, roles: ["train", "test"], areEncoded: false });
  expect(data.fitted).toBe(found?.fitted);
  for (const role of ["train", "test"] as const) {
    expect(rowsOf(data[role])).toEqual(rowsOf(expected[role]));
    expect(data[role]?.hash).toBe(expected[role]?.hash);
  }
  expect([data.files, data.warnings]).toEqual([expected.files, expected.warnings]);
  expect(oddities).toEqual(inspectData(model, expected));
  expect(oddities.map(({ code }) => code)).toContain("MTL7148");
  expect([...new Set(seen.map(({ phase, role }) => `${phase} ${role}`))]).toEqual([
    "fit train",
    "encode train",
    "encode test",
  ]);
});

it("says a mistake to whoever waits for the data", async () => {
  const opening = startOpening(model, { specPath, test: [join(folder, "none.csv")] });
  expect(await opening.fitted).toBeUndefined();
  await expect(opening.opened).rejects.toThrow(Failure);
  await opening.close();
});

it("ends with the reason of the signal", async () => {
  const controller = new AbortController();
  const opening = startOpening(model, { specPath, signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(opening.opened).rejects.toThrow("enough");
  await opening.close();
});

it("hands every shipped model over as it is", () => {
  const root = join(import.meta.dirname, "../../specs");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".mtl"));
  const models = files.flatMap((name) => {
    const text = readFileSync(join(root, name), "utf8");
    return /^model /m.test(text) && !text.includes("search(") ? [loadSpec(join(root, name)).model] : [];
  });
  expect(models.length).toBeGreaterThan(50);
  const differing = models.filter((each) => !isDeepStrictEqual(structuredClone(each), each));
  expect(differing.map(({ name }) => name)).toEqual([]);
});
