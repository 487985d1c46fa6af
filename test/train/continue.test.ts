import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDiff } from "../../src/cli/commands/diff/run.js";
import { renderDiffText } from "../../src/compiler/diff/index.js";
import { train, type TrainEvent } from "../../src/index.js";
import { loadArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { createTiny, type Tiny, tinyRows, weightsOf } from "./tiny.js";

/** A model that is trained on one day, and goes on with the days after it. */
let tiny: Tiny;
const day = (name: string): string => join(tiny.root, `${name}.csv`);
const folder = (name: string): string => join(tiny.root, name);
const events: TrainEvent[] = [];

beforeAll(async () => {
  tiny = createTiny();
  writeFileSync(day("two"), tinyRows(40, 5, 6));
  writeFileSync(day("three"), tinyRows(40, 6, 8));
  const spec = tiny.spec("m", {
    train: "evict_after: 2",
    features: "  user: categorical(embed: 2)\n  item: categorical(embed: 2)\n  age: bucket(quantiles: 4, embed: 2)",
  });
  await train({ spec, output: folder("one"), engine: "cpu" });
  // Nothing moves at a rate of 0: what the second day starts from is what it leaves.
  writeFileSync(spec, readFileSync(spec, "utf8").replace("lr: 0.05", "lr: 0"));
  await train({
    spec,
    output: folder("two"),
    continues: folder("one"),
    train: [day("two")],
    engine: "cpu",
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

/** The values of a vocabulary with the row of each. */
async function rowsOf(name: string, feature: string): Promise<ReadonlyMap<string, { id: number; row: number[] }>> {
  const { fitted, program, state } = await loadArtifact(folder(name));
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  const table = splitState(kept, state).get(`${feature}.embedding`);
  const found = fitted.features[feature];
  if (found?.kind !== "vocabulary" || table === undefined) throw new Error(`no vocabulary of ${feature}`);
  return new Map(
    found.values.map((value, i) => [value, { id: i + 1, row: Array.from(table.data).slice((i + 1) * 2, (i + 2) * 2) }]),
  );
}

describe("training that continues an artifact", () => {
  it("keeps ids, rows and boundaries, and puts new values after them", async () => {
    const [before, after] = [await rowsOf("one", "user"), await rowsOf("two", "user")];
    for (const [value, row] of before) expect(after.get(value), value).toEqual(row);
    const fresh = [...after.keys()].filter((value) => !before.has(value));
    expect(fresh.sort()).toEqual(["u10", "u11", "u12", "u13", "u14", "u9"]);
    // Seeded, each by itself, and not what "unknown" has.
    expect(new Set(fresh.map((value) => String(after.get(value)?.row))).size).toBe(fresh.length);
    const [one, two] = [await loadArtifact(folder("one")), await loadArtifact(folder("two"))];
    expect(two.fitted.features["age"]).toEqual(one.fitted.features["age"]);
    expect(two.fitted.continued?.runs).toBe(1);
    expect(two.fitted.continued?.unseen["user"]?.filter((runs) => runs === 0).length).toBe(9);
  });

  it("says what became of the ids", () => {
    const told = events.find((event) => event.kind === "continued");
    expect(told).toMatchObject({ runs: 1, ids: { user: { kept: 9, added: 6, evicted: 0 }, item: { added: 0 } } });
    expect(events.some(({ kind }) => kind === "warmStarted")).toBe(false);
  });

  it("lets values go that were not seen for long, and the rows of the others with their values stay", async () => {
    // The artifact has its own spec, whose rate is 0.
    const spec = folder("two");
    const { continued } = await train({
      spec,
      output: folder("three"),
      continues: spec,
      train: [day("three")],
      engine: "cpu",
    });
    const [before, after] = [await rowsOf("two", "user"), await rowsOf("three", "user")];
    const gone = [...before.keys()].filter((value) => !after.has(value)).sort();
    // Of the first day's users, those that neither of the later days had.
    expect(gone).toEqual(["u0", "u1", "u2", "u3", "u4", "u5"]);
    expect(continued).toMatchObject({ runs: 2, ids: { user: { evicted: 6, kept: 9 } } });
    for (const [value, { row }] of after) if (before.has(value)) expect(row, value).toEqual(before.get(value)?.row);
  });

  it("gives the same bytes twice, and after an interruption", async () => {
    const run = (output: string, more: Partial<Parameters<typeof train>[0]> = {}) =>
      train({
        spec: folder("one"),
        output: folder(output),
        continues: folder("one"),
        train: [day("two")],
        engine: "cpu",
        ...more,
      });
    await run("again");
    const controller = new AbortController();
    await run("broken", {
      signal: controller.signal,
      onEvent: (event) => event.kind === "epoch" && event.record.epoch === 1 && controller.abort(),
    });
    await run("broken", { resume: true });
    expect(weightsOf(folder("broken")).equals(weightsOf(folder("again")))).toBe(true);
    expect(readFileSync(join(folder("broken"), "fitted.json"), "utf8")).toBe(
      readFileSync(join(folder("again"), "fitted.json"), "utf8"),
    );
  });

  it("can be compared: the diff of two days says what happened to the ids", async () => {
    const { result } = await runDiff({ models: [folder("two"), folder("three")] });
    expect(renderDiffText(result)).toBe(
      "no change: both are the same model\nids of user: 2 new, 6 gone, 9 with other numbers\n",
    );
    const grown = await runDiff({ models: [folder("one"), folder("again")] });
    expect(renderDiffText(grown.result)).toContain("ids of user: 6 new, 9 as they were\n");
  });
});
