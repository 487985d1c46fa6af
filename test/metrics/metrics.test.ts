import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MetricModel } from "../../src/compiler/model/index.js";
import { ascendingOrder, computeMetrics as computeRows, type MetricRows } from "../../src/compiler/metrics/index.js";

interface Fixture {
  readonly name: string;
  readonly predictions: readonly number[];
  readonly targets: readonly number[];
  readonly weights?: readonly number[];
  readonly groups?: readonly number[];
  readonly expected: Readonly<Record<string, number | null>>;
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures.json"), "utf8")) as {
  readonly cases: readonly Fixture[];
};

function inputOf(fixture: Omit<Fixture, "name" | "expected">): GroupedRows {
  return {
    predictions: Float32Array.from(fixture.predictions),
    targets: Float32Array.from(fixture.targets),
    weights: fixture.weights === undefined ? undefined : Float32Array.from(fixture.weights),
    groups: fixture.groups === undefined ? undefined : Int32Array.from(fixture.groups),
  };
}

/** Rows with the codes of one column of groups. */
type GroupedRows = Omit<MetricRows, "groups"> & { readonly groups?: Int32Array | undefined };

function computeMetrics(metrics: readonly MetricModel[], { groups, ...rows }: GroupedRows) {
  return computeRows(metrics, { ...rows, groups: () => groups });
}

/** The value, null where it is undefined. */
function valueOf(metric: MetricModel, input: GroupedRows): number | null {
  const [result] = computeMetrics([metric], input).values.values();
  return typeof result === "number" ? result : null;
}

function valuesOf(names: readonly string[], input: GroupedRows): Readonly<Record<string, number | null>> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name, input)]));
}

describe("scikit-learn agrees", () => {
  it.each(cases.map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
    const names = Object.keys(fixture.expected);
    const values = valuesOf(names, inputOf(fixture));
    for (const name of names) {
      const [found, expected] = [values[name], fixture.expected[name]];
      if (typeof expected !== "number" || typeof found !== "number") expect([name, found]).toEqual([name, expected]);
      else
        expect(Math.abs(found - expected), `${name}: ${found} and ${expected}`).toBeLessThan(
          2e-6 * Math.max(1, Math.abs(expected)),
        );
    }
  });

  it("on every metric of an event", () => {
    const names = new Set(cases.flatMap(({ expected }) => Object.keys(expected)));
    expect([...names].sort()).toEqual([
      "accuracy",
      "auc",
      "calibration",
      "ece",
      "gauc",
      "logloss",
      "mae",
      "pr_auc",
      "rmse",
    ]);
  });
});

const scores = fc.oneof(
  fc.constantFrom(0, -0, 0.25, 0.5, 1, -1, 1e-40, -1e-40),
  fc.float({ noNaN: true }),
  fc.float({ min: 0, max: 1, noNaN: true }),
);
const rows = fc.array(
  fc.record({
    score: scores,
    target: fc.constantFrom(0, 1),
    weight: fc.constantFrom(0, 1, 0.5, 3),
    group: fc.integer({ min: -1, max: 4 }),
  }),
  { maxLength: 60 },
);
const parameters = { seed: 4, numRuns: 300 };

function toInput(
  list: readonly { readonly score: number; readonly target: number; readonly weight: number; readonly group: number }[],
) {
  return {
    predictions: Float32Array.from(list, ({ score }) => score),
    targets: Float32Array.from(list, ({ target }) => target),
    weights: Float32Array.from(list, ({ weight }) => weight),
    groups: Int32Array.from(list, ({ group }) => group),
  };
}

/** All pairs of a positive and a negative, ties counting half. */
function pairwiseAuc({ predictions, targets, weights }: ReturnType<typeof toInput>): number | null {
  let won = 0;
  let pairs = 0;
  for (let i = 0; i < predictions.length; i++)
    for (let j = 0; j < predictions.length; j++) {
      if (targets[i] !== 1 || targets[j] !== 0) continue;
      const weight = (weights[i] ?? 0) * (weights[j] ?? 0);
      const [a, b] = [predictions[i] ?? 0, predictions[j] ?? 0];
      pairs += weight;
      won += a > b ? weight : a === b ? weight / 2 : 0;
    }
  return pairs > 0 ? won / pairs : null;
}

describe("AUC", () => {
  it("is the share of pairs in the right order", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const input = toInput(list);
        const found = valueOf("auc", input);
        const expected = pairwiseAuc(input);
        if (expected === null) expect(found).toBeNull();
        else expect(found).toBeCloseTo(expected, 12);
      }),
      parameters,
    );
  });

  it("is unchanged by a monotone map", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const input = toInput(list);
        // Doubling is exact, so that nothing becomes a tie, and the largest numbers stay away from infinity.
        const mapped = toInput(
          list.map((row) => ({ ...row, score: Math.abs(row.score) > 1e30 ? row.score : row.score * 2 })),
        );
        expect(valueOf("auc", mapped)).toEqual(valueOf("auc", input));
        expect(valueOf("pr_auc", mapped)).toEqual(valueOf("pr_auc", input));
        expect(valueOf("gauc", mapped)).toEqual(valueOf("gauc", input));
      }),
      parameters,
    );
  });

  it("turns over with the scores", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const found = valueOf("auc", toInput(list));
        const turned = valueOf("auc", toInput(list.map((row) => ({ ...row, score: -row.score }))));
        if (typeof found === "number" && typeof turned === "number") expect(found + turned).toBeCloseTo(1, 12);
        else expect(found).toEqual(turned);
      }),
      parameters,
    );
  });

  it("counts a weight as so many rows", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const whole = list.map((row) => ({ ...row, weight: Math.ceil(row.weight) }));
        const repeated = whole.flatMap((row) => Array.from({ length: row.weight }, () => ({ ...row, weight: 1 })));
        for (const name of ["auc", "pr_auc", "gauc", "logloss", "ece", "accuracy", "rmse", "mae"] as const) {
          const clipped = (part: typeof whole) =>
            toInput(part.map((row) => ({ ...row, score: Math.min(1, Math.max(0, row.score)) })));
          const [a, b] = [valueOf(name, clipped(whole)), valueOf(name, clipped(repeated))];
          if (typeof a === "number" && typeof b === "number") expect(a).toBeCloseTo(b, 10);
          else expect([name, a]).toEqual([name, b]);
        }
      }),
      parameters,
    );
  });

  it("of a million rows is computed", () => {
    const count = 1_000_000;
    const predictions = Float32Array.from({ length: count }, (_, i) => ((i * 2654435761) % 4294967296) / 2 ** 32);
    const targets = Float32Array.from({ length: count }, (_, i) => Number((i * 40503) % 65536 < 16384));
    const input = { predictions, targets };
    valueOf("auc", { predictions: predictions.slice(0, 10_000), targets: targets.slice(0, 10_000) });
    expect(valueOf("auc", input)).toBeGreaterThan(0.4);
  });
});

describe("GAUC", () => {
  it("is the mean over groups by their weight, leaving out those of one class", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const input = toInput(list);
        let sum = 0;
        let total = 0;
        for (let group = 0; group <= 4; group++) {
          const part = list.filter((row) => row.group === group);
          if (part.length === 0) continue;
          const value = pairwiseAuc(toInput(part));
          const weight = part.reduce((all, row) => all + row.weight, 0);
          if (value === null) continue;
          sum += weight * value;
          total += weight;
        }
        const found = valueOf("gauc", input);
        if (total === 0) expect(found).toBeNull();
        else expect(found).toBeCloseTo(sum / total, 12);
      }),
      parameters,
    );
  });

  it("of one group is the AUC", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const input = toInput(list.map((row) => ({ ...row, group: 3 })));
        const [found, expected] = [valueOf("gauc", input), valueOf("auc", input)];
        // The mean over one group multiplies by a weight and divides by it again.
        if (typeof found === "number" && typeof expected === "number") expect(found).toBeCloseTo(expected, 12);
        else expect(found).toEqual(expected);
      }),
      parameters,
    );
  });

  it("leaves out rows without a group", () => {
    const input = {
      predictions: Float32Array.of(0.1, 0.9, 0.5, 0.4),
      targets: Float32Array.of(0, 1, 1, 0),
      groups: Int32Array.of(0, 0, 1, -1),
    };
    expect(valueOf("gauc", input)).toBe(1);
  });

  it("needs groups", () => {
    const input = { predictions: new Float32Array(2), targets: new Float32Array(2) };
    expect(computeMetrics(["gauc"], input).values.get("gauc")).toEqual({ undefined: "no row has a group" });
  });
});

describe("what is undefined is null", () => {
  const names = ["auc", "gauc", "logloss", "pr_auc", "calibration", "ece", "accuracy", "rmse", "mae"];
  const none = Object.fromEntries(names.map((name) => [name, null]));

  it("without rows", () => {
    const input = { predictions: new Float32Array(0), targets: new Float32Array(0), groups: new Int32Array(0) };
    expect(valuesOf(names, input)).toEqual(none);
    expect(computeMetrics(names, input).rows).toBe(0);
  });

  it("without weight, whatever the rows hold", () => {
    const input = {
      predictions: Float32Array.of(NaN, 0.5, Infinity),
      targets: Float32Array.of(0, 1, 1),
      weights: new Float32Array(3),
      groups: new Int32Array(3),
    };
    expect(valuesOf(names, input)).toEqual(none);
    expect(computeMetrics(names, input).rows).toBe(0);
  });

  it("with a prediction that is not a number", () => {
    const input = { predictions: Float32Array.of(NaN, 0.5), targets: Float32Array.of(0, 1), groups: new Int32Array(2) };
    expect(valuesOf(names, input)).toEqual(none);
  });

  it("but a row of no weight hurts nobody", () => {
    const input = {
      predictions: Float32Array.of(0.2, NaN, 0.8, NaN),
      targets: Float32Array.of(0, 1, 1, 0),
      weights: Float32Array.of(1, 0, 1, 0),
    };
    expect(valueOf("auc", input)).toBe(1);
    expect(valueOf("pr_auc", input)).toBe(1);
    expect(valueOf("mae", input)).toBeCloseTo(0.2, 6);
    expect(valueOf("ece", input)).toBeCloseTo(0.2, 6);
    expect(computeMetrics(["auc"], input).rows).toBe(2);
  });
});

describe("the order of scores", () => {
  it("is that of a stable sort", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(scores, fc.constantFrom(Infinity, -Infinity))), (list) => {
        const values = Float32Array.from(list);
        const expected = list.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
        // Equal infinities subtract to NaN, which the fallback takes for equal too.
        expect([...ascendingOrder(values)]).toEqual(expected);
      }),
      parameters,
    );
  });
});
