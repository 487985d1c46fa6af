import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./pages.js";
import { remadePage } from "./remade-page.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-page-"));

describe("docs/fusion.md", () => {
  beforeAll(() => {
    // The module that the page compiles carries the compiled sources.
    spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows what the commands print", async () => {
    const path = join(root, "docs/fusion.md");
    await expect(await remadePage(readFileSync(path, "utf8"), folder)).toMatchFileSnapshot(path);
  });
});
