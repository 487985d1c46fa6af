import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeMetrics, metricText } from "../../src/compiler/metrics/index.js";
import type { MetricModel } from "../../src/compiler/model/index.js";

/** Metrics of single rows and of pairs of all rows, against their definitions in plain loops. */
interface Row {
  readonly p: number;
  readonly y: number;
  readonly w: number;
}

function valueOf(metric: MetricModel, rows: readonly Row[]): number | undefined {
  const result = computeMetrics([metric], {
    predictions: Float32Array.from(rows, ({ p }) => p),
    targets: Float32Array.from(rows, ({ y }) => y),
    weights: Float32Array.from(rows, ({ w }) => w),
  }).values.get(metricText(metric));
  return typeof result === "number" ? result : undefined;
}

const weights = fc.constantFrom(0, 1, 2, 0.5);
const events = fc.array(
  fc.record({ p: fc.constantFrom(0.125, 0.25, 0.375, 0.5, 0.75, 0.875), y: fc.constantFrom(0, 1), w: weights }),
  { maxLength: 30 },
);
const amounts = fc.array(
  fc.record({ p: fc.constantFrom(0, 0.5, 1, 2, 3, 7), y: fc.constantFrom(0, 0.5, 1, 2, 8), w: weights }),
  { maxLength: 30 },
);
const parameters = { seed: 5, numRuns: 200 };
const sum = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + row.w * of(row), 0);

function expectClose(found: number | undefined, wanted: number): void {
  if (found === undefined || !Number.isFinite(wanted))
    expect([found, Number.isFinite(wanted)]).toEqual([undefined, false]);
  else expect(found).toBeCloseTo(wanted, 10);
}

function holds(name: MetricModel, data: fc.Arbitrary<Row[]>, definition: (rows: readonly Row[]) => number): void {
  fc.assert(
    fc.property(data, (rows) => expectClose(valueOf(name, rows), definition(rows))),
    parameters,
  );
}

const hits = (rows: readonly Row[], at: number): number => sum(rows, ({ p, y }) => Number(p >= at && y === 1));
const said = (rows: readonly Row[], at: number): number => sum(rows, ({ p }) => Number(p >= at));
const positives = (rows: readonly Row[]): number => sum(rows, ({ y }) => y);
const f1 = (rows: readonly Row[], at: number): number => {
  if (positives(rows) === 0) return NaN;
  const precision = hits(rows, at) / said(rows, at);
  const recall = hits(rows, at) / positives(rows);
  return hits(rows, at) === 0 ? 0 : 2 / (1 / precision + 1 / recall);
};

describe("at a threshold", () => {
  it.each([0.25, 0.5, 0.6])("of %d, which itself says yes", (above) => {
    holds({ name: "precision", arguments: { above } }, events, (rows) => hits(rows, above) / said(rows, above));
    holds({ name: "recall", arguments: { above } }, events, (rows) => hits(rows, above) / positives(rows));
    holds({ name: "f1", arguments: { above } }, events, (rows) => f1(rows, above));
    holds({ name: "accuracy", arguments: { above } }, events, (rows) => {
      return sum(rows, ({ p, y }) => Number(p >= above === (y === 1))) / sum(rows, () => 1);
    });
  });

  it("max_f1 is the best of all thresholds", () => {
    holds("max_f1", events, (rows) => {
      if (positives(rows) === 0) return NaN;
      return Math.max(...rows.filter(({ w }) => w > 0).map(({ p }) => f1(rows, p)));
    });
  });
});

describe("of probabilities", () => {
  it("normalized_entropy is the log loss over that of the mean rate", () => {
    holds("normalized_entropy", events, (rows) => {
      const rate = positives(rows) / sum(rows, () => 1);
      const loss = (q: (row: Row) => number): number =>
        -sum(rows, (row) => (row.y === 1 ? Math.log(q(row)) : Math.log(1 - q(row))));
      return rate > 0 && rate < 1 ? loss(({ p }) => p) / loss(() => rate) : NaN;
    });
  });

  it("normalized_entropy of the mean rate is 1", () => {
    const rows = [0, 0, 0, 1].map((y) => ({ p: 0.25, y, w: 1 }));
    expect(valueOf("normalized_entropy", rows)).toBeCloseTo(1, 12);
  });

  it.each([1, 4, 15])("ece of %d bins", (bins) => {
    holds({ name: "ece", arguments: { bins } }, events, (rows) => {
      const error = Array.from({ length: bins }, (_, bin) =>
        Math.abs(sum(rows, ({ p, y }) => (Math.floor(p * bins) === bin ? p - y : 0))),
      );
      return error.reduce((total, each) => total + each, 0) / sum(rows, () => 1);
    });
  });
});

describe("of amounts", () => {
  it("mape leaves out rows whose amount is 0", () => {
    holds("mape", amounts, (rows) => {
      const counted = rows.filter(({ y }) => y !== 0);
      return sum(counted, ({ p, y }) => Math.abs(p - y) / y) / sum(counted, () => 1);
    });
  });

  it.each([0.1, 0.5, 0.9])("quantile_loss at %d", (q) => {
    holds({ name: "quantile_loss", arguments: { q } }, amounts, (rows) => {
      return sum(rows, ({ p, y }) => (y >= p ? q * (y - p) : (1 - q) * (p - y))) / sum(rows, () => 1);
    });
  });

  it("quantile_loss at 0.5 is half the mean absolute error", () => {
    holds({ name: "quantile_loss", arguments: { q: 0.5 } }, amounts, (rows) => (valueOf("mae", rows) ?? NaN) / 2);
  });

  it("calibration is predicted over observed", () => {
    holds("calibration", amounts, (rows) => {
      return positives(rows) === 0 ? NaN : sum(rows, ({ p }) => p) / positives(rows);
    });
  });

  it("xauc is the share of pairs of different amounts in the right order", () => {
    holds("xauc", amounts, (rows) => {
      let right = 0;
      let pairs = 0;
      for (const a of rows)
        for (const b of rows) {
          if (!(a.y > b.y)) continue;
          pairs += a.w * b.w;
          right += a.w * b.w * (a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0);
        }
      return right / pairs;
    });
  });

  it("spearman is the correlation of mean ranks, a weight counting as so many rows", () => {
    const whole = amounts.map((rows) => rows.map((row) => ({ ...row, w: Math.ceil(row.w) })));
    holds("spearman", whole, (rows) => {
      const copies = rows.flatMap((row) => Array.from({ length: row.w }, () => row));
      const rank = (of: (row: Row) => number): readonly number[] =>
        copies.map((row) => {
          const below = copies.filter((other) => of(other) < of(row)).length;
          return below + (1 + copies.filter((other) => of(other) === of(row)).length) / 2;
        });
      const [a, b] = [rank(({ p }) => p), rank(({ y }) => y)];
      const mean = (copies.length + 1) / 2;
      const product = (x: readonly number[], y: readonly number[]): number =>
        x.reduce((total, each, i) => total + (each - mean) * ((y[i] ?? 0) - mean), 0);
      return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    });
  });
});

describe("a weight", () => {
  const whole = (data: fc.Arbitrary<Row[]>): fc.Arbitrary<Row[]> =>
    data.map((rows) => rows.map((row) => ({ ...row, w: Math.ceil(row.w) })));
  const copied = (rows: readonly Row[]): readonly Row[] =>
    rows.flatMap((row) => Array.from({ length: row.w }, () => ({ ...row, w: 1 })));

  it.each(["normalized_entropy", "f1", "max_f1", "auc", "pr_auc"])("counts as so many rows in %s", (name) => {
    holds(name, whole(events), (rows) => valueOf(name, copied(rows)) ?? NaN);
  });

  it.each(["mape", "xauc", "spearman"])("counts as so many rows in %s", (name) => {
    holds(name, whole(amounts), (rows) => valueOf(name, copied(rows)) ?? NaN);
  });

  it("counts in nothing that is not weighted", () => {
    const plain = (rows: readonly Row[]): readonly Row[] => rows.map((row) => ({ ...row, w: 1 }));
    for (const name of ["auc", "logloss", "ece", "f1"])
      holds({ name, arguments: { weighted: false } }, events, (rows) => valueOf(name, plain(rows)) ?? NaN);
    for (const name of ["rmse", "xauc"])
      holds({ name, arguments: { weighted: false } }, amounts, (rows) => valueOf(name, plain(rows)) ?? NaN);
  });
});
