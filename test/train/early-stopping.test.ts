import { describe, expect, it } from "vitest";
import { greaterIsBetter, metricText, stopValue } from "../../src/compiler/metrics/index.js";
import type { StopModel } from "../../src/compiler/model/index.js";
import { observeValue, type StopState } from "../../src/runtime/train/early-stopping.js";

/** Feeds values of metrics epoch by epoch; returns the epoch at which it stops and the best epoch. */
function watch(stop: StopModel, epochs: readonly Readonly<Record<string, number>>[]) {
  let state: StopState = { waited: 0 };
  for (const [i, values] of epochs.entries()) {
    const value = stopValue(stop, (head, metric) => values[`${head} ${metric}`]) ?? NaN;
    const next = observeValue(
      state,
      { value, greaterIsBetter: greaterIsBetter(stop) },
      { epoch: i + 1, step: i },
      stop.patience,
    );
    state = next.state;
    if (next.stop) return { stopped: i + 1, best: state.best?.epoch };
  }
  return { stopped: undefined, best: state.best?.epoch };
}

function follow(metric: string, patience: number, values: readonly number[]) {
  const key = `ctr ${metricText(metric)}`;
  return watch(
    { metric, head: "ctr", patience },
    values.map((value) => ({ [key]: value })),
  );
}

describe("early stopping", () => {
  it("stops after `patience` evaluations without a better value", () => {
    expect(follow("auc", 2, [0.7, 0.8, 0.79, 0.78, 0.9])).toEqual({ stopped: 4, best: 2 });
  });

  it("starts to wait again after an improvement", () => {
    expect(follow("auc", 2, [0.7, 0.6, 0.8, 0.7, 0.9])).toEqual({ stopped: undefined, best: 5 });
  });

  it("does not take an equal value for an improvement", () => {
    expect(follow("auc", 1, [0.7, 0.7])).toEqual({ stopped: 2, best: 1 });
  });

  it("looks for the smallest loss and error", () => {
    expect(follow("logloss", 1, [0.5, 0.4, 0.45])).toEqual({ stopped: 3, best: 2 });
    expect(follow("rmse", 1, [3, 2, 4])).toEqual({ stopped: 3, best: 2 });
  });

  it("looks for the calibration nearest to one, from either side", () => {
    expect(follow("calibration", 2, [0.7, 1.2, 0.9, 1.3, 0.8])).toEqual({ stopped: 5, best: 3 });
  });

  it("looks at the sum of several metrics, with their weights", () => {
    const stop: StopModel = {
      terms: [
        { weight: 1, metric: "auc", head: "ctr" },
        { weight: -0.5, metric: "logloss", head: "cvr" },
      ],
      patience: 1,
    };
    const epochs = [
      { "ctr auc": 0.7, "cvr logloss": 0.6 },
      { "ctr auc": 0.6, "cvr logloss": 0.3 },
      { "ctr auc": 0.61, "cvr logloss": 0.4 },
    ];
    expect(watch(stop, epochs)).toEqual({ stopped: 3, best: 2 });
  });

  it("takes the distance from 1 of a calibration in a sum", () => {
    const stop: StopModel = {
      terms: [
        { weight: 1, metric: "logloss", head: "ctr" },
        { weight: 2, metric: "calibration", head: "ctr" },
      ],
      patience: 1,
    };
    const epochs = [
      { "ctr logloss": 0.5, "ctr calibration": 0.9 },
      { "ctr logloss": 0.6, "ctr calibration": 1.01 },
      { "ctr logloss": 0.6, "ctr calibration": 0.95 },
    ];
    expect(watch(stop, epochs)).toEqual({ stopped: 3, best: 2 });
  });

  it("does not count an epoch on which a metric of the sum has no value", () => {
    const stop: StopModel = {
      terms: [
        { weight: 1, metric: "auc", head: "ctr" },
        { weight: 1, metric: "auc", head: "cvr" },
      ],
      patience: 1,
    };
    expect(stopValue(stop, (head) => (head === "ctr" ? 0.7 : undefined))).toBeUndefined();
  });
});
