/** A label of several classes from the file to the list: encoded alike everywhere, trained, measured, predicted, ranked. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { evaluate } from "../../src/runtime/jobs/evaluate.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { train } from "../../src/runtime/jobs/train.js";
import { rankFiles } from "../../src/runtime/rank/index.js";
import { createRandom } from "../lower/harness.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-classes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = createRandom(4);
const kinds = ["sport", "news", "real estate"];
const rows = Array.from({ length: 240 }, (_, i) => {
  const x = random() * 3;
  const click = random() < 0.7 ? 1 : 0;
  // One class in ten is another one.
  const kind = Math.floor(random() < 0.1 ? random() * 3 : x);
  return { id: `i${i}`, x, click, kind: click === 1 ? kinds[kind] : "", stars: Math.min(3, Math.floor(x * 1.3)) };
});

const spec = (labels: string): string => `
model kinds
data { train: csv("rows.csv"), test: csv("rows.csv") }
features { x: numeric }
labels { click: event, ${labels} }
tower t = mlp(x, [16])
task ctr: P(click) = sigmoid(logit(t))
task taste: P(kind | click) = softmax(logit(t))
task grade: P(stars) = softmax(logit(t))
loss { ctr: bce, taste: cross_entropy, grade: cross_entropy }
train { optimizer: adam(lr: 0.05), batch: 40, epochs: 12 }
metrics { taste: [accuracy, macro_auc, top_k_accuracy(at: 2)] }
fusion score = taste.estate
rank feed = top 3 by score
`;

it("goes from the file to the list", async () => {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(","));
  writeFileSync(join(folder, "rows.csv"), `${[columns.join(","), ...lines].join("\n")}\n`);
  const file = join(folder, "kinds.mtl");
  writeFileSync(file, spec('kind: classes(sport, news, estate: "real estate") within click, stars: classes(4)'));
  const source = join(folder, "out");
  const { evaluation } = await train({ spec: file, output: source, engine: "cpu" });
  const { taste, grade } = evaluation?.heads ?? {};
  expect(taste?.rows).toBe(rows.filter(({ click }) => click === 1).length);
  expect(taste?.["accuracy"]).toBeGreaterThan(0.75);
  expect(taste?.["macro_auc"]).toBeGreaterThan(0.9);
  expect(grade?.["accuracy"]).toBeGreaterThan(0.75);
  const again = await evaluate({ artifact: source, test: [join(folder, "rows.csv")], engine: "cpu" });
  expect(again.heads["taste"]?.["accuracy"]).toBe(taste?.["accuracy"]);

  const predictor = await loadPredictor(source, { engine: "cpu" });
  expect(predictor.heads).toEqual([
    "ctr",
    "taste.sport",
    "taste.news",
    "taste.estate",
    "grade.0",
    "grade.1",
    "grade.2",
    "grade.3",
  ]);
  const { "taste.estate": estate = new Float32Array() } = predictor.predict(rows.slice(0, 8));
  predictor.close();

  const candidates = join(folder, "candidates.csv");
  writeFileSync(
    candidates,
    `id,x\n${rows
      .slice(0, 8)
      .map(({ id, x }) => `${id},${x}`)
      .join("\n")}\n`,
  );
  for await (const each of rankFiles({ source, files: [candidates], now: 0, seed: 0, engine: "cpu" })) {
    if (each.kind !== "ranked") throw new Error("it is refused");
    const best = [...estate.keys()].toSorted((a, b) => (estate[b] ?? 0) - (estate[a] ?? 0)).slice(0, 3);
    expect(each.list.items.map(({ id }) => id)).toEqual(best.map((row) => rows[row]?.id));
  }
});
