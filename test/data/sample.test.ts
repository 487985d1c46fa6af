/** `sample: negatives(…)`: which rows train, what they count, and that predictions are those of all rows. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { event, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const rows = Array.from({ length: 4000 }, (_, i) => {
  const click = i % 10 === 3 || (i % 2 === 0 && i % 5 === 1) ? 1 : 0;
  return { x: i, u: i % 2, click, buy: click === 1 && i % 4 === 0 ? 1 : 0, weight: i % 3 };
});
const csv = [Object.keys(rows[0] ?? {}).join(), ...rows.map((row) => Object.values(row).join())].join("\n");

describe("a sample of negatives", () => {
  it("keeps all other rows, a share of the negatives, and lets these count for those left out", async () => {
    const folder = folderWith({ "all.csv": csv });
    const data = { train: source("all.csv"), validation: source("all.csv"), weight: "weight" } as const;
    const of = async (seed: number) => {
      const sample = { label: "click", share: 0.25, seed };
      const model = spec({ ...data, sample }, [numeric("x")], [event("click"), event("buy")]);
      const opened = await openIn(folder, model);
      return { train: rowsOf(opened.train), validation: rowsOf(opened.validation) };
    };
    const { train: kept, validation } = await of(0);
    expect(validation).toHaveLength(rows.length);
    const numbers = kept.map(({ numbers: [x = -1] }) => x);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const clicked = rows.filter(({ click }) => click === 1);
    expect(numbers.filter((x) => rows[x]?.click === 1)).toEqual(clicked.map(({ x }) => x));
    const negatives = numbers.filter((x) => rows[x]?.click === 0);
    expect(negatives.length / (rows.length - clicked.length)).toBeCloseTo(0.25, 1);
    kept.forEach(({ weight }, at) => {
      const row = rows[numbers[at] ?? -1];
      expect(weight).toBe((row?.weight ?? NaN) * (row?.click === 1 ? 1 : 4));
    });
    expect((await of(0)).train).toEqual(kept);
    expect((await of(1)).train).not.toEqual(kept);
  });

  it("leaves what is predicted calibrated on all rows, of a chain as well", async () => {
    const folder = folderWith({ "all.csv": csv });
    const path = join(folder, "m.mtl");
    writeFileSync(
      path,
      `model m
data { train: csv("all.csv"), test: csv("all.csv"), sample: negatives(of: click, share: 0.2) }
features { u: categorical(embed: 2) }
labels { click: event, buy: event within click }
task ctr: P(click) = sigmoid(logit(u))
task cvr: P(buy | click) = sigmoid(logit(mlp(u, [2])))
chain ctcvr = ctr * cvr
loss { ctr: bce, ctcvr: bce }
train { optimizer: adam(lr: 0.05), batch: 256, epochs: 30 }
metrics { ctr: calibration, ctcvr: calibration }
`,
    );
    const { evaluation } = await train({ spec: path, output: join(folder, "out"), engine: "cpu" });
    // Without a correction, both would be above 2.
    for (const head of ["ctr", "ctcvr"]) {
      expect(evaluation?.heads[head]?.["calibration"]).toBeGreaterThan(0.9);
      expect(evaluation?.heads[head]?.["calibration"]).toBeLessThan(1.1);
    }
  });
});
