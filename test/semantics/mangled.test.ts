import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { root } from "./compile.js";
import { createRandom, mangledTexts, mutate, readOther } from "./mangle.js";

/**
 * How many: `MTLC_MANGLED=20000 npx vitest run test/semantics/mangled.test.ts` runs all that the project promises. How long
 * each takes is measured by `npm run bench -- mangled`.
 */
const runs = Number(process.env["MTLC_MANGLED"] ?? 600);

const texts = mangledTexts();

describe(`${runs} mangled specs`, () => {
  it(
    "never crash the compiler, and never get two messages at one place",
    () => {
      const random = createRandom(20_000);
      let wrong = 0;
      for (let i = 0; i < runs; i++) {
        const original = texts[i % texts.length];
        if (original === undefined) continue;
        const { name } = original;
        const text = mutate(original.text, random);
        const { diagnostics } = compileSpec(name, { readFile: (file) => (file === name ? text : readOther(file)) });
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        if (errors.length > 0) wrong += 1;
        const places = errors.map(({ span }) => `${span.file}:${span.start}-${span.end}`);
        const messages = errors.map(({ code, message, span }) => `${span.start}-${span.end} ${code} ${message}`);
        expect(new Set(places).size, `${messages.join("\n")}\n\n${text}`).toBe(places.length);
      }
      expect(wrong).toBeGreaterThan(runs / 3);
    },
    30 * 60_000,
  );
});

describe("mangled specs that were found to matter", () => {
  it("a date that no calendar has, under a time zone", () => {
    const text = readFileSync(join(root, "test/semantics/specs/MTL1005/fail.mtl"), "utf8");
    const zoned = text.replace("2026-02-30", '2026-02-30 zone: "Asia/Shanghai"');
    const { diagnostics } = compileSpec("m.mtl", { readFile: () => zoned });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL1005"]);
  });
});
