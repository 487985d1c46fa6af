/** Training on lists from a spec's text to an artifact: warnings, and a run that is resumed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train, type TrainEvent } from "../../src/index.js";
import { describeEngines } from "../engine/engines.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-lists-"));
  const rows = Array.from({ length: 600 }, (_, i) => {
    const click = (i * 7) % 5 < 2 ? 1 : 0;
    return `${i},u${(i * i) % 41},i${i % 13},${Math.sin(i).toFixed(3)},${click}`;
  });
  writeFileSync(join(root, "rows.csv"), `row,user,item,x,click\n${rows.join("\n")}\n`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A spec by its name, with a list loss by that column. */
function specBy(name: string, column: string, batch = 64, options = ""): string {
  const path = join(root, `${name}.mtl`);
  writeFileSync(
    path,
    `model ${name}
data { train: csv("rows.csv"), group: ${column} }
features { item: categorical(embed: 4), x: numeric }
labels { click: event }
task pref: score = logit(mlp([item, x], [4], dropout: 0.1))
loss { pref: bpr(max_pairs: 20${options}) }
train { batch: ${batch}, epochs: 3, seed: 4 }
`,
  );
  return path;
}

const codesOf = (events: readonly TrainEvent[]): readonly string[] =>
  events.flatMap((event) => (event.kind === "warning" ? [event.diagnostic.code] : []));

describe("training on lists", () => {
  it("resumes an interrupted run to the bytes of an unbroken one", async () => {
    const spec = specBy("whole", "user");
    const events: TrainEvent[] = [];
    const unbroken = join(root, "unbroken");
    const { summary } = await train({ spec, output: unbroken, onEvent: (event) => events.push(event) });
    expect(codesOf(events)).toEqual([]);
    // Batches that keep lists whole are not full: 600 rows would be ten.
    expect(summary.steps).toBeGreaterThan(30);
    const output = join(root, "broken");
    const controller = new AbortController();
    let checkpoints = 0;
    const first = await train({
      spec,
      output,
      checkpoints: { everySteps: 7 },
      signal: controller.signal,
      onEvent: ({ kind }) => {
        if (kind === "checkpoint" && ++checkpoints === 3) controller.abort();
      },
    });
    expect(first.summary.ended).toBe("interrupted");
    await train({ spec, output, resume: true });
    const weights = (folder: string): Buffer => readFileSync(join(folder, "weights.safetensors"));
    expect(weights(output)).toEqual(weights(unbroken));
  });

  it("takes the batches of any other loss where lists need not be whole", async () => {
    const events: TrainEvent[] = [];
    const { summary } = await train({
      spec: specBy("split", "user", 20, ", whole: false"),
      output: join(root, "split"),
      onEvent: (event) => events.push(event),
    });
    // Users have up to 30 rows, and 600 rows are 30 batches of 20.
    expect(codesOf(events)).toEqual([]);
    expect(summary.steps).toBe(90);
  });

  it("warns of lists that no batch holds, and of lists with nothing to compare", async () => {
    const warned = async (name: string, column: string, batch: number): Promise<readonly string[]> => {
      const events: TrainEvent[] = [];
      const spec = specBy(name, column, batch);
      await train({ spec, output: join(root, name), epochs: 1, onEvent: (event) => events.push(event) });
      return codesOf(events);
    };
    expect(await warned("long", "user", 20)).toEqual(["MTL7333"]);
    expect(await warned("single", "row", 64)).toEqual(["MTL7334"]);
  });
});

describeEngines("the examples that learn to rank", (engine, name) => {
  it.each([
    ["bpr", "loss/pref"],
    ["lambdarank", "loss/pref"],
    ["partial_order", "loss/pref"],
    ["combined_ranking", "loss/ctr.bpr"],
    ["two_tower", "loss/pref"],
  ])("learn: %s", async (example, term) => {
    await engine();
    const spec = join(import.meta.dirname, `../../specs/examples/${example}.mtl`);
    const { history } = await train({ spec, engine: name, epochs: 3 });
    const losses = history.map(({ losses: each }) => each[term] ?? NaN);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });
});
