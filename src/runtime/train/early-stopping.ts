import type { MetricName } from "../../compiler/model/model.js";

/** What early stopping remembers between evaluations. */
export interface StopState {
  /** The best value so far and the number of finished epochs it was measured after; absent before the first. */
  readonly best?: { readonly value: number; readonly epoch: number };
  /** Evaluations since the best one. */
  readonly waited: number;
}

/** Whether more is better; the calibration metrics are better near a value and are turned into a distance first. */
const direction: Readonly<Record<MetricName, "up" | "down">> = {
  auc: "up",
  gauc: "up",
  pr_auc: "up",
  accuracy: "up",
  logloss: "down",
  calibration: "down",
  ece: "down",
  rmse: "down",
  mae: "down",
};

/** The next state after an evaluation, and what to do: only a strictly better value is an improvement. */
export function observeMetric(
  state: StopState,
  metric: MetricName,
  value: number,
  epoch: number,
  patience: number,
): { readonly state: StopState; readonly improved: boolean; readonly stop: boolean } {
  // A ratio of predicted to observed is best at 1.
  const measured = metric === "calibration" ? Math.abs(value - 1) : value;
  const sign = direction[metric] === "up" ? 1 : -1;
  const improved = state.best === undefined || sign * measured > sign * state.best.value;
  if (improved) return { state: { best: { value: measured, epoch }, waited: 0 }, improved, stop: false };
  const waited = state.waited + 1;
  return { state: { ...state, waited }, improved, stop: waited >= patience };
}
