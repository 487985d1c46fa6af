import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train, type TrainEvent } from "../../src/index.js";
import { histogramOf } from "../../src/runtime/train/histograms.js";
import { createTiny, type Tiny, weightsOf } from "./tiny.js";

/** What TensorBoard is told besides losses and metrics. */
let tiny: Tiny;
beforeAll(() => {
  tiny = createTiny();
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

const network = `input x = [user, item, age]
experts pool[3] = mlp(x, [3])
gate g = softmax(x) over pool
tower t = mlp(g, [3])`;

describe("a run that is watched by TensorBoard", () => {
  it("tells the learning rate, gradient norms by part and the load of gates, and leaves the same weights", async () => {
    const spec = tiny.spec("m", { network, train: "schedule: linear(steps: 32), epochs: 2" });
    const board = join(tiny.root, "board");
    const steps: Extract<TrainEvent, { kind: "progress" }>[] = [];
    await train({
      spec,
      output: join(tiny.root, "watched"),
      engine: "cpu",
      tensorboard: board,
      onEvent: (event) => event.kind === "progress" && steps.push(event),
    });
    await train({ spec, output: join(tiny.root, "plain"), engine: "cpu" });
    expect(weightsOf(join(tiny.root, "watched")).equals(weightsOf(join(tiny.root, "plain")))).toBe(true);

    const last = steps.at(-1);
    const observed = last?.observed ?? {};
    expect(Object.keys(observed).sort()).toEqual([
      "gate/g",
      "gradient/ctr",
      "gradient/embeddings/2",
      "gradient/g",
      "gradient/pool",
      "gradient/t",
      "learning_rate",
    ]);
    // The rate of the last of 16 steps: 0.05 · (1 − 15/32).
    expect(last?.step).toBe(16);
    expect(observed["learning_rate"]?.[0]).toBeCloseTo(0.05 * (1 - 15 / 32), 6);
    expect(observed["gate/g"]?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    for (const [name, [value = NaN]] of Object.entries(observed)) expect(value, name).toBeGreaterThan(0);
    const [file = ""] = readdirSync(board);
    const bytes = readFileSync(join(board, file)).toString("latin1");
    for (const tag of ["train/learning_rate", "train/gradient/t", "train/gate/g/2", "embedding/user", "embedding/item"])
      expect(bytes).toContain(tag);
  });
});

describe("a histogram", () => {
  it("counts each value once, in buckets of one width", () => {
    const values = [-1, 0, 0.5, 2, NaN, 2];
    const found = histogramOf("x", () => [values.slice(0, 2), values.slice(2)]);
    expect(found).toMatchObject({ min: -1, max: 2, count: 5, sum: 3.5, sumOfSquares: 9.25 });
    expect(found.counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(found.counts.at(-1)).toBe(2);
    expect(found.limits.at(-1)).toBeCloseTo(2, 12);
    expect(found.limits[0]).toBeCloseTo(-0.9, 12);
  });

  it("of one value, or of none, is valid", () => {
    expect(histogramOf("x", () => [[3, 3]]).counts[0]).toBe(2);
    expect(histogramOf("x", () => [])).toMatchObject({ count: 0, limits: [0], counts: [0] });
  });
});
