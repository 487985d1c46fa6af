/**
 * Runs work that Ctrl-C (or SIGTERM) ends in order: the first signal asks the work to stop, which leaves a state to go on
 * from; a second one ends the process at once.
 */
export async function withInterrupt<T>(
  work: (signal: AbortSignal, deafness: Deafness) => Promise<T>,
): Promise<T | Interrupted> {
  const controller = new AbortController();
  const stop = (name: InterruptSignal): void => {
    if (controller.signal.aborted) process.exit(exitCodes[name]);
    controller.abort(new Interrupted(exitCodes[name]));
  };
  const listen = (): void => void process.on("SIGINT", stop).on("SIGTERM", stop);
  const ignore = (): void => void process.off("SIGINT", stop).off("SIGTERM", stop);
  listen();
  try {
    return await work(controller.signal, { begin: ignore, end: listen });
  } catch (error) {
    if (error instanceof Interrupted) return error;
    throw error;
  } finally {
    ignore();
  }
}

/**
 * A time in which this process cannot come to hear a signal, such as a long call into an engine. The system's own answer is
 * for ours then and ends the process at once: there must be nothing to leave in order.
 */
export interface Deafness {
  readonly begin: () => void;
  readonly end: () => void;
}

type InterruptSignal = "SIGINT" | "SIGTERM";

/** 128 and the signal's number, as shells have it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Why work ended, with the exit code that says so. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(readonly exitCode: 130 | 143) {
    super("interrupted");
  }
}

/** The exit code of work that a signal ended in order. */
export function interruptCode(signal: AbortSignal): 130 | 143 {
  return signal.reason instanceof Interrupted ? signal.reason.exitCode : 130;
}
