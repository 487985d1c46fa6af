import { describe, expect, it } from "vitest";
import { syntaxDiagnostics } from "../../src/compiler/diagnostics/catalogue/syntax.js";
import { usageDiagnostics } from "../../src/compiler/diagnostics/catalogue/usage.js";
import { catalogue } from "../../src/compiler/diagnostics/index.js";

const entries = Object.entries(catalogue);

describe("the catalogue", () => {
  it.each(entries)("%s is a code of one of the groups, with a severity and a title", (code, { severity, title }) => {
    expect(code).toMatch(/^MTL[1-9]\d{3}$/);
    expect(["error", "warning", "info"]).toContain(severity);
    expect(title).not.toBe("");
    expect(title).not.toMatch(/[.`]$/);
    expect(title).not.toMatch(/^invalid\b/);
  });

  it("has each code in the file of its group", () => {
    for (const code of Object.keys(syntaxDiagnostics)) expect(code).toMatch(/^MTL1/);
    for (const code of Object.keys(usageDiagnostics)) expect(code).toMatch(/^MTL8/);
    const parts = [syntaxDiagnostics, usageDiagnostics].flatMap((group) => Object.keys(group));
    expect(new Set([...parts, ...entries.map(([code]) => code)]).size).toBe(entries.length);
  });
});
