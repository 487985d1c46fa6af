import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "./pages.js";
import { remadePage } from "./remade-page.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-page-"));

describe("docs/rules.md", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows what the commands print", async () => {
    const path = join(root, "docs/rules.md");
    await expect(await remadePage(readFileSync(path, "utf8"), folder)).toMatchFileSnapshot(path);
  });
});
