import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPretty, createDiagnostic } from "../../src/compiler/diagnostics/index.js";
import { runCli } from "./run-cli.js";

/** Mistakes at run time that no other test causes, by the code that each gives. */
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-codes-"));
  mkdirSync(join(root, "empty"));
  await runCli(["init", "shop"], { cwd: root });
  const spec = readFileSync(join(root, "shop/model.mtl"), "utf8");
  writeFileSync(join(root, "shop/untested.mtl"), spec.replace('  test:  csv("test.csv")\n', ""));
  writeFileSync(
    join(root, "bare.mtl"),
    "model bare\nfeatures { id: categorical(hash: 10, embed: 2) }\nlabels { click: event }\ninput x = [id]\n" +
      "task ctr: P(click) = sigmoid(logit(x))\nloss { ctr: bce }\n",
  );
  writeFileSync(join(root, "scores.mtl"), "model scores\nsignals { ctr: P(click) }\nrank page = top 3 by ctr\n");
  // Rows of only one class, which no AUC can order.
  writeFileSync(join(root, "shop/quiet.csv"), `user_id,item_id,hour,price,click,buy\n${"1,2,3,4.0,0,0\n".repeat(50)}`);
  writeFileSync(
    join(root, "shop/early.mtl"),
    spec
      .replace('test:  csv("test.csv")', 'validation: csv("quiet.csv")')
      .replace("epochs:    5", "epochs: 1\n  stop: early(metric: auc(ctr), patience: 1)"),
  );
  await runCli(["compile", "shop/model.mtl", "-o", "compiled"], { cwd: root });
  mkdirSync(join(root, "changed"));
  writeFileSync(join(root, "changed/mtlc.json"), "{}");
  await runCli(["train", "shop/untested.mtl", "-o", "trained", "--epochs", "1", "-q"], { cwd: root });
  rmSync(join(root, "trained/run.json"), { force: true });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Case {
  readonly code: string;
  readonly exit: number;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  { code: "MTL7308", exit: 0, words: ["train", "shop/early.mtl", "-o", "early"] },
  { code: "MTL7302", exit: 1, words: ["train", "bare.mtl", "-o", "out"] },
  { code: "MTL7311", exit: 1, words: ["train", "scores.mtl", "-o", "out"] },
  { code: "MTL7312", exit: 1, words: ["eval", "trained"] },
  { code: "MTL7401", exit: 2, words: ["train", "shop/model.mtl", "-o", "out"], environment: { MTLC_ENGINE: "gpu" } },
  { code: "MTL7440", exit: 1, words: ["train", "shop/model.mtl", "-o", "out"], environment: { MTLC_ENGINE: "onnx" } },
  { code: "MTL7440", exit: 1, words: ["train", "shop/model.mtl", "-o", "out"], environment: { MTLC_ENGINE: "simd" } },
  { code: "MTL7441", exit: 1, words: ["train", "shop/model.mtl", "--products", "bfloat16", "--engine", "cpu"] },
  { code: "MTL7400", exit: 2, words: ["train", "shop/model.mtl", "--runs", "2", "--tensorboard", "board"] },
  { code: "MTL7423", exit: 2, words: ["compare", "compiled", "shop/model.mtl"] },
  { code: "MTL7424", exit: 2, words: ["compare", "compiled", "trained", "--base", "other"] },
  { code: "MTL7425", exit: 2, words: ["compare", "compiled", "trained", "--level", "95"] },
  { code: "MTL7500", exit: 2, words: ["train", "shop/model.mtl", "--target", "onx"] },
  { code: "MTL7501", exit: 1, words: ["train", "shop/model.mtl", "--target", "javascript"] },
  { code: "MTL7502", exit: 1, words: ["compile", "compiled", "--target", "tfjs", "-o", "shop"] },
  { code: "MTL7504", exit: 1, words: ["import", "shop", "-o", "imported"] },
  { code: "MTL7505", exit: 1, words: ["import", "changed", "-o", "imported"] },
  // Whose note is gone, so that the run ends after the warning.
  { code: "MTL7503", exit: 1, words: ["train", "shop/untested.mtl", "-o", "trained", "--resume", "--target", "web"] },
  { code: "MTL8041", exit: 2, words: ["train", "shop/model.mtl", "--vary", "lr"] },
  { code: "MTL8042", exit: 2, words: ["train", "shop/model.mtl", "--keep", "all"] },
  { code: "MTL8001", exit: 2, words: ["chekc", "a.mtl"] },
  { code: "MTL8009", exit: 2, words: ["check", "scores.mtl", "--watch", "--format", "sarif"] },
  { code: "MTL8010", exit: 1, words: ["init", "shop"] },
  { code: "MTL8012", exit: 1, words: ["check", "empty"] },
];

describe("mistakes at run time", () => {
  it.each(cases)("$code exits with $exit", async ({ code, exit, words, environment = {} }) => {
    const result = await runCli(words, { cwd: root, environment });
    expect(result.err).toContain(`[${code}]`);
    expect(result.code).toBe(exit);
    expect(result.err).not.toMatch(/^ {4}at /m);
  });

  it("MTL9001 says what to report", () => {
    const bug = createDiagnostic("MTL9001", { problem: "Error: x", version: "1.0.0" }, { file: "", start: 0, end: 0 });
    expect(renderPretty([bug], new Map())).toContain("this is a bug in mtlc 1.0.0; please report it");
  });
});
