/** The thread that opens the data of a training. */
import { parentPort, workerData } from "node:worker_threads";
import { Aborted, carryError } from "../../pool/service.js";
import { type DataEvent, type DataWork, openAndLook } from "./look.js";
import type { DataAnswer } from "./open.js";

const stop = new AbortController();
parentPort?.once("message", () => stop.abort(new Aborted("aborted")));
const answer = (message: DataAnswer | DataEvent): void => parentPort?.postMessage(message);
void openAndLook(workerData as DataWork, answer, stop.signal)
  .then(
    (data) => answer({ kind: "opened", data }),
    (error: unknown) => answer({ kind: "failed", error: carryError(error) }),
  )
  .finally(() => parentPort?.close());
