import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateDiagnostics } from "./annotate.js";
import { baselinesIn, compileBaseline, folder } from "./baselines.js";
import { strip } from "./weave.js";

/** One spec for each family of codes; the digit that its codes begin with. */
const families = { syntax: "1", names: "2", types: "3", events: "4", ranges: "5", lint: "6" } as const;

it("has a spec for each family", () => {
  expect(baselinesIn("diagnostics").map(({ path }) => path)).toEqual(
    Object.keys(families)
      .map((name) => `diagnostics/${name}.mtl`)
      .toSorted(),
  );
});

describe.each(Object.entries(families))("mistakes of %s", (name, digit) => {
  const path = `diagnostics/${name}.mtl`;
  const compilation = compileBaseline(path);

  it("are reported beneath their lines as they were", async () => {
    await expect(annotateDiagnostics(compilation, path)).toMatchFileSnapshot(join(folder, path));
  });

  it("are mostly of the family", () => {
    const own = compilation.diagnostics.filter(({ code }) => code.startsWith(`MTL${digit}`));
    expect(own.length * 2).toBeGreaterThan(compilation.diagnostics.length);
    expect(new Set(own.map(({ code }) => code)).size).toBeGreaterThanOrEqual(4);
  });

  it("leave the source as it is", () => {
    expect(strip(annotateDiagnostics(compilation, path))).toBe(strip(readFileSync(join(folder, path), "utf8")));
  });
});
