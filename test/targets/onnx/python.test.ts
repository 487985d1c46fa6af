/**
 * The target `onnx` in Python: `onnx.checker`, and onnxruntime beside our engine. Python is `MTLC_PYTHON`, else `python3`; skipped without
 * `onnx` and `onnxruntime`. One spec in ten, and all of them with `MTLC_PARITY=1`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxCase, type OnnxCase } from "./cases.js";
import { python, pythonHasFor } from "../../python.js";

const hasOnnx = pythonHasFor("models are not run in Python", "onnx", "onnxruntime", "numpy");

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-onnx-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A line for each model of a case, with its files on the disk. */
function linesOf(made: OnnxCase, index: number): readonly string[] {
  const folder = join(root, String(index));
  mkdirSync(folder);
  for (const [path, content] of made.files) writeFileSync(join(folder, path), content);
  return Object.entries(made.feeds).map(([name, feeds]) => JSON.stringify({ file: join(folder, name), feeds }));
}

describe.skipIf(!hasOnnx)("the target onnx in Python", () => {
  it("passes onnx.checker and predicts what our engine does", { timeout: 900_000 }, async () => {
    // Checking all specs takes seconds, which only this test needs.
    const { shippedModels } = await import("../../shipped-models.js");
    const isWhole = process.env["MTLC_PARITY"] === "1";
    const models = shippedModels.filter((_, i) => isWhole || i % 10 === 0);
    const cases: { readonly what: string; readonly line: string; readonly made: OnnxCase; readonly model: string }[] =
      [];
    for (const [i, [file, model]] of models.entries()) {
      // Of every other one, the weights are in a file of their own.
      const made = await onnxCase(model, { external: i % 2 === 1 });
      expect(made.files.has("weights.data")).toBe(i % 2 === 1);
      const names = Object.keys(made.feeds);
      for (const [at, line] of linesOf(made, i).entries())
        cases.push({ what: `${names[at]} of ${file}`, line, made, model: names[at] ?? "" });
    }
    const answer = execFileSync(python, [join(import.meta.dirname, "predict.py")], {
      input: cases.map(({ line }) => `${line}\n`).join(""),
      maxBuffer: 1 << 28,
      stdio: ["pipe", "pipe", "pipe"],
    }).toString();
    const found = answer
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, readonly number[]>>);
    expect(found).toHaveLength(cases.length);
    const far = cases.flatMap(({ what, made, model }, i) =>
      (made.description.models[model]?.outputs ?? []).flatMap(({ name, head }) => {
        const difference = Math.max(
          ...(made.expected[head] ?? []).map(
            (value, row) => Math.abs((found[i]?.[name]?.[row] ?? NaN) - value) / Math.max(1e-3, Math.abs(value)),
          ),
        );
        return difference <= 1e-5 ? [] : [`${what}: ${head} by ${difference}`];
      }),
    );
    expect(far).toEqual([]);
  });
});
