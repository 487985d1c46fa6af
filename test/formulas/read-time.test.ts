import { describe, expect, it } from "vitest";
import { isSeconds, readInputs, secondsOfText } from "../../src/compiler/formulas/index.js";
import { compileText } from "../semantics/compile.js";

describe("times of a request", () => {
  it.each([
    ["1970-01-01", 0],
    ["2026-11-05", 1_793_836_800],
    ["2026-11-05T12:30:00Z", 1_793_881_800],
    ["2026-11-05 12:30:00", 1_793_881_800],
    ["2026-11-05T20:30+08:00", 1_793_881_800],
    ["2026-11-05T20:30:00+0800", 1_793_881_800],
    ["2026-11-05 20:30:00+08", 1_793_881_800],
    ["2026-11-05 12:30:00 UTC", 1_793_881_800],
    ["2026-11-05 12:30:00.250 +00:00", 1_793_881_800.25],
    ["2026-11-05T12:30:00.250Z", 1_793_881_800.25],
    ["2024-02-29", 1_709_164_800],
    ["0050-01-01", -60_589_296_000],
    ["9999-12-31", 253_402_214_400],
  ])("%s", (text, seconds) => {
    expect(secondsOfText(text)).toBe(seconds);
  });

  it.each([
    "2026-02-31",
    "2025-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-02-28T24:00:00",
    "2026-02-28T10:60",
    "20261104",
  ])("%s is not one", (text) => {
    expect(secondsOfText(text)).toBeUndefined();
  });

  it("as numbers are seconds, and a count of milliseconds is not", () => {
    expect([0, -1e9, 1_793_836_800, 7_258_118_399].map(isSeconds)).toEqual([true, true, true, true]);
    expect([1_577_836_800_000, -315_619_200_000, 7_258_118_400, NaN, Infinity].map(isSeconds)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  it("as the digits of a day are not seconds", () => {
    expect([20_261_104, 19_000_101, 21_991_231].map(isSeconds)).toEqual([false, false, false]);
    expect([20_261_304, 20_260_231, 20_261_104.5].map(isSeconds)).toEqual([true, true, true]);
  });

  it("in milliseconds refuse the request, by candidate and input", () => {
    const { model } = compileText(
      "model m\nsignals { s: number in [0, 1] }\nattributes { at: time }\nfusion f = s * if(age(at) < 7d, 2, 1)\n",
    );
    if (model?.serving === undefined) throw new Error("no model");
    const read = (at: unknown) => {
      if (model.serving === undefined) throw new Error("no serving stage");
      return readInputs(model.serving, { candidates: [{ s: 0.5, at }], now: 1_793_836_800 });
    };
    expect(read(1_577_836_800).kind).toBe("frame");
    for (const at of [1_577_836_800_000, "2026-02-31", "1577836800"])
      expect(read(at)).toMatchObject({ kind: "refused", index: 0, input: "at", reason: "type" });
  });
});
