import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExplainer, rankCandidates } from "../../src/compiler/ranking/index.js";
import type { CaseCandidate, CaseRule, RulesCase } from "../conformance/rules-case.js";
import { planCase, runOnEngine } from "../conformance/rules-engine.js";

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const condition = some<NonNullable<CaseRule["when"]>>([
  ["quality", "<", 0.5],
  ["brand", "==", "a"],
  ["category", "==", "x"],
  ["fresh", "==", true],
]);
const priority = some<NonNullable<CaseRule["priority"]>>([{ hard: "shorten" }, { hard: "relax" }, { soft: 1 }]);

const rule = fc.oneof(
  fc.record({
    verb: fc.constant("spread" as const),
    most: fc.integer({ min: 1, max: 2 }),
    window: fc.integer({ min: 3, max: 5 }),
    key: some([["brand"], ["category"]]),
    priority,
  }),
  fc.record({
    verb: fc.constant("explore" as const),
    when: condition,
    least: fc.integer({ min: 1, max: 2 }),
    top: fc.integer({ min: 3, max: 6 }),
    priority,
  }),
  fc.record({ verb: fc.constant("pin" as const), when: condition, position: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    verb: some(["mmr", "dpp"] as const),
    of: fc.constant("brand"),
    measure: fc.constant("equal" as const),
    weight: some([0.3, 0.8]),
  }),
  fc.record({ verb: fc.constant("suppress" as const), when: condition, by: some<number | "last">([0.1, "last"]) }),
  fc.record({ verb: fc.constant("cap" as const), key: some([["brand"]]) }),
);

const candidate = fc.record({
  score: fc.integer({ min: 1, max: 40 }).map((score) => score / 8),
  brand: some(["a", "b", "c"]),
  category: some(["x", "y", "z"]),
  quality: some([0.1, 0.9]),
  fresh: fc.boolean(),
});

const cases: fc.Arbitrary<RulesCase> = fc.record({
  name: fc.constant("random"),
  now: fc.constant(100),
  top: fc.integer({ min: 2, max: 8 }),
  rules: fc
    .array(rule, { minLength: 1, maxLength: 4 })
    .map((rules) => rules.map((each, i): CaseRule => ({ ...each, name: `r${i}` }) as CaseRule)),
  candidates: fc
    .array(candidate, { minLength: 2, maxLength: 10 })
    .map((all) => all.map((each, i) => ({ ...each, id: `i${i}` }) as CaseCandidate)),
  permits: fc.constant({ r0: { '["a"]': 1 }, r1: { '["b"]': 1 } }),
  expect: fc.constant({ list: [], scores: [], relaxed: [] }),
});

const positionOf = (list: Int32Array, row: number): number => {
  const at = list.indexOf(row);
  return at < 0 ? Infinity : at;
};

describe("what an explanation names", () => {
  it("is what it says: without the rules named, the position is another, and on that side", () => {
    let claims = 0;
    fc.assert(
      fc.property(cases, (test) => {
        const { plan, input } = planCase(test);
        const outcome = rankCandidates(plan, input);
        const explain = createExplainer(plan, input, outcome);
        const listWithout = (names: readonly string[]): Int32Array =>
          runOnEngine({ ...test, rules: test.rules.filter(({ name }) => !names.includes(name)) }).list;
        for (const row of test.candidates.keys()) {
          const { heldBackBy, liftedBy } = explain(row);
          const position = positionOf(outcome.list, row);
          if (heldBackBy.length > 0) expect(positionOf(listWithout(heldBackBy), row)).toBeLessThan(position);
          if (liftedBy.length > 0) expect(positionOf(listWithout(liftedBy), row)).toBeGreaterThan(position);
          claims += Math.min(1, heldBackBy.length) + Math.min(1, liftedBy.length);
        }
      }),
      { numRuns: 1500, seed: 7 },
    );
    expect(claims).toBeGreaterThan(1000);
  });

  it("is nothing for an item of a quota that is there anyway", () => {
    const test: RulesCase = {
      name: "explain",
      now: 0,
      top: 4,
      rules: [
        { verb: "spread", name: "brands", most: 1, window: 3, key: ["brand"], priority: { hard: "shorten" } },
        { verb: "explore", name: "news", when: ["fresh", "==", true], least: 1, top: 4, priority: { hard: "shorten" } },
      ],
      candidates: [
        { id: "a1", score: 8, brand: "p", fresh: false },
        { id: "a2", score: 7, brand: "p", fresh: false },
        { id: "n", score: 1, brand: "q", fresh: true },
        { id: "z", score: 0.5, brand: "r", fresh: false },
      ],
      expect: { list: [], scores: [], relaxed: [] },
    };
    const { plan, input } = planCase(test);
    const explain = createExplainer(plan, input, rankCandidates(plan, input));
    expect(explain(2)).toMatchObject({ position: 2, heldBackBy: [], liftedBy: [] });
    expect(explain(1)).toMatchObject({ position: 4, heldBackBy: ["brands"] });
  });
});
