import type { PaceRule } from "../../compiler/model/index.js";

/**
 * Pacing as a pure function: a PID controller whose output is the logarithm of a multiplier on scores. The exponential
 * actuator is that of Zhang, Rong, Wang, Zhu and Wang, "Feedback control of real-time display advertising" (WSDM 2016); the
 * integrator stops while the output is at a bound, as in Åström and Hägglund, "Advanced PID Control" (2006), 3.5.
 */
export type PaceSettings = Pick<PaceRule, "budget" | "curve" | "bounds" | "gains">;

/** What was counted at an instant, and the calendar window that it counts in; times in milliseconds since 1970. */
export interface PaceObservation {
  readonly now: number;
  readonly count: number;
  readonly window: { readonly start: number; readonly end: number };
}

/** What one step hands to the next. */
export interface PaceState {
  /** The instant of the step, and the start of its window. */
  readonly at: number;
  readonly windowStart: number;
  /** The error of the step: see {@link errorOf}. */
  readonly error: number;
  /** The integral part of the output. */
  readonly integral: number;
  /** The error's change over a horizon, smoothed. */
  readonly slope: number;
  /** Within the bounds. */
  readonly multiplier: number;
}

/**
 * Gains for delivery that responds to the multiplier between a half and three times proportional: well damped,
 * with a time constant of half a {@link horizonOf horizon}. The integral is per horizon, the derivative is in horizons.
 */
export const defaultPaceGains: PaceSettings["gains"] = { proportional: 2, integral: 2, derivative: 0.05 };

/**
 * The part of a window in which an error is to be compensated: a 24th, at least the ten minutes that a controller needs
 * which acts every half minute, at most half.
 */
export function horizonOf({ start, end }: PaceObservation["window"]): number {
  return Math.min(1 / 2, Math.max(1 / 24, 600_000 / (end - start)));
}

/** An error counts as no more than this many horizons of delivery. */
const largestError = 3;

/** The share of the budget that the curve has spent at a fraction in [0, 1] of the window; linear within each part. */
export function curveAt(curve: readonly number[], fraction: number): number {
  const parts = Math.max(1, curve.length);
  const elapsed = Math.min(1, Math.max(0, fraction)) * parts;
  const whole = Math.min(parts - 1, Math.floor(elapsed));
  const total = curve.reduce((sum, share) => sum + share, 0);
  if (total <= 0) return elapsed / parts;
  const before = curve.slice(0, whole).reduce((sum, share) => sum + share, 0);
  return (before + (elapsed - whole) * (curve[whole] ?? 0)) / total;
}

/**
 * How far delivery is behind the curve (negative: ahead), in units of what the curve asks for in the coming horizon (an hour
 * of a day); at least a tenth of an even one, so that the quiet hours of a curve do not magnify it.
 */
export function errorOf({ budget, curve }: PaceSettings, { count, now, window }: PaceObservation): number {
  const horizon = horizonOf(window);
  const fraction = fractionOf(now, window);
  // The last horizon of the window measures like the one that ends with it.
  const from = Math.min(fraction, 1 - horizon);
  const coming = Math.max(curveAt(curve, from + horizon) - curveAt(curve, from), horizon / 10);
  const error = (curveAt(curve, fraction) - count / budget) / coming;
  return Math.min(largestError, Math.max(-largestError, error));
}

/** One step of the controller; `state` is undefined at the first. A step of a new window keeps the level it had found. */
export function stepController(
  settings: PaceSettings,
  state: PaceState | undefined,
  observation: PaceObservation,
): { readonly state: PaceState; readonly multiplier: number } {
  const { gains, bounds } = settings;
  const { now, window } = observation;
  const low = Math.log(bounds.low);
  const high = Math.log(bounds.high);
  const error = errorOf(settings, observation);
  const since = state === undefined || now <= state.at ? now : Math.max(state.at, window.start);
  const elapsed = (now - since) / (window.end - window.start) / horizonOf(window);

  // A step that comes late must not read a long silence as one long error.
  const time = Math.min(elapsed, 1);
  const hasSlope = state !== undefined && state.windowStart === window.start && elapsed > 0;
  const slope = hasSlope ? state.slope + (time / (time + 1 / 4)) * ((error - state.error) / elapsed - state.slope) : 0;

  const kept = state?.integral ?? 0;
  const grown = kept + gains.integral * error * time;
  const outputOf = (integral: number): number => gains.proportional * error + integral + gains.derivative * slope;
  const isWindingUp = (outputOf(grown) > high && error > 0) || (outputOf(grown) < low && error < 0);
  const integral = clamp(isWindingUp ? kept : grown, low, high);
  const multiplier = Math.exp(clamp(outputOf(integral), low, high));
  return { state: { at: now, windowStart: window.start, error, integral, slope, multiplier }, multiplier };
}

function fractionOf(now: number, { start, end }: PaceObservation["window"]): number {
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
