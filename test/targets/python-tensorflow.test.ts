/**
 * The SavedModel of each shipped spec in Python's TensorFlow, beside the reference interpreter. Python is `MTLC_PYTHON`, else `python3`;
 * skipped without TensorFlow. One spec in ten, and all of them with `MTLC_PARITY=1`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInterpreter, initialize } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { savedModelFiles } from "../../src/compiler/targets/savedmodel/index.js";
import { type Feeds, randomFeeds, sizesOf } from "../lower/harness.js";

const hasTensorFlow = pythonHasFor("SavedModels are not run in Python", "tensorflow");

const rows = 5;
const script = `
import json, sys
import tensorflow as tf
for line in sys.stdin:
    case = json.loads(line)
    model = tf.saved_model.load(case["folder"])
    signature = model.signatures["serving_default"]
    feeds = {n: tf.constant(v, s.dtype) for n, v in case["feeds"].items() for s in [signature.structured_input_signature[1][n]]}
    print(json.dumps({n: v.numpy().tolist() for n, v in signature(**feeds).items()}))
`;
import { python, pythonHasFor } from "../python.js";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-python-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A SavedModel on the disk, its feeds as Python reads them, and what the interpreter says. */
function prepare(
  [file, model]: readonly [string, Model],
  serving: Readonly<Record<string, readonly number[]>>,
  index: number,
): {
  readonly file: string;
  readonly line: string;
  readonly expected: Readonly<Record<string, readonly number[]>>;
} {
  const program = lowerModel(model, sizesOf(model), { serving });
  const values = new Map(
    program.state
      .filter(({ role }) => role === "parameter" || role === "statistic")
      .map((variable) => [variable.name, initialize(variable, 11)]),
  );
  const folder = join(root, String(index));
  const weights = (name: string, from: number, to: number): Uint8Array =>
    new Uint8Array(values.get(name)!.buffer.slice(from, to) as ArrayBuffer);
  // Of every other one, the weights are in files of their own.
  for (const { path, content } of savedModelFiles(program, weights, index % 2 === 0 ? {} : { inline: 0 })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "function" ? Buffer.concat([...content()]) : content);
  }
  const all = randomFeeds(model, rows);
  const inputs = program.functions
    .find(({ name }) => name === "predict")
    ?.nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : []));
  const feeds: Feeds = Object.fromEntries((inputs ?? []).map((name) => [name, all[name]!]));
  const interpreter = createInterpreter(program, values);
  const outputs = interpreter.run("predict", feeds);
  const nested = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, nest(value)]));
  return {
    file,
    line: JSON.stringify({ folder, feeds: nested }),
    expected: Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]])),
  };
}

function nest({ shape, data }: Feeds[string]): readonly unknown[] {
  const [, width = 1] = shape;
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => Array.from(data).slice(row * width, (row + 1) * width));
}

describe.skipIf(!hasTensorFlow)("SavedModels in Python's TensorFlow", () => {
  it("predict what the interpreter does", { timeout: 900_000 }, async () => {
    // Checking all specs takes seconds, which only this test needs.
    const { servingOnes, shippedModels } = await import("../shipped-models.js");
    const isWhole = process.env["MTLC_PARITY"] === "1";
    const models = shippedModels.filter((_, i) => isWhole || i % 10 === 0);
    const cases = models.map((each, index) => prepare(each, servingOnes(each[1]), index));
    const text = execFileSync(python, ["-c", script], {
      input: cases.map(({ line }) => `${line}\n`).join(""),
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
      stdio: ["pipe", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    }).toString();
    const found = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, readonly number[]>>);
    const far = cases.flatMap(({ file, expected }, i) =>
      Object.entries(expected).flatMap(([name, values]) => {
        const difference = Math.max(
          ...values.map(
            (value, row) => Math.abs((found[i]?.[name]?.[row] ?? NaN) - value) / Math.max(1e-3, Math.abs(value)),
          ),
        );
        return difference <= 1e-5 ? [] : [`${file} ${name}: ${difference}`];
      }),
    );
    expect(far).toEqual([]);
    expect(found).toHaveLength(cases.length);
  });
});
