import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { assertValidProgram } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { root } from "./compile.js";
import { createRandom, mutate } from "./mangle.js";

/** What the checker lets pass, the lowering takes: nothing that a user writes is found out there. */
function lower(model: Model | undefined): void {
  if (model === undefined) return;
  const withIds = model.features.filter(({ kind }) => kind !== "numeric");
  const ids = Object.fromEntries(withIds.map(({ name }) => [name, 7]));
  const serving = Object.fromEntries(
    model.features.map(({ name, kind }) => [
      name,
      Array.from({ length: kind === "bag" ? 32 : kind === "sequence" ? 50 : 1 }, () => 0),
    ]),
  );
  assertValidProgram(lowerModel(model, { ids }, { serving }));
}

const specs = ["specs", "test/semantics/specs"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, String(name))),
  )
  .filter((path) => path.endsWith(".mtl"))
  .toSorted();
describe("specs with random mistakes", () => {
  it("never crash the compiler; what is wrong has a place, what is sound a model", () => {
    const random = createRandom(20_240_607);
    let broken = 0;
    let lowered = 0;
    for (let i = 0; i < 1500; i++) {
      const path = specs[i % specs.length] ?? "";
      const text = mutate(readFileSync(path, "utf8"), random);
      const name = relative(root, path);
      const result = compileSpec(name, {
        readFile: (file) => {
          if (file === name) return text;
          try {
            return readFileSync(join(root, file), "utf8");
          } catch {
            return undefined;
          }
        },
      });
      const errors = result.diagnostics.filter(({ severity }) => severity === "error");
      if (errors.length > 0) broken += 1;
      expect(result.model === undefined || errors.length === 0, text).toBe(true);
      if (result.model !== undefined && result.model.loss.terms.length > 0) {
        lowered += 1;
        expect(() => lower(result.model), text).not.toThrow();
      }
      for (const { span, message } of result.diagnostics) {
        const source = result.sources.get(span.file);
        expect(source, message).toBeDefined();
        expect(span.start >= 0 && span.start <= span.end && span.end <= (source?.text.length ?? 0), message).toBe(true);
        expect(message, text).not.toMatch(/undefined|NaN|\[object/);
      }
      const places = errors
        .filter(({ code }) => !code.startsWith("MTL1"))
        .map(({ span }) => `${span.file}:${span.start}-${span.end}`);
      expect(
        new Set(places).size,
        `two errors at one place:\n${text}\n${errors.map((each) => each.message).join("\n")}`,
      ).toBe(places.length);
    }
    expect(broken).toBeGreaterThan(600);
    expect(lowered).toBeGreaterThan(30);
  });

  it("that leave a spec sound leave it fit for the lowering", () => {
    const random = createRandom(7);
    const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
    const sound = specs.filter((each) => !each.endsWith("fail.mtl"));
    const numbers = ["0", "1", "2", "3", "5", "16", "0.5", "1.5", "-1", "100"];
    let lowered = 0;
    for (let i = 0; i < 700; i++) {
      const path = sound[i % sound.length] ?? "";
      const name = relative(root, path);
      const original = readFileSync(path, "utf8");
      // One number for another, or one name for another: what still parses, and often still makes sense.
      const places = [...original.matchAll(random() < 0.4 ? /(?<![\w.])\d+(?:\.\d+)?(?![\w.])/g : /[A-Za-z_]\w*/g)];
      const place = pick(places);
      const isNumber = /^\d/.test(place?.[0] ?? "");
      const word = isNumber ? pick(numbers) : pick(places)?.[0];
      if (place === undefined || word === undefined) continue;
      const text = original.slice(0, place.index) + word + original.slice(place.index + place[0].length);
      const { model } = compileSpec(name, {
        readFile: (file) => {
          if (file === name) return text;
          try {
            return readFileSync(join(root, file), "utf8");
          } catch {
            return undefined;
          }
        },
      });
      if (model === undefined || model.loss.terms.length === 0) continue;
      lowered += 1;
      expect(() => lower(model), `${name}: ${place[0]} → ${word}\n${text}`).not.toThrow();
    }
    expect(lowered).toBeGreaterThan(100);
  });
});
