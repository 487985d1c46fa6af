import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDiff } from "../../src/cli/commands/diff.js";
import { starterFiles } from "../../src/cli/starter.js";
import { carriedTensors } from "../../src/compiler/diff/index.js";
import { parameterTable } from "../../src/compiler/lower/index.js";
import { train, type TrainEvent } from "../../src/index.js";
import { loadArtifact, type LoadedArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { openData } from "../../src/runtime/data/index.js";
import type { HostTensor } from "../../src/runtime/engine/index.js";
import { createProgram } from "../../src/runtime/program.js";
import { bytesOf } from "../../src/runtime/artifact/safetensors.js";
import { holdState, initialReader } from "../../src/runtime/engine/state.js";
import { loadSpec } from "../../src/runtime/spec.js";
import { warmStart } from "../../src/runtime/train/warm-start.js";

/** The starter's model, trained, and variants of it that start from its weights. */
let root: string;
let text: string;
let old: LoadedArtifact;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-warm-"));
  for (const [name, content] of Object.entries(starterFiles())) writeFileSync(join(root, name), content);
  text = readFileSync(join(root, "model.mtl"), "utf8");
  await train({ spec: join(root, "model.mtl"), output: join(root, "old"), epochs: 1 });
  old = await loadArtifact(join(root, "old"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function variant(name: string, ...changes: readonly (readonly [string, string])[]): string {
  const path = join(root, `${name}.mtl`);
  const changed = changes.reduce((whole, [from, to]) => {
    expect(whole).toContain(from);
    return whole.replace(from, to);
  }, text);
  writeFileSync(path, changed);
  return path;
}

/** The first state of a variant with and without the warm start, by logical names. */
async function startOf(spec: string, files: readonly string[] = [join(root, "train.csv")]) {
  const { model } = loadSpec(spec);
  const data = await openData(model, { specPath: spec, train: files });
  for (const each of [data.train, data.validation, data.test]) each?.close();
  const { fitted } = data;
  const program = createProgram(model, fitted);
  const initial = initialReader(model.train.seed);
  const warm = warmStart(old, { model, fitted, program, initial });
  const kept = program.state.filter(({ role }) => role === "parameter" || role === "statistic");
  return {
    model,
    fitted,
    program,
    warm,
    before: splitState(kept, holdState(kept, initial)),
    after: splitState(kept, holdState(kept, warm.state)),
  };
}

function oldTensors(): ReadonlyMap<string, HostTensor> {
  return splitState(
    old.program.state.filter(({ role }) => role === "parameter" || role === "statistic"),
    old.state,
  );
}

const same = (a: HostTensor | undefined, b: HostTensor | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.from(bytesOf(a.data)).equals(bytesOf(b.data));

describe("a warm start", () => {
  it("takes every tensor of the same model, bit for bit", async () => {
    const { after, warm } = await startOf(join(root, "model.mtl"));
    const given = oldTensors();
    expect(warm.plan.dropped).toEqual([]);
    expect([...after.keys()]).toEqual([...given.keys()]);
    for (const [name, tensor] of after) expect(same(tensor, given.get(name)), name).toBe(true);
  });

  it("takes exactly the tensors that the diff of artifact and spec lists", async () => {
    const spec = variant("wider", ["pool[4]", "pool[6]"], ["mlp(for_cvr, [16]", "mlp(for_cvr, [16, 4]"]);
    const { result } = await runDiff({ models: [join(root, "old"), spec] });
    const { before, after } = await startOf(spec);
    const given = oldTensors();
    const taken = [...after].flatMap(([name, tensor]) => (same(tensor, before.get(name)) ? [] : [name]));
    // A bias that starts at zero and stayed there would look untouched; training moves them all.
    expect(taken.toSorted()).toEqual(carriedTensors(result.warmStart).toSorted());
    for (const name of taken) expect(same(after.get(name), given.get(name)), name).toBe(true);
    const events: TrainEvent[] = [];
    const run = await train({
      spec,
      warmStart: join(root, "old"),
      epochs: 1,
      output: join(root, "wider"),
      onEvent: (event) => events.push(event),
    });
    expect(run.warmStart?.taken).toEqual(carriedTensors(result.warmStart));
    expect(run.warmStart?.fresh.length).toBeGreaterThan(0);
    expect(events.some(({ kind }) => kind === "warmStarted")).toBe(true);
  });

  it("has in the diff the sizes that each side has", async () => {
    const spec = variant("hashed", ["item_id: categorical(embed: 8)", "item_id: categorical(hash: 9, embed: 8)"]);
    const { result } = await runDiff({ models: [join(root, "old"), spec] });
    const shapes = new Map(result.warmStart.tensors.map(({ name, shape }) => [name, shape]));
    expect(shapes.get("item_id.embedding")).toEqual([10, 8]);
    expect(shapes.get("user_id.embedding")).toEqual(oldTensors().get("user_id.embedding")?.shape);
    expect(result.uncounted).toEqual([]);
  });

  it("finds the rows of a vocabulary by their values when other data orders them otherwise", async () => {
    const folder = join(root, "other");
    mkdirSync(folder);
    const lines = readFileSync(join(root, "train.csv"), "utf8").trimEnd().split("\n");
    const [header = "", ...rows] = lines;
    const file = join(folder, "train.csv");
    const column = header.split(",").indexOf("item_id");
    const renamed = rows.slice(0, 900).map((line, row) =>
      line
        .split(",")
        .map((cell, place) => (place === column && row % 50 === 0 ? "brand_new" : cell))
        .join(","),
    );
    writeFileSync(file, `${[header, ...renamed].join("\n")}\n`);
    const { fitted, before, after, warm } = await startOf(join(root, "model.mtl"), [file]);
    const [own, known] = [fitted.features["item_id"], old.fitted.features["item_id"]];
    if (own?.kind !== "vocabulary" || known?.kind !== "vocabulary") throw new Error("no vocabularies");
    expect(own.values).not.toEqual(known.values);
    const table = (tensors: ReadonlyMap<string, HostTensor>, row: number): readonly number[] => {
      const tensor = tensors.get("item_id.embedding");
      const width = tensor?.shape[1] ?? 0;
      return [...(tensor?.data.subarray(row * width, (row + 1) * width) ?? [])];
    };
    own.values.forEach((value, place) => {
      const row = known.values.indexOf(value);
      const expected = row < 0 ? table(before, place + 1) : table(oldTensors(), row + 1);
      expect(table(after, place + 1), value).toEqual(expected);
    });
    expect(table(after, 0)).toEqual(table(oldTensors(), 0));
    expect(own.values).toContain("brand_new");
    expect(warm.rows["item_id.embedding"]).toBe(own.values.filter((value) => known.values.includes(value)).length + 1);
  });

  it("keeps the intervals that two lists of boundaries share", async () => {
    const spec = variant("hours", ["[6, 12, 18]", "[6, 9, 18]"]);
    const { warm, before, after } = await startOf(spec);
    const hour = (tensors: ReadonlyMap<string, HostTensor>): readonly number[] => [
      ...(tensors.get("hour.embedding")?.data ?? []),
    ];
    const width = 4;
    const rows = (data: readonly number[], from: number, to: number): readonly number[] =>
      data.slice(from * width, to * width);
    expect(warm.rows["hour.embedding"]).toBe(3);
    // Unknown, below 6 and from 18 on are the same; from 6 to 9 and from 9 to 18 are new.
    expect(rows(hour(after), 0, 2)).toEqual(rows(hour(oldTensors()), 0, 2));
    expect(rows(hour(after), 2, 4)).toEqual(rows(hour(before), 2, 4));
    expect(rows(hour(after), 4, 5)).toEqual(rows(hour(oldTensors()), 4, 5));
  });

  it("starts better than a cold one", async () => {
    const losses = await Promise.all(
      [undefined, join(root, "old")].map(async (artifact) => {
        const spec = join(root, "model.mtl");
        const { history } = await train({
          spec,
          epochs: 1,
          ...(artifact === undefined ? {} : { warmStart: artifact }),
        });
        return history[0]?.losses["loss"] ?? NaN;
      }),
    );
    expect(losses[1]).toBeLessThan(losses[0] ?? 0);
  });

  it("wants a trained artifact, and the table of tensors is the program's", async () => {
    await expect(train({ spec: join(root, "model.mtl"), warmStart: join(root, "nowhere") })).rejects.toThrow("MTL7201");
    const { program, warm } = await startOf(join(root, "model.mtl"));
    const names = parameterTable(program)
      .filter(({ role }) => role === "parameter" || role === "statistic")
      .map(({ name }) => name);
    expect(warm.plan.tensors.map(({ name }) => name)).toEqual(names);
  });
});
