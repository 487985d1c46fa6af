/** An artifact to serve from, in this thread or in others. */
import { type LoadOptions, openPredictor, type Predictor } from "./predictor.js";
import { openThreadedPredictor, type ThreadedPredictor } from "./threaded-predictor.js";

export interface ThreadOptions extends LoadOptions {
  /** Threads that have the model each, at least 1. */
  readonly threads: number;
}

/** Loads an artifact to serve from. Synchronous once loaded; not for two calls at once. */
export async function loadPredictor(directory: string, options?: LoadOptions): Promise<Predictor>;
/** The same in threads of their own: calls are answered beside the caller, and beside each other. Throws a RangeError for less than one thread. */
export async function loadPredictor(directory: string, options: ThreadOptions): Promise<ThreadedPredictor>;
export async function loadPredictor(
  directory: string,
  options: LoadOptions & { readonly threads?: number } = {},
): Promise<Predictor | ThreadedPredictor> {
  const { threads, ...rest } = options;
  if (threads === undefined) return openPredictor(directory, rest);
  if (!Number.isInteger(threads) || threads < 1) throw new RangeError("`threads` is a whole number of at least 1");
  return openThreadedPredictor(directory, threads, rest);
}
