import { describe, expect, it } from "vitest";
import { mmoeSynthetic } from "../../bench/papers/mmoe-synthetic/report.js";
import { type ModelName, modelNames, type SyntheticResults } from "../../bench/papers/mmoe-synthetic/results.js";
import { createNormals } from "../../bench/papers/mmoe-synthetic/normals.js";

/** Losses by mean and deviation; OMoE is the worst at 0.5 and the best at 1, and Shared-Bottom varies the most. */
const made: Readonly<Record<string, Readonly<Record<ModelName, readonly [number, number]>>>> = {
  "0.5": { shared_bottom: [2, 0.5], omoe: [3, 0.1], mmoe: [1, 0.1] },
  "1": { shared_bottom: [2, 0.5], omoe: [1, 0.1], mmoe: [1, 0.1] },
};
const normal = createNormals(4);
const runs = [0.5, 1].flatMap((correlation) =>
  Array.from({ length: 40 }, (_, i) => i + 1).flatMap((seed) =>
    modelNames.map((model) => {
      const [mean, deviation] = made[String(correlation)]![model];
      const loss = mean + deviation * normal();
      return { variant: "google", correlation, model, lr: 0.01, seed, end: [loss, loss] } as const;
    }),
  ),
);
const results: SyntheticResults = {
  experiment: "mmoe-synthetic",
  form: "quick",
  command: "npm run bench -- mmoe-synthetic --quick",
  machine: "two cores",
  specs: {},
  options: { heldOutRows: 5, rates: [0.01], variants: { google: { steps: 10, batch: 2, runs: 40, gridSeeds: 1 } } },
  parameters: [{ model: "mmoe", counted: 13056, all: 14818 }],
  labels: [{ correlation: 0.5, pearson: { google: { low: 0.19, mean: 0.2, high: 0.21 } } }],
  grid: runs.slice(0, 3).flatMap((run) => [0.01, 0.1].map((lr) => ({ ...run, lr, loss: lr }))),
  curves: modelNames.map((model) => ({
    variant: "google",
    correlation: 0.5,
    model,
    points: [1, 2].map((x) => ({ x, low: 1, mean: 2, high: 3 })),
  })),
  runs,
};

describe("the report of MMoE's synthetic experiment", () => {
  const parts = mmoeSynthetic.parts(results);
  const rows = (name: string): readonly (readonly string[])[] => {
    const part = parts[name];
    return part?.kind === "table" ? part.rows : [];
  };

  it("says which of the paper's claims the runs bear out", () => {
    const verdicts = Object.fromEntries(rows("claims").map((cells) => [cells[1], cells.at(-1)]));
    expect(verdicts).toMatchObject({
      "MMoE has a lower mean loss than OMoE at 0.5": "holds",
      "OMoE has a lower mean loss than Shared-Bottom at 0.5": "the opposite holds",
      "OMoE has a lower mean loss than Shared-Bottom at 1": "holds",
      "From 1 to 0.5 the loss of OMoE grows by more than that of MMoE": "holds",
      "From 1 to 0.5 the loss of Shared-Bottom grows by more than that of MMoE": "not told apart",
      "Shared-Bottom varies more than OMoE at 1": "holds",
    });
  });

  it("shows means with intervals, deviations, ratios and sizes", () => {
    const [, first] = rows("losses");
    expect(first?.slice(0, 6)).toEqual(["google", "0.5", "Shared-Bottom", "40", "10", "0.01"]);
    expect(Number(first?.[7])).toBeCloseTo(0.5, 0);
    const measured = Object.fromEntries(rows("claims").map((cells) => [cells[1], cells[2]]));
    expect(measured["MMoE has a lower mean loss than OMoE at 0.5"]).toMatch(/^by [12]\.\d{4} ± 0\.0\d{3}$/);
    expect(measured["Shared-Bottom varies more than MMoE at 1"]).toMatch(/^variances \d+\.\d\d to 1 \(\d/);
    expect(rows("labels")[1]).toEqual(["0.5", "0.200 ± 0.010"]);
    expect(rows("parameters")[1]).toEqual(["MMoE", "13,056", "14,818"]);
  });

  it("draws a panel for each correlation", async () => {
    const chart = parts["histogram"];
    const svg = chart?.kind === "chart" ? await chart.draw() : "";
    for (const text of ["google: correlation 0.5", "google: correlation 1", "Shared-Bottom"])
      expect(svg).toContain(`>${text}<`);
  });
});
