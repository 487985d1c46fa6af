import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verbs } from "../../src/cli/commands/index.js";
import { runCli } from "./run-cli.js";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mtlc-cli-"));
  expect(await runCli(["init", "shop"], { cwd: root })).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const inRoot = (...words: string[]) => runCli(words, { cwd: root });

describe("mtlc", () => {
  it("lists its commands, helps with each, and knows its version", async () => {
    const overview = await inRoot("help");
    expect(overview).toMatchObject({ code: 0, err: "" });
    const helps = await Promise.all(verbs.map(({ spec }) => inRoot(spec.name, "--help")));
    for (const [i, { spec }] of verbs.entries()) {
      expect(overview.out).toContain(spec.name);
      expect(helps[i]).toMatchObject({ code: 0, err: "" });
      for (const { line } of spec.examples) expect(helps[i]?.out).toContain(line);
    }
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    expect((await inRoot("--version")).out).toBe(`${manifest.version}\n`);
  });

  it.each([
    [[], 2, "Usage"],
    [["chekc", "a.mtl"], 2, "did you mean `check`?"],
    [["check"], 2, "`mtlc check` needs SPEC"],
    [["check", "shop/model.mtl", "--frmat", "json"], 2, "did you mean `--format`?"],
    [["train", "shop/model.mtl", "--epochs", "none"], 2, "`--epochs` takes a whole number"],
    [["train", "nowhere.mtl"], 1, "`nowhere.mtl` cannot be read"],
    [["eval", "shop"], 1, "`shop` is not an artifact"],
    [["predict", "shop"], 2, "needs ARTIFACT FILE"],
    [["init", "shop"], 1, "already exists"],
  ] as const)("%j exits with %d", async (words, code, text) => {
    const result = await inRoot(...words);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(text);
    expect(result.err).not.toMatch(/^ {4}at /m);
  });

  it("does the round of a first user: check, fmt, train, eval, predict", async () => {
    expect(await inRoot("check", "shop/model.mtl")).toMatchObject({ code: 0, out: "no problems in 1 spec\n", err: "" });
    expect((await inRoot("fmt", "--check", "shop/model.mtl")).code).toBe(0);
    const trained = await inRoot("train", "shop/model.mtl", "-o", "shop/out", "--epochs", "2", "--format", "json");
    expect(trained.code).toBe(0);
    const result = JSON.parse(trained.out) as {
      heads: Record<string, { auc: number; rows: number }>;
      artifact: string;
    };
    expect(result.artifact).toBe("shop/out");
    const evaluated = await inRoot("eval", "shop/out", "--format", "json");
    expect(JSON.parse(evaluated.out)).toMatchObject({ heads: result.heads });
    const other = await inRoot("eval", "shop/out", "--test", "shop/train.csv", "--format", "json");
    expect((JSON.parse(other.out) as typeof result).heads["ctr"]?.rows).toBe(4000);
    const csv = await inRoot("predict", "shop/out", "shop/test.csv", "--keep", "user_id,item_id", "-q");
    expect(csv.out.split("\n").slice(0, 1)).toEqual(["user_id,item_id,ctr,cvr,ctcvr"]);
    expect(csv.out.trim().split("\n")).toHaveLength(1001);
    const parquet = await inRoot("predict", "shop/out", "shop/test.csv", "-o", "scores.parquet", "--format", "json");
    expect(JSON.parse(parquet.out)).toMatchObject({ rows: 1000, output: "scores.parquet" });
    expect((await inRoot("predict", "shop/out", "shop/test.csv", "-o", "scores.txt")).code).toBe(2);
    expect((await inRoot("predict", "shop/out", "shop/test.csv", "--keep", "uzer_id")).err).toContain("user_id");
  });

  it("prints errors with place and line, or as JSON for programs", async () => {
    const broken = join(root, "broken.mtl");
    writeFileSync(broken, readFileSync(join(root, "shop/model.mtl"), "utf8").replace("over pool", "over pol"));
    const pretty = await inRoot("check", "broken.mtl");
    expect(pretty.code).toBe(1);
    expect(pretty.out).toContain("did you mean `pool`?");
    expect(pretty.out).toContain("┌─ broken.mtl:");
    const json = await inRoot("check", "broken.mtl", "--format", "json");
    expect(JSON.parse(json.out)).toMatchObject({ errors: 1, diagnostics: [{ code: "MTL2001", file: "broken.mtl" }] });
    const training = await inRoot("train", "broken.mtl", "-o", "never");
    expect(training.code).toBe(1);
    expect(training.err).toContain("over pol");
    expect(existsSync(join(root, "never"))).toBe(false);
  });

  it("formats standard input, and leaves what does not parse unchanged", async () => {
    const messy = "model    m\nparams{a:1 in [0,2]}";
    expect(await runCli(["fmt", "-"], { input: messy })).toMatchObject({
      code: 0,
      out: expect.stringContaining("model m\n"),
    });
    expect(await runCli(["fmt", "-"], { input: "model {" })).toMatchObject({ code: 1, out: "" });
    const file = join(root, "messy.mtl");
    writeFileSync(file, messy);
    expect((await inRoot("fmt", "--check", "messy.mtl")).code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(messy);
    expect((await inRoot("fmt", "messy.mtl")).code).toBe(0);
    expect((await inRoot("fmt", "--check", "messy.mtl")).code).toBe(0);
  });

  it("survives `kill -9` and Ctrl-C: a resumed run ends as an unbroken one", async () => {
    const words = ["train", "shop/model.mtl", "--epochs", "3", "--checkpoint-steps", "3"];
    expect((await inRoot(...words, "-o", "whole", "-q")).code).toBe(0);
    for (const [signal, output] of [
      ["SIGKILL", "killed"],
      ["SIGINT", "stopped"],
    ] as const) {
      let sent = false;
      const ended = await runCli([...words, "-o", output], {
        cwd: root,
        onErr: (text, kill) => {
          if (sent || !text.includes("epoch 1/3 ·")) return;
          sent = true;
          kill(signal);
        },
      });
      if (signal === "SIGINT") expect(ended).toMatchObject({ code: 130, out: expect.stringContaining("--resume") });
      expect(existsSync(join(root, output, "manifest.json"))).toBe(false);
      expect((await inRoot("eval", output)).err).toContain("its training is not finished");
      expect((await inRoot(...words, "-o", output)).err).toContain("--resume");
      expect((await inRoot(...words, "-o", output, "--resume")).code).toBe(0);
      for (const file of readdirSync(join(root, "whole")).filter((name) => name.includes(".")))
        expect(readFileSync(join(root, output, file)).equals(readFileSync(join(root, "whole", file))), file).toBe(true);
    }
  }, 240_000);

  it("prints stages, and says which engine runs", async () => {
    const graph = await inRoot("compile", "shop/model.mtl", "--emit", "graph");
    expect(graph.out).toContain("function predict");
    const tokens = await inRoot("compile", "shop/model.mtl", "--emit", "tokens");
    expect(tokens.out).toContain('"experts"');
    const report = await runCli(["doctor", "--format", "json"], { environment: { MTLC_ENGINE: "cpu" } });
    expect(JSON.parse(report.out)).toMatchObject({ engine: "cpu", tfjs: "4.22.0" });
    const wrong = await runCli(["doctor"], { environment: { MTLC_ENGINE: "gpu" } });
    expect(wrong).toMatchObject({ code: 2, out: "" });
  });

  it("says of 300 mutated specs what is wrong with each, with a place, and never crashes or hangs", async () => {
    const folder = join(root, "mutants");
    mkdirSync(folder);
    const texts = ["census/mmoe.mtl", "examples/feed.mtl", "examples/mall_fusion.mtl"].map((name) =>
      readFileSync(join(import.meta.dirname, "../../specs", name), "utf8"),
    );
    let state = 11;
    const pick = (limit: number): number => (state = (state * 48271) % 0x7fffffff) % limit;
    for (let i = 0; i < 300; i++) {
      const text = texts[i % texts.length] ?? "";
      const at = pick(text.length);
      const [head, tail] = [text.slice(0, at), text.slice(at)];
      const mutants = [head + tail.slice(1 + pick(3)), `${head}${tail[1] ?? ""}${tail[0] ?? ""}${tail.slice(2)}`];
      writeFileSync(join(folder, `${i}.mtl`), mutants[pick(3)] ?? `${head}${"(){}=*,:'9x"[pick(11)] ?? ""}${tail}`);
    }
    const names = Array.from({ length: 300 }, (_, i) => `mutants/${i}.mtl`);
    const checked = await inRoot("check", "--format", "json", ...names);
    expect(checked.err).toBe("");
    const { diagnostics } = JSON.parse(checked.out) as {
      diagnostics: readonly { code: string; severity: string; file: string; line?: number; column?: number }[];
    };
    const wrong = new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file));
    expect(checked.code).toBe(wrong.size > 0 ? 1 : 0);
    expect(wrong.size).toBeGreaterThan(150);
    for (const { code, line, column } of diagnostics) {
      expect(code).not.toMatch(/^MTL9/);
      expect([line, column].every((place) => (place ?? 0) > 0)).toBe(true);
    }
  });
});
