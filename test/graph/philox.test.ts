import { describe, expect, it } from "vitest";
import {
  createPhilox,
  initialize,
  int32,
  float32,
  normalQuantile,
  philoxUniform,
  type StatePiece,
  type StateVariable,
} from "../../src/compiler/graph/index.js";
import { variable } from "./evaluate.js";

const words = (counter: readonly [number, number, number, number], key: readonly [number, number]): string[] => {
  const philox = createPhilox(key, [counter[1], counter[2], counter[3]]);
  philox.block(counter[0]);
  return [...philox.words].map((word) => word.toString(16).padStart(8, "0"));
};

describe("Philox4x32-10", () => {
  it("gives the known answers of Random123", () => {
    expect(words([0, 0, 0, 0], [0, 0])).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    const ones = 0xffffffff;
    expect(words([ones, ones, ones, ones], [ones, ones])).toEqual(["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]);
    expect(words([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });

  it("gives TensorFlow's numbers: StatelessRandomUniformV2(alg=1, key=[7 + 2³²·9], counter=[0, 5])", () => {
    expect([...philoxUniform(7, 9, 5, 6)]).toEqual([
      0.6316595077514648, 0.8724875450134277, 0.6856715679168701, 0.14973866939544678, 0.4562281370162964,
      0.6747655868530273,
    ]);
  });

  it("gives number i whatever the count, and other numbers for another seed, stream or step", () => {
    const first = philoxUniform(1, 2, 3, 103);
    expect(first.slice(0, 50)).toEqual(philoxUniform(1, 2, 3, 50));
    for (const other of [philoxUniform(2, 2, 3, 103), philoxUniform(1, 3, 3, 103), philoxUniform(1, 2, 4, 103)]) {
      expect(other.filter((value, place) => value === first[place])).toHaveLength(0);
    }
  });

  it("is uniform in [0, 1)", () => {
    const drawn = philoxUniform(1, 2, 3, 100_000);
    const bins = new Uint32Array(20);
    for (const value of drawn) bins[Math.floor(value * 20)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
    // The 0.999 quantile of χ² with 19 degrees of freedom.
    expect(chiSquare).toBeLessThan(43.8);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe("the normal quantile", () => {
  it("inverts the normal distribution", () => {
    // Reference values from Python's statistics.NormalDist().inv_cdf.
    const known = [
      [0.5, 0],
      [0.975, 1.9599639845400536],
      [0.3, -0.5244005127080407],
      [0.925, 1.4395314709384563],
      [1e-9, -5.9978070150076865],
      [2 ** -33, -6.337957754553789],
    ] as const;
    for (const [share, quantile] of known) expect(normalQuantile(share)).toBeCloseTo(quantile, 13);
  });

  it("is odd about one half and rises", () => {
    let last = -Infinity;
    for (let share = 0.0005; share < 1; share += 0.001) {
      const value = normalQuantile(share);
      expect(value).toBeGreaterThan(last);
      expect(value).toBeCloseTo(-normalQuantile(1 - share), 10);
      last = value;
    }
  });
});

describe("first values", () => {
  const piece = (name: string, row: number, rows: number, kind: "normal" | "uniform" = "normal"): StatePiece => ({
    name,
    row,
    rows,
    initializer: kind === "normal" ? { kind, mean: 0.5, deviation: 2 } : { kind, low: -3, high: 1 },
  });
  const table = (...pieces: readonly StatePiece[]): StateVariable => {
    const rows = pieces.reduce((sum, each) => sum + each.rows, 0);
    return { name: "t", type: float32(rows, 3), role: "parameter", pieces };
  };

  it("do not depend on how tables are merged", () => {
    const merged = initialize(table(piece("a", 0, 5), piece("b", 5, 7)), 3);
    expect(merged.slice(0, 15)).toEqual(initialize(table(piece("a", 0, 5)), 3));
    expect(merged.slice(15)).toEqual(initialize(table(piece("b", 0, 7)), 3));
  });

  it("keep a row's values when the piece grows", () => {
    expect(initialize(table(piece("a", 0, 9)), 3).slice(0, 15)).toEqual(initialize(table(piece("a", 0, 5)), 3));
  });

  it("differ by name and by seed", () => {
    const first = initialize(table(piece("a", 0, 5)), 3);
    for (const other of [initialize(table(piece("b", 0, 5)), 3), initialize(table(piece("a", 0, 5)), 4)]) {
      expect(other.filter((value, place) => value === first[place])).toHaveLength(0);
    }
  });

  it("have the mean, deviation and range asked for", () => {
    const moments = (drawn: Float32Array | Int32Array): readonly [number, number] => {
      const values = [...drawn];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
    };
    const normal = initialize(table(piece("a", 0, 40_000)), 1);
    const [mean, deviation] = moments(normal);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(deviation).toBeCloseTo(2, 1);
    // 0.0455 of a normal distribution lies beyond two deviations.
    expect([...normal].filter((value) => Math.abs(value - 0.5) > 4).length / normal.length).toBeCloseTo(0.0455, 2);
    const uniform = initialize(table(piece("a", 0, 40_000, "uniform")), 1);
    expect(moments(uniform)[0]).toBeCloseTo(-1, 1);
    expect(uniform.every((value) => value >= -3 && value <= 1)).toBe(true);
  });

  it("fill constants, scalars and integers", () => {
    expect(initialize(variable("w", float32(2, 2), "parameter", { kind: "constant", value: 0.25 }), 1)).toEqual(
      Float32Array.of(0.25, 0.25, 0.25, 0.25),
    );
    expect(initialize(variable("step", int32(), "step", { kind: "constant", value: 7 }), 1)).toEqual(Int32Array.of(7));
    expect(initialize(variable("empty", float32(0, 8)), 1)).toEqual(new Float32Array(0));
  });

  it("stay the same from version to version", () => {
    expect([
      ...initialize(variable("w", float32(4), "parameter", { kind: "normal", mean: 0, deviation: 1 }), 42),
    ]).toEqual([-0.7464173436164856, 1.2322149276733398, -0.9302288889884949, 0.04152051731944084]);
  });
});
