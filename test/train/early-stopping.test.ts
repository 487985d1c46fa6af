import { describe, expect, it } from "vitest";
import type { MetricName } from "../../src/compiler/model/model.js";
import { observeMetric, type StopState } from "../../src/runtime/train/early-stopping.js";

/** Feeds values epoch by epoch; returns the epoch at which it stops and the best epoch. */
function follow(metric: MetricName, patience: number, values: readonly number[]) {
  let state: StopState = { waited: 0 };
  for (const [i, value] of values.entries()) {
    const next = observeMetric(state, metric, value, i + 1, patience);
    state = next.state;
    if (next.stop) return { stopped: i + 1, best: state.best?.epoch };
  }
  return { stopped: undefined, best: state.best?.epoch };
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
});
