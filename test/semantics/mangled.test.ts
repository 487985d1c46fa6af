import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/program.js";
import { root } from "./compile.js";
import { createRandom, mutate } from "./mangle.js";

/** How many: `MTLC_MANGLED=20000 npx vitest run test/semantics/mangled.test.ts` runs all that the project promises. */
const runs = Number(process.env["MTLC_MANGLED"] ?? 600);
/** Milliseconds that one text may take. */
const limit = 100;

const texts = ["specs/examples", "specs/census", "specs/synthetic", "test/fixtures/syntax"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => name.endsWith(".mtl"))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") })),
);

const others = new Map<string, string | undefined>();

function readOther(file: string): string | undefined {
  if (!others.has(file)) {
    try {
      others.set(file, readFileSync(join(root, file), "utf8"));
    } catch {
      others.set(file, undefined);
    }
  }
  return others.get(file);
}

describe(`${runs} mangled specs`, () => {
  it(
    "never crash the compiler, never keep it for 100 ms, and never get two messages at one place",
    () => {
      const random = createRandom(20_000);
      let wrong = 0;
      let slowest = 0;
      for (let i = 0; i < runs; i++) {
        const original = texts[i % texts.length];
        if (original === undefined) continue;
        const { name } = original;
        const text = mutate(original.text, random);
        const compile = (): ReturnType<typeof compileSpec> =>
          compileSpec(name, { readFile: (file) => (file === name ? text : readOther(file)) });
        let time = timeOf(compile);
        // The first texts pay for what is compiled just in time; a machine that does other work takes its pauses.
        for (let again = 0; again < 5 && time > limit; again++) time = Math.min(time, timeOf(compile));
        slowest = Math.max(slowest, time);
        expect(time, text).toBeLessThan(limit);
        const { diagnostics } = compile();
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        if (errors.length > 0) wrong += 1;
        const places = errors.map(({ span }) => `${span.file}:${span.start}-${span.end}`);
        const messages = errors.map(({ code, message, span }) => `${span.start}-${span.end} ${code} ${message}`);
        expect(new Set(places).size, `${messages.join("\n")}\n\n${text}`).toBe(places.length);
      }
      expect(wrong).toBeGreaterThan(runs / 3);
      process.stdout.write(`${runs} mangled specs: ${wrong} wrong, the slowest took ${slowest.toFixed(0)} ms\n`);
    },
    30 * 60_000,
  );
});

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

describe("mangled specs that were found to matter", () => {
  it("a date that no calendar has, under a time zone", () => {
    const text = readFileSync(join(root, "test/semantics/specs/MTL1005/fail.mtl"), "utf8");
    const zoned = text.replace("2026-02-30", '2026-02-30 zone: "Asia/Shanghai"');
    const { diagnostics } = compileSpec("m.mtl", { readFile: () => zoned });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL1005"]);
  });
});
