import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExplainer, drawUniform, rankCandidates } from "../../src/compiler/ranking/index.js";
import type { CaseCandidate, CaseRule, RulesCase } from "../conformance/rules-case.js";
import { planCase, runOnEngine } from "../conformance/rules-engine.js";

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const condition = some<NonNullable<CaseRule["when"]>>([
  ["quality", "<", 0.3],
  ["quality", ">", 0.5],
  ["brand", "==", "a"],
  ["fresh", "==", true],
  ["tags", "in", "p"],
]);
const priority = some<NonNullable<CaseRule["priority"]>>([
  { hard: "shorten" },
  { hard: "relax" },
  { soft: 1 },
  { soft: 2 },
]);
const during = fc.option(
  some<readonly [number, number]>([
    [0, 100],
    [100, 200],
  ]),
  { nil: undefined },
);

const rule = fc.oneof(
  fc.record({ verb: fc.constant("drop" as const), when: condition }),
  fc.record({ verb: fc.constant("boost" as const), when: condition, by: some([0.5, 2, 30]), during }),
  fc.record({ verb: fc.constant("suppress" as const), when: condition, by: some<number | "last">([0.1, "last"]) }),
  fc.record({
    verb: fc.constant("spread" as const),
    most: fc.integer({ min: 1, max: 2 }),
    window: fc.integer({ min: 3, max: 6 }),
    key: some([["brand"], ["category"], ["tags"], ["brand", "category"]]),
    priority,
  }),
  fc.record({
    verb: fc.constant("explore" as const),
    when: condition,
    least: fc.integer({ min: 1, max: 4 }),
    top: fc.integer({ min: 4, max: 12 }),
    priority,
  }),
  fc.record({ verb: fc.constant("pin" as const), when: condition, position: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ verb: fc.constant("cap" as const), key: some([["brand"], ["tags"]]) }),
  fc.record({
    verb: fc.constant("mmr" as const),
    of: fc.constant("brand"),
    measure: fc.constant("equal" as const),
    weight: some([0.3, 0.8]),
  }),
);

const candidate = fc.record(
  {
    score: fc.oneof(some([0.5, 0.25]), fc.double({ min: 1e-6, max: 10, noNaN: true })),
    brand: some(["a", "b", "c", "d", "e"]),
    category: some(["x", "y", "z"]),
    tags: some([["p"], ["p", "q"], ["r"]]),
    quality: some([0.1, 0.4, 0.9]),
    fresh: fc.boolean(),
  },
  { requiredKeys: ["score"] },
);

const cases: fc.Arbitrary<RulesCase> = fc.record({
  name: fc.constant("random"),
  now: fc.constant(100),
  top: fc.integer({ min: 1, max: 15 }),
  rules: fc
    .array(rule, { maxLength: 5 })
    .map((rules) => rules.map((each, i): CaseRule => ({ ...each, name: `r${i}` }) as CaseRule)),
  candidates: fc
    .array(candidate, { minLength: 1, maxLength: 30 })
    .map((all) => all.map((each, i) => ({ ...each, id: `i${i}` }) as CaseCandidate)),
  tail: fc.array(fc.record({ brand: some(["a", "b"]), category: some(["x", "y"]), tags: fc.constant(["p"]) }), {
    maxLength: 4,
  }),
  permits: fc.constant({ r0: { '["a"]': 1, '["p"]': 2 }, r1: { '["b"]': 0, '["r"]': 1 } }),
  expect: fc.constant({ list: [], scores: [], relaxed: [] }),
});

const runs = { numRuns: 800 };

describe("what holds for every ranked request", () => {
  it("the order of the candidates does not matter", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (test, seed) => {
        const listed = (each: RulesCase): unknown => {
          const outcome = runOnEngine(each);
          return [[...outcome.list].map((row) => each.candidates[row]?.id), outcome.relaxed];
        };
        const shuffled = test.candidates.toSorted((a, b) => drawUniform(seed, a.id) - drawUniform(seed, b.id));
        expect(listed({ ...test, candidates: shuffled })).toEqual(listed(test));
      }),
      { ...runs, seed: 1 },
    );
  });

  it("hard windows hold over the page before and the list", () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { list } = runOnEngine(test);
        const row = [...(test.tail ?? []), ...[...list].map((each) => test.candidates[each])];
        for (const { verb, most = 0, window = 0, key = [], priority: strength } of test.rules) {
          if (verb !== "spread" || JSON.stringify(strength) !== '{"hard":"shorten"}') continue;
          const keys = row.map((each) => {
            const parts = key.map((name) => [each?.[name] ?? []].flat());
            return parts.reduce<string[]>(
              (all, part) => all.flatMap((a) => part.map((b) => `${a}|${String(b)}`)),
              [""],
            );
          });
          for (let end = test.tail?.length ?? 0; end < row.length; end++)
            for (const value of keys[end] ?? []) {
              const near = keys.slice(Math.max(0, end - window + 1), end + 1).filter((own) => own.includes(value));
              expect(near.length).toBeLessThanOrEqual(most);
            }
        }
      }),
      { ...runs, seed: 2 },
    );
  });

  it("no candidate that is put last is above one that is not", () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { list, factors } = runOnEngine(test);
        const flags = [...list].map((row) => factors.last?.[row] ?? 0);
        expect(flags).toEqual([...flags].sort());
      }),
      { ...runs, seed: 3 },
    );
  });

  it("a quota is met when it can be", () => {
    fc.assert(
      fc.property(cases, (test) => {
        const rules = test.rules.filter(({ verb }) => !["spread", "pin", "cap", "mmr"].includes(verb));
        const first = rules.findIndex(({ verb }) => verb === "explore");
        const single = rules.filter(({ verb }, i) => verb !== "explore" || i === first);
        const { list, masks, factors, order, relaxed } = runOnEngine({ ...test, rules: single, tail: [] });
        const { least = 0, top = 0 } = rules[first] ?? {};
        const at = single.findIndex(({ verb }) => verb === "explore");
        const isMember = (row: number): boolean => masks[at]?.[row] === 1 && factors.suppressed[row] === 0;
        const there = [...order].filter(isMember).length;
        // Members that all candidates without the flag `last` leave room for.
        const shown = [...list.subarray(0, top)].filter(isMember).length;
        expect(shown).toBeGreaterThanOrEqual(Math.min(least, there, top, list.length));
        expect(relaxed).toEqual([]);
      }),
      { ...runs, seed: 4 },
    );
  });

  it("explanations multiply to the score, and say what became of every candidate", () => {
    fc.assert(
      fc.property(cases, (test) => {
        const { plan, input } = planCase(test);
        const outcome = rankCandidates(plan, input);
        const explain = createExplainer(plan, input, outcome);
        for (const row of test.candidates.keys()) {
          const explained = explain(row);
          const { formulaScore, score, steps } = explained;
          if (score > 0) {
            const sum = steps.reduce((all, { factor }) => all + Math.log(factor), Math.log(formulaScore));
            expect(Math.abs(sum - Math.log(score))).toBeLessThan(1e-9);
          }
          expect(steps.at(-1)?.after ?? formulaScore).toBe(score);
          steps.forEach(({ before }, i) => expect(before).toBe(steps[i - 1]?.after ?? formulaScore));
          expect(explained.removedBy === undefined).toBe(explained.scorePosition !== undefined);
          const { position, scorePosition = 0, heldBackBy } = explained;
          if (position !== undefined && position > scorePosition) expect(heldBackBy).not.toEqual([]);
        }
      }),
      { ...runs, seed: 5 },
    );
  });

  it("candidates without a finite score are nonFinite and come last", () => {
    const { list, nonFinite, scores } = runOnEngine({
      name: "not finite",
      now: 0,
      top: 4,
      rules: [{ verb: "boost", name: "all", when: ["brand", "==", "a"], by: 2 }],
      candidates: [Number.NaN, 1, Infinity, 2].map((score, i) => ({ id: `i${i}`, score, brand: "a" })),
      expect: { list: [], scores: [], relaxed: [] },
    });
    expect([...list]).toEqual([3, 1, 0, 2]);
    expect(nonFinite).toEqual([0, 2]);
    expect([...scores]).toEqual([-Infinity, 2, -Infinity, 4]);
  });
});
