/** Threads of one op: `MTLC_THREADS` or `undefined` for TensorFlow's own choice, one a core. */
export function threadCount(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const count = Number(environment["MTLC_THREADS"]);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
