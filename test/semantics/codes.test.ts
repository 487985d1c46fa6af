import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/compiler/diagnostics/index.js";
import { isSpecCode } from "../diagnostics/page.js";
import { compileFile, messagesOf } from "./compile.js";

/** A folder per code: `fail.mtl` gives that code and nothing else, as `fail.txt` shows it; `pass.mtl` is its fix. */
const folder = join(import.meta.dirname, "specs");
const codes = Object.keys(catalogue).filter(isSpecCode);

describe("every code of specs", () => {
  it("has a spec that triggers it and one that fixes it", () => {
    const missing = codes.filter(
      (code) => !existsSync(join(folder, code, "fail.mtl")) || !existsSync(join(folder, code, "pass.mtl")),
    );
    expect(missing).toEqual([]);
  });

  it("is in the catalogue", () => {
    expect(readdirSync(folder).filter((code) => !codes.includes(code))).toEqual([]);
  });

  it.each(codes)("%s: one mistake gives one message", async (code) => {
    const result = compileFile(join(folder, code, "fail.mtl"));
    expect(result.diagnostics.map((each) => each.code)).toEqual([code]);
    await expect(messagesOf(result)).toMatchFileSnapshot(join(folder, code, "fail.txt"));
  });

  it.each(codes)("%s: the fixed spec is clean", (code) => {
    const result = compileFile(join(folder, code, "pass.mtl"));
    expect(messagesOf(result)).toBe("");
    expect(result.model).toBeDefined();
  });
});
