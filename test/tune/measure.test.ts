import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  createLogRows,
  createRanking,
  isProblem,
  type LogRows,
  measureObjective,
  type Objective,
  orderByRequest,
  parseGuard,
  parseObjective,
} from "../../src/runtime/tune/index.js";
import { ascendingOrderOfDoubles, computeMetrics } from "../../src/compiler/metrics/index.js";

const { measures } = JSON.parse(readFileSync(new URL("./fixtures/fits.json", import.meta.url), "utf8")) as unknown as {
  readonly measures: readonly {
    scores: readonly (readonly number[])[];
    gains: readonly (readonly number[])[];
    top: number | null;
    ndcg: number;
    gauc: number;
    auc: number;
  }[];
};

function objective(text: string): Objective {
  const parsed = parseObjective(text);
  if (isProblem(parsed)) throw new Error(parsed.problem);
  return parsed;
}

/** Requests of equal length, one user each. */
function rowsOf(requests: number, items: number): LogRows {
  const numbers = Int32Array.from({ length: requests * items }, (_, i) => Math.floor(i / items));
  return createLogRows(numbers, numbers, requests);
}

const column = (values: readonly number[]): (() => { numbers: Float64Array; codes: Int32Array }) => {
  const found = { numbers: Float64Array.from(values), codes: Int32Array.from(values) };
  return () => found;
};

describe("measures", () => {
  it("are scikit-learn's", () => {
    for (const { scores, gains, top, ndcg, gauc, auc } of measures) {
      const log = rowsOf(scores.length, scores[0]?.length ?? 0);
      const ranking = createRanking(log, Float64Array.from(scores.flat()));
      const context = { log, column: column(gains.flat()) };
      const place = top === null ? "" : `@${top}`;
      expect(measureObjective(objective(`ndcg${place}(y)`), () => ({ context, ranking })).value).toBeCloseTo(ndcg, 12);
      expect(measureObjective(objective("gauc(y)"), () => ({ context, ranking })).value).toBeCloseTo(gauc, 12);
      expect(measureObjective(objective("auc(y)"), () => ({ context, ranking })).value).toBeCloseTo(auc, 12);
    }
  });

  it.each(["map", "mrr", "ndcg", "precision", "recall", "hit_rate"])("%s is that of an evaluation", (name) => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.constantFrom(0, 1)), {
      minLength: 1,
      maxLength: 24,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (list, at) => {
        // Scores that differ: a list of the log has no ties.
        const scores = list.map(([score], i) => score + i / 100);
        const requests = Int32Array.from(list, (_, i) => Math.floor(i / 5));
        const log = createLogRows(requests, requests, 5);
        const targets = list.map(([, target]) => target);
        const context = { log, column: column(targets) };
        const ranking = createRanking(log, Float64Array.from(scores));
        const wanted = computeMetrics([{ name, arguments: { at } }], {
          predictions: Float32Array.from(scores),
          targets: Float32Array.from(targets),
          groups: () => requests,
        }).values.get(`${name}(at: ${at})`);
        for (const text of [`${name}@${at}(y)`, `${name}(y, at: ${at})`])
          expect(measureObjective(objective(text), () => ({ context, ranking })).value).toBeCloseTo(
            typeof wanted === "number" ? wanted : 0,
            12,
          );
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("of a list that leaves rows out know the rows that it could have had", () => {
    const log = rowsOf(1, 4);
    const lists = { rows: Int32Array.of(1, 0), starts: Int32Array.of(0, 2) };
    const ranking = createRanking(log, Float64Array.from([4, 3, 2, 1]), lists);
    const context = { log, column: column([1, 0, 1, 1]) };
    const value = (text: string): number => measureObjective(objective(text), () => ({ context, ranking })).value;
    expect(value("recall@4(y)")).toBeCloseTo(1 / 3, 12);
    expect(value("mrr(y)")).toBe(0.5);
    expect(value("ndcg@2(y)")).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
    expect(value("ndcg(y, gain: exponential, at: 2)")).toBeCloseTo(value("ndcg@2(y)"), 12);
  });

  it("count the first places of each list", () => {
    const log = rowsOf(2, 3);
    const ranking = createRanking(log, Float64Array.from([1, 3, 2, 9, 8, 7]));
    const context = { log, column: column([5, 1, 1, 4, 4, 4]) };
    expect(measureObjective(objective("mean@2(y)"), () => ({ context, ranking })).value).toBe((1 + 4) / 2);
    expect(measureObjective(objective("distinct@3(y)"), () => ({ context, ranking })).value).toBe((2 + 1) / 2);
    expect(measureObjective(objective("2 * mean@1(y) - distinct(y)"), () => ({ context, ranking })).value).toBe(
      2 * 2.5 - 1.5,
    );
  });

  it("do not see the order of the log among equal scores", () => {
    const log = rowsOf(400, 2);
    const first = { log, column: column(Array.from({ length: 800 }, (_, i) => Number(i % 2 === 0))) };
    const ranking = createRanking(log, new Float64Array(800));
    const value = measureObjective(objective("mean@1(y)"), () => ({ context: first, ranking })).value;
    expect(value).toBeGreaterThan(0.4);
    expect(value).toBeLessThan(0.6);
    expect(measureObjective(objective("gauc(y)"), () => ({ context: first, ranking })).value).toBe(0.5);
  });

  it("resampled with every user once are themselves", () => {
    for (const text of ["auc(y)", "gauc(y)", "ndcg@2(y)", "mean@2(y)", "distinct(y)", "snips(y)", "ips(y)"]) {
      const log = rowsOf(4, 3);
      const ranking = createRanking(log, Float64Array.from([1, 3, 2, 9, 8, 7, 1, 2, 0, 0.5, 4, 2]));
      const context = { log, column: column([1, 0, 2, 0, 0, 3, 1, 0, 0, 0, 1, 1]) };
      const { value, resample } = measureObjective(objective(text), () => ({ context, ranking }));
      expect(resample(new Float64Array(4).fill(1))).toBeCloseTo(value, 14);
      expect(resample(Float64Array.from([4, 0, 0, 0]))).not.toBe(value);
    }
  });

  it("weight requests of an off-policy estimate", () => {
    const log = rowsOf(2, 2);
    const ranking = createRanking(log, new Float64Array(4));
    const context = { log, column: column([1, 2, 5, 5]), policyWeights: Float64Array.from([2, 0.5]) };
    expect(measureObjective(objective("ips(y)"), () => ({ context, ranking })).value).toBe((2 * 3 + 0.5 * 10) / 2);
    expect(measureObjective(objective("snips(y)"), () => ({ context, ranking })).value).toBe((2 * 3 + 0.5 * 10) / 2.5);
  });
});

describe("objectives", () => {
  it("are sums of weighted measures", () => {
    expect(objective('0.7*gauc(click) + 0.3 * ndcg@10("order value") - mean@5(is_new)').terms).toEqual([
      { weight: 0.7, measure: { kind: "gauc", column: "click" } },
      {
        weight: 0.3,
        measure: { kind: "metric", metric: { name: "ndcg", arguments: { at: 10 } }, column: "order value" },
      },
      { weight: -1, measure: { kind: "mean", column: "is_new", top: 5 } },
    ]);
    const guard = parseGuard("mean@10(is_new) >= 0.1");
    expect(guard).toMatchObject({ operator: ">=", bound: 0.1 });
  });

  it.each([
    [
      "gau(click)",
      "a measure is expected here: `auc`, `gauc`, `precision`, `recall`, `ndcg`, `map`, `mrr`, `hit_rate`, `mean`, `distinct`, `snips`, `ips`; did you mean `gauc`?",
    ],
    ["gauc@5(click)", "`gauc` looks at whole requests: `@` belongs to measures of lists"],
    ["ndcg@0(click)", "a number of positions from 1 should follow `@`"],
    ["ndcg(click", "`)` should follow the column"],
    ["ndcg(click, top: 3)", "`ndcg` takes `at: …` or `gain: …` here"],
    ["ndcg(click, at: 0.5)", "`at` is a whole number ≥ 1"],
    ["ndcg(click, gain: big)", "`gain` is `linear` or `exponential`"],
    ["ndcg@3(click, at: 3)", "`at` is given twice"],
    ["recall(click)", "`recall` needs a number of positions: `recall@10(click)`"],
    ["hit_rate(click)", "`hit_rate` needs a number of positions: `hit_rate@10(click)`"],
    ["gauc(click, at: 3)", "`)` should follow the column"],
    ["ndcg()", "a column of the log is expected here"],
    ["0.3 gauc(x)", "`*` and a measure should follow the weight"],
    ["gauc(x) gauc(y)", "`+` or the end is expected here"],
    [
      "",
      "a measure is expected here: `auc`, `gauc`, `precision`, `recall`, `ndcg`, `map`, `mrr`, `hit_rate`, `mean`, `distinct`, `snips`, `ips`",
    ],
  ])("say what is wrong with `%s`", (text, problem) => {
    expect(parseObjective(text)).toMatchObject({ problem });
  });

  it.each([
    ["mean@10(is_new)", "`>=` or `<=` is expected here"],
    ["mean@10(is_new) >= many", "a number is expected here"],
    ["mean@10(is_new) >= 1 %", "nothing should follow the bound"],
  ])("say what is wrong with the guard `%s`", (text, problem) => {
    expect(parseGuard(text)).toMatchObject({ problem });
  });
});

describe("orders", () => {
  it("of doubles are those of a comparison", () => {
    const double = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, Infinity, -Infinity, 1e-320, -1e-320));
    fc.assert(
      fc.property(fc.array(double, { maxLength: 60 }), (values) => {
        const expected = values
          .map((_, i) => i)
          .sort((a, b) => {
            const [x, y] = [values[a] as number, values[b] as number];
            return x < y ? -1 : x > y ? 1 : a - b;
          });
        expect([...ascendingOrderOfDoubles(Float64Array.from(values))]).toEqual(expected);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("put rows of a request side by side", () => {
    expect([...orderByRequest(Int32Array.from([0, 1, 0, 2, 1]), 3)]).toEqual([0, 2, 1, 4, 3]);
    const log = createLogRows(Int32Array.from([4, 4, 1, 1, 1]), Int32Array.from([0, 0, 1, 1, 1]), 2);
    expect([...log.starts]).toEqual([0, 2, 5]);
    expect([...log.requests]).toEqual([0, 0, 1, 1, 1]);
  });
});
