/** First values that the addon draws: bit by bit those of the compiler, whatever part of a stream they are. */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { drawNormal, type NormalDraw } from "../../src/compiler/graph/initialize.js";
import { createPhilox } from "../../src/compiler/graph/philox.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { fastDraws } from "../../src/runtime/engine/fused/draws.js";
import { keepAddon, loadedAddon } from "../../src/runtime/engine/fused/steps-addon.js";
import { fusedMissing } from "./engines.js";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const draws: fc.Arbitrary<NormalDraw> = fc
  .record({
    key: fc.tuple(word, word),
    upper: fc.tuple(word, word, word),
    start: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 34 })),
    center: fc.double({ min: -2, max: 2, noNaN: true }),
    scale: fc.double({ min: 0, max: 3, noNaN: true }),
    low: fc.constantFrom(0, 0.02275013194817921, 0.3),
    span: fc.constantFrom(1, 1 - 2 * 0.02275013194817921, 0.4),
  })
  .map((draw) => (draw.low + draw.span > 1 ? { ...draw, low: 0 } : draw));

describe.skipIf(fusedMissing !== undefined)("normal numbers of the addon", () => {
  afterEach(() => keepAddon(undefined));

  it("are those of the compiler, from any number of a stream on", () => {
    loadStepsAddon();
    const draw = fastDraws();
    expect(draw).not.toBe(drawNormal);
    fc.assert(
      fc.property(draws, fc.integer({ min: 0, max: 300 }), (settings, size) => {
        const [made, wanted] = [new Float32Array(size), new Float32Array(size)];
        draw(made, settings);
        drawNormal(wanted, settings);
        expect(made).toEqual(wanted);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it("are those of the compiler over more than one thread takes", () => {
    loadStepsAddon();
    const settings = {
      key: [1, 2],
      upper: [0, 3, 4],
      start: 5,
      center: 0,
      scale: 0.05,
      low: 0.02275013194817921,
      span: 0.9544997361036416,
    } as const;
    const [made, wanted] = [new Float32Array(400_001), new Float32Array(400_001)];
    fastDraws()(made, settings);
    drawNormal(wanted, settings);
    expect(made.findIndex((value, at) => value !== wanted[at])).toBe(-1);
  });

  it("are those of the compiler where the addon leaves one to it", () => {
    const found = loadStepsAddon();
    if (found === undefined) throw new Error("there is no addon");
    const settings = { key: [1, 2], upper: [0, 3, 4], start: 0, center: 0, scale: 1, low: 0, span: 1 } as const;
    const { words, block } = createPhilox(settings.key, settings.upper);
    block(2);
    const place = 9;
    const drawn: typeof found.addon.drawNormal = (numbers, given, threads) => {
      const unsure = found.addon.drawNormal(numbers, given, threads);
      // The check of an addon draws another stream.
      if (given[0] !== settings.key[0]) return unsure;
      numbers[place] = NaN;
      return Uint32Array.of(place, words[place % 4] ?? 0);
    };
    keepAddon({ ...found, addon: { ...found.addon, drawNormal: drawn } });
    const [made, wanted] = [new Float32Array(20), new Float32Array(20)];
    fastDraws()(made, settings);
    drawNormal(wanted, settings);
    expect(made).toEqual(wanted);
  });

  it("are drawn by JavaScript where no addon is loaded, or where one gives others", () => {
    expect(fastDraws()).toBe(drawNormal);
    const found = loadStepsAddon();
    if (found === undefined) throw new Error("there is no addon");
    const wrong = { ...found.addon, drawNormal: (numbers: Float32Array) => (numbers.fill(1), new Uint32Array(0)) };
    keepAddon({ ...found, addon: wrong });
    expect(loadedAddon()?.addon).toBe(wrong);
    expect(fastDraws()).toBe(drawNormal);
  });
});
