import { once } from "node:events";
import { serve, type ServeOptions } from "../../../runtime/serve/index.js";

export interface ServeCall extends ServeOptions {
  /** Milliseconds that requests have to end. */
  readonly grace?: number;
}

/** Serves until the signal, and looks for other versions at SIGHUP. */
export async function runServe({ grace, ...options }: ServeCall, signal: AbortSignal): Promise<void> {
  const server = await serve(options);
  const look = (): void => void server.refresh();
  process.on("SIGHUP", look);
  try {
    if (!signal.aborted) await once(signal, "abort");
    server.app.log.info("ending: what was begun is answered");
    await server.close(grace);
    server.app.log.info("ended");
  } finally {
    process.off("SIGHUP", look);
  }
}
