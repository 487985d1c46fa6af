/** What rows that a program hands in were like, beside the training data: counted as they are encoded. */
import type { FeatureModel } from "../../../compiler/model/model.js";
import { numberTransform } from "../../../compiler/model/scales.js";
import { rememberingLast } from "./held/plain-columns.js";
import type { RowEncoderOptions } from "./row-encoder.js";

/** What one feature had since it was first seen. */
export interface FeatureObservation {
  /** Rows without a value. */
  readonly missing: number;
  /** Values that the training data did not hold. */
  readonly unseen: number;
  /** Numbers, of which there are sums after `log1p` where the feature's scale has one. None of a feature that is not a number. */
  readonly numbers: number;
  readonly sum: number;
}

export interface Observer extends Required<Pick<RowEncoderOptions, "onMissing" | "onUnseen" | "onNumber">> {
  /** By feature, of those that serving sees. */
  readonly features: ReadonlyMap<string, FeatureObservation>;
}

export function createObserver(features: readonly FeatureModel[]): Observer {
  const found = new Map<string, Tally>();
  for (const feature of features) {
    if (feature.serving.kind !== "data") continue;
    const transform = feature.kind === "numeric" ? numberTransform(feature) : undefined;
    found.set(feature.name, { missing: 0, unseen: 0, numbers: 0, sum: 0, transform });
  }
  return {
    features: found,
    onMissing: (name) => {
      const tally = found.get(name);
      if (tally !== undefined) tally.missing++;
    },
    onUnseen: (name) => {
      const tally = found.get(name);
      if (tally !== undefined) tally.unseen++;
    },
    onNumber: (name) => {
      const tally = found.get(name);
      if (tally === undefined) return () => undefined;
      const transformed = tally.transform === undefined ? undefined : rememberingLast(tally.transform);
      return (value) => {
        tally.numbers++;
        tally.sum += transformed === undefined ? value : transformed(value);
      };
    },
  };
}

interface Tally {
  missing: number;
  unseen: number;
  numbers: number;
  sum: number;
  readonly transform: ((value: number) => number) | undefined;
}
