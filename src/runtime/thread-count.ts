import { availableParallelism } from "node:os";

/** Threads of one op: `MTLC_THREADS` or `undefined` for TensorFlow's own choice, one a core. */
export function threadCount(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const count = Number(environment["MTLC_THREADS"]);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

/** Threads beside one that reads for all of them, at most. */
const mostBeside = 7;

/** Threads that may help this one: one for each other core, or as many as `MTLC_THREADS` leaves, at most 7. */
export function threadsBeside(): number {
  return Math.min(threadCount() ?? availableParallelism(), mostBeside + 1) - 1;
}
