/** The programs of `examples`, beside what mtlc says of the same rows. Python is `MTLC_PYTHON`, else `python3`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import { compile } from "../../src/runtime/jobs/compile.js";
import { loadArtifact } from "../../src/runtime/artifact/index.js";
import { compileTargets } from "../../src/runtime/jobs/compile-targets.js";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import { python, pythonHasFor } from "../python.js";

const hasNumPy = pythonHasFor("examples/python is not run", "numpy");
const hasTensorFlow = hasNumPy && pythonHasFor("examples/python/predict.py is not run", "tensorflow");

const examples = resolve(import.meta.dirname, "../../examples");
let root = "";
const at = (name: string): string => join(root, name);
function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-examples-"));
  for (const [name, text] of Object.entries(starterFiles())) write(`shop/${name}`, text);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function runPython(script: string, ...words: readonly string[]): string {
  const environment = { ...process.env, PYTHONPATH: join(examples, "python"), TF_CPP_MIN_LOG_LEVEL: "3" };
  return execFileSync(python, [...(script.endsWith(".py") ? [script] : ["-c", script]), ...words], {
    env: { ...environment, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  }).toString();
}

const everyKind = `model kinds
data { train: csv("rows.csv", nulls: ["NA", "3"], trim: true) }
features {
  user: categorical(embed: 2)
  item: categorical(hash: 1000, embed: 2)
  slot: categorical(ids: 5, embed: 2, missing: 2, outside: missing)
  tier: categorical(values: ["gold", "1", "true"], embed: 2, missing: zeros)
  age: numeric(scale: standard)
  price: numeric(scale: log1p, missing: 9)
  rate: numeric(scale: minmax)
  debt: numeric(scale: log1p_standard)
  hour: bucket(boundaries: [6, 12, 18], embed: 2)
  cost: bucket(quantiles: 4, embed: 2, missing: 5) = column("price")
  tags: bag(embed: 2, max: 3, missing: "none")
  seen: sequence(embed: 2, max: 3, keep: last)
  gaps: sequence(along: seen, scale: standard)
  other: categorical(like: user)
  place: categorical(values: ["top", "side"], embed: 2, serving: "top")
}
labels { click: event }
tower t = mlp([user, item, slot, tier, age, price, rate, debt, hour, cost, tags, pool(seen, mean), other, place], [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
`;

/** Rows with nulls, unknown values, other spellings, too many values of lists, and texts of every length up to some blocks of the hash. */
function rowsOfEveryKind(): readonly Readonly<Record<string, unknown>>[] {
  const texts = Array.from({ length: 40 }, (_, i) => "añ€😀xyz".repeat(7).slice(0, i));
  return texts.map((text, i) => ({
    user: [`u${i % 6}`, null, 3, 3.5, true][i % 5],
    item: i % 9 === 0 ? i * 1.5 : text,
    slot: [0, "4", 5, null, -1, "x"][i % 6],
    tier: ["gold", 1, "TRUE", null, "NA", " gold "][i % 6],
    age: i % 7 === 0 ? null : 20 + i,
    price: i % 5 === 0 ? "NA" : i * 1.25,
    rate: `${i / 7}`,
    debt: i - 20,
    hour: i % 8 === 0 ? undefined : i % 24,
    tags: [null, "a|b|c|d", ["b", null, "NA", "zz"], "", "c"][i % 5],
    ...(i % 3 === 0
      ? { seen: "", gaps: "" }
      : { seen: `${i}|b||d`.slice(0, 6), gaps: ["1", "2.5", "", "4"].slice(0, 4).join("|") }),
    other: `u${i % 9}`,
    place: "side",
  }));
}

describe.skipIf(!hasNumPy)("examples/python", () => {
  it("encodes every kind of feature as mtlc does", async () => {
    const cell = (value: unknown): string =>
      value === null || value === undefined ? "" : Array.isArray(value) ? value.join("|") : String(value);
    const rows = rowsOfEveryKind();
    const names = Object.keys(rows[1] ?? {});
    const lines = rows.map((row, i) => [...names.map((name) => cell(row[name])), i % 2].join(","));
    write("kinds/rows.csv", `${[...names, "click"].join(",")}\n${lines.join("\n")}\n`);
    write("kinds/m.mtl", everyKind);
    await compile({ spec: at("kinds/m.mtl"), output: at("kinds/out") });
    const { model, fitted } = await loadArtifact(at("kinds/out"), { untrained: true });
    const encoded = createRowEncoder(model, fitted, { mode: "serving" })(rows);
    write("kinds/rows.json", JSON.stringify(rows));
    const script = `
import json, sys
from encoding import Encoder
feeds = Encoder(sys.argv[1])(json.load(open(sys.argv[2], encoding="utf-8")))
print(json.dumps({name: values.ravel().tolist() for name, values in feeds.items()}))
`;
    const found = JSON.parse(runPython(script, at("kinds/out"), at("kinds/rows.json"))) as Record<string, number[]>;
    write("kinds/rows.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const body = JSON.parse(
      runPython(join(examples, "tensorflow-serving/request.py"), at("kinds/out"), at("kinds/rows.jsonl")),
    ) as { readonly inputs: Readonly<Record<string, readonly (readonly number[])[]>> };
    expect(body.inputs["ids"]?.flat()).toEqual(found["ids"]);
    expect(found["ids"]).toEqual([...encoded.ids]);
    expect(found["numbers"]).toEqual([...encoded.numbers]);
    expect(new Set(found["ids"]).size).toBeGreaterThan(20);
  });

  it.skipIf(!hasTensorFlow)("predicts as mtlc does", async () => {
    const { loadPredictor, train } = await import("../../src/index.js");
    await train({ spec: at("shop/model.mtl"), output: at("trained"), epochs: 1, engine: "cpu" });
    const rows = [
      { user_id: 3, item_id: 5, hour: 7, price: 12.5 },
      { user_id: 100_000, item_id: "5", hour: null, price: null },
      { user_id: "8" },
    ];
    write("rows.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const lines = runPython(join(examples, "python/predict.py"), at("trained"), at("rows.jsonl")).trim().split("\n");
    const expected = (await loadPredictor(at("trained"))).predict(rows);
    await compileTargets({ spec: at("trained"), output: at("served"), targets: ["tensorflow-serving"] });
    const script = `
import json, sys
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
feeds = {"ids": tf.constant([[1, 2, 3]]), "numbers": tf.constant([[0.5]])}
both = [m.signatures["serving_default"](**feeds) for m in (model, tf.saved_model.load(sys.argv[2]))]
print(json.dumps([sorted(model.signatures), [{n: v.numpy().tolist() for n, v in one.items()} for one in both]]))
`;
    const [names, [served, whole]] = JSON.parse(
      runPython(script, at("served/tensorflow_serving/shop/1"), at("trained/saved_model")),
    ) as [readonly string[], readonly [unknown, unknown]];
    expect(names.filter((name) => !name.startsWith("__"))).toEqual(["predict", "serving_default"]);
    expect(served).toEqual(whole);
    const found = lines.map((line) => JSON.parse(line) as Record<string, number>);
    expect(Object.keys(found[0] ?? {}).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [name, values] of Object.entries(expected))
      found.forEach((row, i) => expect(Math.abs((row[name] ?? NaN) / values[i]! - 1), name).toBeLessThan(1e-5));
  });
});

describe("examples/tensorflow-serving", () => {
  it("asks for what the model of `mtlc init` is fed", async () => {
    const { manifest } = await compile({ spec: at("shop/model.mtl"), output: at("compiled") });
    const request = JSON.parse(readFileSync(join(examples, "tensorflow-serving/request.json"), "utf8")) as {
      readonly inputs: Readonly<Record<string, readonly (readonly number[])[]>>;
    };
    const { idWidth, numberWidth, features } = manifest.schema;
    const signature = manifest.signatures["predict"];
    expect(Object.keys(request.inputs)).toEqual(signature?.inputs.map(({ name }) => name));
    for (const row of request.inputs["ids"] ?? []) {
      expect(row).toHaveLength(idWidth);
      for (const { input, offset, ids = 0 } of features) if (input === "ids") expect(row[offset]).toBeLessThan(ids);
    }
    expect(request.inputs["numbers"]?.map((row) => row.length)).toEqual(Array(3).fill(numberWidth));
    await compileTargets({ spec: at("compiled"), output: at("handed-on"), targets: ["tensorflow-serving"] });
    const folder = at("handed-on/tensorflow_serving");
    expect(readFileSync(join(folder, "models.config"), "utf8")).toBe(
      readFileSync(join(examples, "tensorflow-serving/models.config"), "utf8"),
    );
    const graph = (path: string): string => readFileSync(path, "latin1");
    const [whole, served] = [
      graph(at("compiled/saved_model/saved_model.pb")),
      graph(join(folder, "shop/1/saved_model.pb")),
    ];
    const signatures = (text: string): number => text.split("tensorflow/serving/predict").length - 1;
    // predict and serving_default; of an artifact also train, evaluate, get and set.
    expect([signatures(whole), signatures(served)]).toEqual([6, 2]);
    // The optimizer's slots are not in it.
    expect([whole.includes("/square"), served.includes("/square")]).toEqual([true, false]);
  });
});
