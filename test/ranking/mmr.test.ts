/** Gains of mmr: λ·r − (1 − λ)·max similarity, whenever they are asked for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGains } from "../../src/compiler/ranking/index.js";
import type { Similarity } from "../../src/compiler/ranking/list/problem.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { roundGain } from "../../src/compiler/ranking/order/gain.js";

const weight = 0.4;

interface Case {
  readonly similarity: Similarity;
  readonly between: (one: number, other: number) => number;
}

/** Vectors of all directions and lengths; products of them may be negative. */
function vectorCase(count: number): Case {
  const dimension = 5;
  const rows = Float64Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i + count) * (1 + (i % 3)));
  const between = (one: number, other: number): number => {
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += rows[one * dimension + d]! * rows[other * dimension + d]!;
    return sum;
  };
  return { similarity: { kind: "vectors", rows, dimension }, between };
}

/** Each candidate has two keys of eleven. */
function keyCase(count: number): Case {
  const keysOf = (i: number): readonly number[] => [i % 5, 5 + (i % 6)];
  const values = Int32Array.from(Array.from({ length: count }, (_, i) => keysOf(i)).flat());
  const offsets = Int32Array.from({ length: count + 1 }, (_, i) => 2 * i);
  const between = (one: number, other: number): number => {
    if (one === other) return 1;
    const shared = keysOf(one).filter((key) => keysOf(other).includes(key)).length;
    return shared / (4 - shared);
  };
  return { similarity: { kind: "keys", keys: { offsets, values, valueCount: 11 } }, between };
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), candidate: fc.nat() }),
  fc.record({ kind: fc.constant("ask" as const), candidate: fc.nat() }),
  fc.record({ kind: fc.constant("remove" as const) }),
);

describe("gains of mmr", () => {
  it("are those of an empty list after all was taken back, one by one", () => {
    beginScratch();
    const relevance = Float64Array.of(1, 0.5);
    const { similarity } = vectorCase(2);
    const gains = createGains({ name: "variety", kind: "mmr", weight, relevance, similarity, top: 2 }, 2);
    gains.add(0);
    gains.add(1);
    gains.at(0);
    gains.remove();
    gains.remove();
    expect([gains.at(0), gains.at(1)]).toEqual([weight, weight / 2]);
  });

  it.each([
    ["vectors", vectorCase],
    ["keys", keyCase],
  ] as const)("of %s are those of their definition, and never above their bounds", (_, caseOf) => {
    const requests = fc.record({
      count: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 250, max: 600 })),
      steps: fc.array(step, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(requests, ({ count, steps }) => {
        beginScratch();
        const { similarity, between } = caseOf(count);
        const relevance = Float64Array.from({ length: count }, (_, i) => Math.abs(Math.cos(i)));
        const gains = createGains({ name: "variety", kind: "mmr", weight, relevance, similarity, top: count }, count);
        const chosen: number[] = [];
        for (const each of steps) {
          if (each.kind === "remove") {
            if (chosen.pop() !== undefined) gains.remove();
            continue;
          }
          const candidate = each.candidate % count;
          if (each.kind === "ask") {
            const nearest = chosen.length === 0 ? 0 : Math.max(...chosen.map((other) => between(other, candidate)));
            const gain = roundGain(weight * relevance[candidate]! - (1 - weight) * nearest);
            expect(gains.bounds[candidate]).toBeGreaterThanOrEqual(gain);
            expect(gains.at(candidate)).toBe(gain);
          } else if (!chosen.includes(candidate)) {
            gains.add(candidate);
            chosen.push(candidate);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
