import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, runCli } from "../cli/run-cli.js";
import { tinyRows } from "../train/tiny.js";

let folder: string;
beforeAll(() => {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  folder = mkdtempSync(join(tmpdir(), "mtlc-search-cli-"));
  writeFileSync(join(folder, "train.csv"), tinyRows(60, 1));
  writeFileSync(
    join(folder, "shop.mtl"),
    `model shop

data {
  train: "train.csv"
  split: split(0.7)
}

features {
  item: categorical(embed: 2)
}

labels {
  click: event
}

tower t = mlp(item, [search [2, 4]]) // units

task ctr: P(click) = sigmoid(logit(t))

loss {
  ctr: bce
}

train {
  optimizer: adam(lr: search 1e-3..1.0 log = 0.001)
  batch:     16
  epochs:    2
  stop:      early(auc(ctr), patience: 2)
}
`,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("mtlc search", () => {
  it("prints the trials, the best values and what they change, and writes them", { timeout: 120_000 }, async () => {
    const { code, out, err } = await runCli(["search", "shop.mtl", "--trials", "4", "--engine", "cpu"], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(err.match(/^trial /gm)).toHaveLength(4);
    expect(out).toMatch(/^tpe, seed 1: 4 trials, /);
    expect(out).toMatch(/^train\.optimizer\.lr +0\.001\.\.1 log +0\.001 +[\d.]+$/m);
    expect(out).toMatch(
      /^-tower t = mlp\(item, \[search \[2, 4\]\]\) \/\/ units\n\+tower t = mlp\(item, \[[24]\]\) \/\/ units$/m,
    );
    expect(out).toContain("wrote out/shop-search/trials.parquet\nwrote out/shop-search/best.mtl\n");
    // In canonical layout, as the spec is.
    const best = join(folder, "out/shop-search/best.mtl");
    expect((await runCli(["fmt", "--check", best], { cwd: folder })).code).toBe(0);
    expect(readFileSync(best, "utf8")).toContain("// units");
  });

  it("trains side by side, with the same trials", { timeout: 120_000 }, async () => {
    const search = ["search", "shop.mtl", "--trials", "4", "--engine", "cpu", "--format", "json", "-q", "-o"];
    const trialsOf = async (workers: string): Promise<unknown> => {
      const { code, out } = await runCli([...search, `by${workers}`, "--workers", workers], { cwd: folder });
      expect(code).toBe(0);
      const { trials } = JSON.parse(out) as { readonly trials: readonly object[] };
      return trials.map((trial) => ({ ...trial, seconds: 0 }));
    };
    expect(await trialsOf("2")).toEqual(await trialsOf("1"));
  });

  it("takes a time in words that it knows", async () => {
    const { code, err } = await runCli(["search", "shop.mtl", "--time", "5 minutes"], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining("MTL7419")]);
  });
});
