import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, runCli } from "./run-cli.js";
import { python, pythonHas } from "../python.js";

let folder = "";
const words = ["tune", "feed.mtl", "--log", "log.csv.gz", "--request", "request_id"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-tune-cli-"));
  cpSync(join(root, "specs/examples/tuning"), folder, { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("mtlc tune", () => {
  it("prints JSON, and writes the spec where it is told to", async () => {
    cpSync(join(folder, "feed.mtl"), join(folder, "written.mtl"));
    const { code, out } = await runCli(
      [
        ...words.with(1, "written.mtl"),
        "--fusion",
        "worth",
        "--objective",
        "ndcg@10(value)",
        "--method",
        "stacking",
        "--label",
        "value",
        "--format",
        "json",
        "--write",
      ],
      { cwd: folder },
    );
    expect(code).toBe(0);
    const result = JSON.parse(out) as { params: { name: string; proposed: number }[]; written: boolean };
    expect(result.written).toBe(true);
    for (const { name, proposed } of result.params)
      expect(readFileSync(join(folder, "written.mtl"), "utf8")).toMatch(new RegExp(`  ${name}: +${proposed} +in`));
  });

  it("interrupted prints the best so far", async () => {
    const { code, out } = await runCli([...words, "--objective", "ndcg@10(value)", "--budget", "100000"], {
      cwd: folder,
      onErr: (text, kill) => {
        if (text.includes("requests")) kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(out).toContain("stopped, this is the best so far");
  });

  it("answers lines of another optimizer, and ends with the result", async () => {
    const { code, out } = await runCli([...words, "--objective", "ndcg@10(value)", "--ask-tell"], {
      cwd: folder,
      input: '{"id": 7, "values": {"a": 0.6, "b": 0.3}}\n',
    });
    expect(code).toBe(0);
    const [problem, answer, last] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(problem).toHaveProperty("params");
    expect(answer).toMatchObject({ id: 7, violation: 0 });
    expect(last).toHaveProperty("result.patch");
  });

  const hasOptuna = pythonHas("optuna");

  it.skipIf(!hasOptuna)("is driven by Optuna (skipped where Python has no optuna)", () => {
    const command = [process.execPath, join(root, "bin/mtlc.js"), ...words, "--objective", "ndcg@10(value)"];
    const { status, stdout } = spawnSync(python, ["optuna_driver.py", "30", ...command], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^a: 0\.1 -> 0\.\d+$/m);
    expect(stdout).toContain("+++ b/feed.mtl");
  });

  it("says which option is not right", async () => {
    const run = async (...more: readonly string[]): Promise<readonly [number | null, string]> => {
      const { code, err } = await runCli([...words, ...more], { cwd: folder });
      return [code, err];
    };
    expect(await run("--objective", "auc(click)", "--holdout", "2")).toEqual([
      2,
      "error[MTL7564]: `--holdout 2` is not valid; it takes a share between 0 and 1, such as 0.2\n",
    ]);
    expect(await run("--objective", "auc(click)", "--method", "grid", "--budget", "4")).toEqual([
      2,
      expect.stringContaining("`--method grid` needs `--budget 5` or more for 2 parameters"),
    ]);
  });

  it("lets a trained model score what the log has no scores for", async () => {
    const spec = `model net

data {
  train: csv("log.csv.gz")
  group: request_id
}

features {
  ctr:  numeric
  stay: numeric(scale: log1p_standard)
}

labels { click: event }

input x = [ctr, stay]
task p_click: P(click) = sigmoid(logit(mlp(x, [4])))

loss { p_click: bce }

train {
  batch:  512
  epochs: 1
}

attributes { cvr: number in [0, 1] }

params { a: 0 in [0, 2] }

fusion score = p_click * (0.001 + cvr)^a
`;
    writeFileSync(join(folder, "net.mtl"), spec);
    const trained = await runCli(["train", "net.mtl", "-o", "net", "-q"], { cwd: folder });
    expect(trained.code, trained.err).toBe(0);
    const options = [
      "--log",
      "log.csv.gz",
      "--objective",
      "ndcg@10(value)",
      "--budget",
      "20",
      "-q",
      "--format",
      "json",
    ];
    const { code, out, err } = await runCli(["tune", "net", ...options, "--write"], { cwd: folder });
    expect(code, err).toBe(0);
    const result = JSON.parse(out) as {
      patch: string;
      written: boolean;
      objectives: { difference: { value: number } }[];
    };
    expect(result.written).toBe(false);
    expect(result.patch).toContain("--- a/net.mtl");
    expect(result.patch).toContain("-params { a: 0 in [0, 2] }");
    expect(result.objectives[0]?.difference.value).toBeGreaterThan(0);
    const single = await runCli(["tune", "net.mtl", ...options], { cwd: folder });
    expect(single.code).toBe(1);
    expect(single.out).toContain("the head `p_click` needs the column `p_click`");
  });
});
