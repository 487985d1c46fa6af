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

/** A position that steps move. */
export interface MovingPosition {
  step: number;
  epoch: number;
  batch: number;
  rows: number;
  readonly sums: Float64Array;
}

export function movingFrom({ step, epoch, batch, rows, sums }: Position): MovingPosition {
  return { step, epoch, batch, rows, sums: Float64Array.from(sums) };
}

/** Where it is now, for keeps. */
export function positionAt({ step, epoch, batch, rows, sums }: MovingPosition): Position {
  return { step, epoch, batch, rows, sums: [...sums] };
}

/** A batch of `rows` is done, with these mean losses. */
export function countBatch(at: MovingPosition, rows: number, losses: readonly number[]): void {
  at.batch += 1;
  at.rows += rows;
  for (const [i, loss] of losses.entries()) at.sums[i] = (at.sums[i] ?? 0) + loss * rows;
}

/** All batches of the epoch are done. */
export function startEpoch(at: MovingPosition): void {
  at.epoch += 1;
  at.batch = 0;
  at.rows = 0;
  at.sums.fill(0);
}

/** The mean loss per row, by name; empty when there were none. */
export function meanLosses(
  names: readonly string[],
  position: Pick<Position, "rows" | "sums">,
): Readonly<Record<string, number>> {
  if (position.rows === 0) return {};
  return Object.fromEntries(names.map((name, i) => [name, (position.sums[i] ?? 0) / position.rows]));
}
