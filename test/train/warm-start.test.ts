import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDiff } from "../../src/cli/commands/diff/run.js";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import { carriedTensors, renderDiffText, warmStartPlan } from "../../src/compiler/diff/index.js";
import { parameterTable } from "../../src/compiler/lower/index.js";
import { train, type TrainEvent } from "../../src/index.js";
import { loadArtifact, type LoadedArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { openData } from "../../src/runtime/data/index.js";
import type { HostTensor } from "../../src/runtime/engine/index.js";
import { createPredictor } from "../../src/runtime/jobs/predict/predictor.js";
import { createProgram } from "../../src/runtime/engine/create-program.js";
import { bytesOf } from "../../src/runtime/artifact/safetensors.js";
import { holdState, initialReader } from "../../src/runtime/engine/state.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
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

/** A row of the starter with another price. */
function dearer(line: string): string {
  const cells = line.split(",");
  cells[3] = String(2 * Number(cells[3]));
  return cells.join(",");
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
    expect(run.warmStart?.transferred).toEqual(carriedTensors(result.warmStart));
    expect(run.warmStart?.initialized.length).toBeGreaterThan(0);
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

  it("says which features the new data scales otherwise", async () => {
    const spec = variant(
      "scaled",
      ["scale: log1p", "scale: log1p_standard"],
      ["boundaries: [6, 12, 18]", "quantiles: 4"],
    );
    const first = join(root, "scaled");
    await train({ spec, output: first, epochs: 1 });
    const codes = async (files: readonly string[]): Promise<readonly string[]> => {
      const said: string[] = [];
      await train({
        spec,
        warmStart: first,
        epochs: 1,
        train: files,
        onEvent: (event) =>
          void (event.kind === "warning" && said.push(`${event.diagnostic.code}: ${event.diagnostic.message}`)),
      });
      return said;
    };
    expect(await codes([join(root, "train.csv")])).toEqual([]);
    const other = join(root, "dearer.csv");
    const lines = readFileSync(join(root, "train.csv"), "utf8").trimEnd().split("\n");
    writeFileSync(other, `${lines.map((line, i) => (i === 0 ? line : dearer(line))).join("\n")}\n`);
    expect(await codes([other])).toEqual([
      expect.stringMatching(/^MTL7332: the new data gives other scales .* `price`, so/),
    ]);
  });

  it("wants a trained artifact, and the table of tensors is the program's", async () => {
    await expect(train({ spec: join(root, "model.mtl"), warmStart: join(root, "nowhere") })).rejects.toThrow("MTL7201");
    const { program, warm } = await startOf(join(root, "model.mtl"));
    const names = parameterTable(program)
      .filter(({ role }) => role === "parameter" || role === "statistic")
      .map(({ name }) => name);
    expect(warm.plan.tensors.map(({ name }) => name)).toEqual(names);
  });

  it("finds weights and rows under the names that things had, bit for bit", async () => {
    const names = [
      ["user_id", "customer"],
      ["pool", "shared"],
      ["t_ctr", "top"],
      ["cvr", "sale"],
    ] as const;
    const path = join(root, "renamed.mtl");
    const rest = names.reduce((whole, [was, name]) => whole.replaceAll(new RegExp(`\\b${was}\\b`, "g"), name), text);
    const told = `formerly: { ${names.map(([was, name]) => `${name}: ${was}`).join(", ")} }`;
    const spec = rest
      .replace("customer: categorical(embed: 8)", 'customer: categorical(embed: 8, column: "user_id")')
      .replace("group: customer", "group: user_id")
      .replace("seed:      7", `seed: 7\n  ${told}`);
    writeFileSync(path, spec);
    const { after, warm } = await startOf(path);
    const given = oldTensors();
    expect(warm.plan.tensors.filter(({ kind }) => kind === "initialized")).toEqual([]);
    for (const [name, tensor] of after) {
      const own = /^\w+/.exec(name)?.[0] ?? "";
      const was = names.find(([, each]) => each === own)?.[0] ?? own;
      expect(same(tensor, given.get(`${was}${name.slice(own.length)}`)), name).toBe(true);
    }
    const { result } = await runDiff({ models: [join(root, "old"), path] });
    expect(carriedTensors(result.warmStart)).toEqual(carriedTensors(warm.plan));
  });

  describe("of a layer whose input is another one", () => {
    /** A trained predictor and one of the warm start, before any step, on the same rows. */
    async function predictionsOf(spec: string): Promise<readonly (readonly number[])[]> {
      const { model, fitted, program, warm } = await startOf(spec);
      const started: LoadedArtifact = { ...old, model, fitted, program, state: holdState(program.state, warm.state) };
      const rows = [0, 1, 2, 3].map((i) => ({ user_id: String(i), item_id: String(i * 7), hour: i * 6, price: 5 + i }));
      const answers = [];
      for (const artifact of [old, started]) {
        const predictor = await createPredictor(artifact, { engine: "cpu" });
        const found = predictor.predict(rows);
        answers.push(["ctr", "cvr", "ctcvr"].flatMap((head) => [...(found[head] ?? [])]));
        predictor.close();
      }
      return answers;
    }
    const features = "price:   numeric(scale: log1p)";
    const added = `${features}\n  hour_too: numeric(column: "hour", scale: none)`;
    const inputs = "[user_id, item_id, hour, price]";

    it.each([
      [
        "one more",
        "more",
        [
          [features, added],
          [inputs, "[user_id, item_id, hour, hour_too, price]"],
        ],
      ],
      ["another order", "order", [[inputs, "[price, item_id, hour, user_id]"]]],
      [
        "both",
        "both",
        [
          [features, added],
          [inputs, "[hour_too, price, item_id, user_id, hour]"],
        ],
      ],
    ] as const)(
      "%s: what is kept is kept bit for bit, and predictions are what they were",
      async (_, name, changes) => {
        const spec = variant(`columns-${name}`, ...changes);
        const { after, warm } = await startOf(spec);
        const widths = { user_id: 8, item_id: 8, hour: 4, price: 1, hour_too: 1 };
        const namesIn = (path: string): readonly (keyof typeof widths)[] =>
          (/input x = \[([^\]]*)\]/.exec(readFileSync(path, "utf8"))?.[1] ?? "")
            .split(", ")
            .map((each) => each as keyof typeof widths);
        const places = (names: readonly (keyof typeof widths)[]): ReadonlyMap<string, number> => {
          let at = 0;
          return new Map(names.map((each) => [each, (at += widths[each]) - widths[each]]));
        };
        const [from, to] = [places(namesIn(join(root, "model.mtl"))), places(namesIn(spec))];
        for (const tensor of ["pool.0.weight", "for_ctr.weight", "for_cvr.weight"]) {
          const [given, taken] = [oldTensors().get(tensor), after.get(tensor)];
          if (given === undefined || taken === undefined) throw new Error(`there is no ${tensor}`);
          const row = given.data.length / (given.shape[0] ?? 1);
          const cut = ({ data }: HostTensor, at: number, size: number): Float32Array | Int32Array =>
            data.slice(at * row, (at + size) * row);
          for (const [feature, place] of to) {
            const width = widths[feature as keyof typeof widths];
            const known = from.get(feature);
            const expected = known === undefined ? new Float32Array(width * row) : cut(given, known, width);
            expect(cut(taken, place, width), `${tensor} of ${feature}`).toEqual(expected);
          }
        }
        const { result } = await runDiff({ models: [join(root, "old"), spec] });
        expect(carriedTensors(result.warmStart)).toEqual(carriedTensors(warm.plan));
        const kinds = new Map(result.warmStart.tensors.map((tensor) => [tensor.name, tensor.kind]));
        expect(kinds.get("pool.0.weight")).toBe("columns");
        expect(renderDiffText(result)).toContain("3 by input");
        const [before = [], now = []] = await predictionsOf(spec);
        expect(now).toHaveLength(before.length);
        now.forEach((value, place) => expect(value).toBeCloseTo(before[place] ?? NaN, 6));
      },
      60_000,
    );

    it("one less: the others keep their weights", async () => {
      const spec = variant("columns-less", [`  ${features}\n`, ""], [inputs, "[user_id, item_id, hour]"]);
      const { after } = await startOf(spec);
      const [given, taken] = [oldTensors().get("pool.0.weight"), after.get("pool.0.weight")];
      expect(taken?.shape).toEqual([20, 4, 32]);
      expect(taken?.data).toEqual(given?.data.slice(0, 20 * 4 * 32));
    });

    it("keeps scales and statistics of normalization, and starts those of a new input as training would", async () => {
      const normed = (list: string): readonly (readonly [string, string])[] => [
        [features, added],
        ["experts pool[4] = mlp(x, [32])", `input n = norm(${list})\nexperts pool[4] = mlp(n, [32])`],
      ];
      const { model, program, fitted } = await startOf(variant("norm-old", ...normed("[hour, price]")));
      const wider = loadSpec(variant("norm-new", ...normed("[hour_too, hour, price]"))).model;
      const plan = warmStartPlan(
        { model, tensors: parameterTable(program) },
        { model: wider, tensors: parameterTable(createProgram(wider, fitted)) },
      );
      const kinds = plan.tensors.filter(({ name }) => name.startsWith("n.")).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(["columns"]));
    });
  });
});
