import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/compiler/diagnostics/index.js";
import { codes, isSpecCode, renderIndex, renderPage } from "./page.js";

const root = join(import.meta.dirname, "../..");
const pages = join(root, "docs/diagnostics");

/** What no test can cause on every machine, and why. */
const cannotBeTriggered: Readonly<Record<string, string>> = {
  MTL7402: "needs a machine without the engine that is asked for",
  MTL7534: "needs a Redis server that evicts keys",
  MTL7535: "needs a Redis server that keeps nothing on disk",
  MTL7530: "needs a platform without a binary of SQLite",
};

describe("the pages of codes", () => {
  it.each(codes)("%s has a page made of its row and its fixtures", async (code) => {
    await expect(renderPage(code)).toMatchFileSnapshot(join(pages, `${code}.md`));
  });

  it("are listed, and there are no others", async () => {
    await expect(renderIndex()).toMatchFileSnapshot(join(pages, "README.md"));
    const files = readdirSync(pages).filter((name) => name !== "README.md");
    expect(files.filter((name) => !Object.hasOwn(catalogue, name.replace(/\.md$/, "")))).toEqual([]);
  });

  it("of run-time codes have a test that triggers each", () => {
    const tests = readdirSync(join(root, "test"), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".test.ts") && !name.startsWith("diagnostics"))
      .map((name) => readFileSync(join(root, "test", name), "utf8"))
      .join("\n");
    const untested = codes.filter((code) => !isSpecCode(code) && !tests.includes(code));
    expect(untested.filter((code) => !Object.hasOwn(cannotBeTriggered, code))).toEqual([]);
  });
});
