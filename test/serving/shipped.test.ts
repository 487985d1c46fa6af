import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";

const root = join(import.meta.dirname, "../..");

describe("the tests in shipped specs pass", () => {
  const files = readdirSync(join(root, "specs"), { recursive: true, encoding: "utf8" }).map((file) => `specs/${file}`);
  // Blocks of the standard library are not specs of their own.
  const specs = files
    .filter((file) => file.endsWith(".mtl") && !file.startsWith("specs/std"))
    .flatMap((path) => {
      try {
        const { model } = loadSpec(join(root, path));
        return (model.tests ?? []).map((test) => [path, test.title, model, test] as const);
      } catch (error) {
        // Files of blocks to import declare no model.
        if (error instanceof Failure && error.diagnostics.every(({ code }) => code === "MTL7310")) return [];
        throw error;
      }
    });

  it("has some", () => {
    expect(specs.length).toBeGreaterThan(1);
  });

  it.each(specs)("%s: %s", (_path, _title, { serving }, test) => {
    if (serving === undefined) throw new Error("a test without a serving stage");
    const { expectations } = runTest(serving, test);
    expect(expectations.filter(({ passed }) => !passed)).toEqual([]);
  });
});
