/** Quantiles of the latest values: a window of fixed size, sorted when somebody asks. */

/** The shares that are told of scores, and of their differences. */
export const toldShares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

export interface Quantiles {
  /** Values that are not finite are left out. */
  readonly note: (values: ArrayLike<number>) => void;
  /** Pairs of a share in [0, 1] and the value below which that share lies; none before there is a value. */
  readonly at: (shares: readonly number[]) => readonly (readonly [number, number])[];
}

/** @param size values that are remembered at most, 4,096; of one call with many, an even choice */
export function createQuantiles(size = 4096): Quantiles {
  const kept = new Float64Array(size);
  let count = 0;
  return {
    note: (values) => {
      // A large call is not to push out all others.
      const step = Math.max(1, Math.ceil(values.length / Math.max(1, size / 16)));
      for (let i = 0; i < values.length; i += step) {
        const value = values[i]!;
        if (!Number.isFinite(value)) continue;
        kept[count % size] = value;
        count++;
      }
    },
    at: (shares) => {
      const sorted = kept.slice(0, Math.min(count, size)).sort();
      if (sorted.length === 0) return [];
      return shares.map((share) => [share, sorted[Math.round(share * (sorted.length - 1))] as number] as const);
    },
  };
}
