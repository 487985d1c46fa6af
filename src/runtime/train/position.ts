/**
 * Where a run is: all that the next step depends on besides the session's state. Nothing else is random or hidden:
 * the order of rows follows from (seed, epoch), and random numbers inside the graph from (seed, step).
 */
export interface Position {
  /** Steps done since the start of the run. */
  readonly step: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Batches done in the epoch that is under way. */
  readonly batch: number;
  /** Rows seen in the epoch that is under way. */
  readonly rows: number;
  /** Σ loss × rows over these batches, one a loss name. */
  readonly sums: readonly number[];
}

export function startPosition(losses: number): Position {
  return { step: 0, epoch: 0, batch: 0, rows: 0, sums: Array.from({ length: losses }, () => 0) };
}

/** The mean loss per row, by name; empty when there were none. */
export function meanLosses(
  names: readonly string[],
  position: Pick<Position, "rows" | "sums">,
): Readonly<Record<string, number>> {
  if (position.rows === 0) return {};
  return Object.fromEntries(names.map((name, i) => [name, (position.sums[i] ?? 0) / position.rows]));
}
