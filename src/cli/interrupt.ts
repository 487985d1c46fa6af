/**
 * Runs work that Ctrl-C (or SIGTERM) ends in order: the first signal asks the work to stop, which leaves a state to go on
 * from; a second one ends the process at once.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | "interrupted"> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Interrupted());
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error instanceof Interrupted) return "interrupted";
    throw error;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

class Interrupted extends Error {
  override readonly name = "Interrupted";
}
