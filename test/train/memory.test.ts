/** Models that do not fit are refused with their figures before anything of them is allocated. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, train } from "../../src/index.js";
import { addParts, availableMemory, checkDisk, checkMemory, loadingNeed, ownerOf } from "../../src/runtime/memory.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-memory-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A spec whose tables are far beyond any machine; its data is not there, and need not be. */
function specWith(name: string, features: string, settings: string): string {
  const path = join(root, `${name}.mtl`);
  writeFileSync(
    path,
    `model ${name}
data { train: csv("none.csv") }
features { ${features} }
labels { click: event }
input x = [${[...features.matchAll(/(\w+): (?:categorical|bag)/g)].map(([, feature]) => feature).join(", ")}]
task ctr: P(click) = sigmoid(logit(mlp(x, [4])))
loss { ctr: bce }
train { ${settings} }
`,
  );
  return path;
}

const huge = "c00: categorical(hash: 200_000_000, embed: 6400)";

async function messageOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing failed",
    (error: unknown) => (error as Error).message,
  );
}

describe("a model that cannot fit", () => {
  it.each([
    ["adam", "5120 GB, with Adam 15360 GB"],
    ["adamw", "5120 GB, with AdamW 15360 GB"],
    ["adagrad", "5120 GB, with Adagrad 10240 GB"],
    ["momentum", "5120 GB, with momentum 10240 GB"],
    ["sgd", "5120 GB"],
  ])("is refused by train before its data is read, under %s", async (optimizer, figures) => {
    const spec = specWith(optimizer, huge, `optimizer: ${optimizer}`);
    const message = await messageOf(train({ spec, output: join(root, "out"), engine: "cpu" }));
    expect(message).toMatch(new RegExp(`^MTL7320: \`c00\` needs ${figures}; \\d.* are free for it$`));
    expect(readdirSync(root)).not.toContain("out");
  });

  it("names the largest of its parts and how many others count", async () => {
    const spec = specWith(
      "many",
      `${huge}\n tags: bag(hash: 90_000_000, embed: 6400)\n d: categorical(values: ["a"], embed: 4)`,
      "",
    );
    expect(await messageOf(train({ spec }))).toMatch(
      /^MTL7320: `c00` and 1 more part need 7424 GB, with Adam 22272 GB;/,
    );
  });

  it("is refused by compile", async () => {
    const output = join(root, "compiled");
    expect(await messageOf(compile({ spec: specWith("graph", huge, ""), output }))).toMatch(
      /^MTL7320: `c00` needs 5120 GB; \d.* are free for it$/,
    );
    expect(readdirSync(root)).not.toContain("compiled");
  });

  it("is refused when its artifact is read, with what it takes while it is loaded", () => {
    const parts = addParts([
      { name: ownerOf("c00.embedding"), bytes: 4e12 },
      { name: ownerOf("t.0.weight"), bytes: 400 },
      { name: ownerOf("t.0.bias"), bytes: 40 },
    ]);
    expect(parts.map(({ name }) => name)).toEqual(["c00", "t"]);
    expect(() => checkMemory(loadingNeed(parts))).toThrow(
      /MTL7320: `c00` needs 4000 GB, while it is loaded 8000 GB; \d.* are free for it/,
    );
  });

  it("is refused by the engine that has less than the machine", () => {
    const need = (total: number) => ({ parts: [{ name: "c", bytes: total }], total, when: "in all" });
    const some = Math.min(availableMemory() - 1e9, 6e9);
    if (some > 4.4e9) {
      expect(() => checkMemory(need(some * 0.9), "native")).not.toThrow();
      expect(() => checkMemory(need(some * 0.9), "wasm")).toThrow(/the engine wasm has at most 3\.\d GB for it/);
    }
    expect(() => checkMemory(need(1e6), "wasm")).not.toThrow();
  });

  it("is refused where its files do not fit the disk", async () => {
    await expect(checkDisk(join(root, "not/there/yet"), 1e18)).rejects.toThrow(
      /MTL7321: what is written to `.*yet` needs 1000000000 GB; .* are free on its disk/,
    );
    await expect(checkDisk(join(root, "not/there/yet"), 1e6)).resolves.toBeUndefined();
  });
});
