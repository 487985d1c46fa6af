/** The thread that opens the data of a training. */
import { parentPort, workerData } from "node:worker_threads";
import { preloadDatabase } from "../../data/files/database.js";
import { Aborted, carryError } from "../../pool/service.js";
import { carryFit } from "./carried-fit.js";
import type { DataThreadSetup } from "./data-thread.js";
import { loadThrough } from "./library-gate.js";
import { type DataEvent, type DataWork, openAndLook } from "./look.js";
import type { CarriedEvent, DataAnswer } from "./open.js";

const stop = new AbortController();
const answer = (message: DataAnswer | DataEvent): void => parentPort?.postMessage(message);
const tell = (event: DataEvent): void => {
  if (event.kind !== "fitted") return answer(event);
  const { fit, transfer } = carryFit(event.found.fitted);
  const message: CarriedEvent = { ...event, kind: "carried", found: { ...event.found, fitted: fit } };
  parentPort?.postMessage(message, transfer);
};
parentPort?.once("message", (work: DataWork) => {
  parentPort?.once("message", () => stop.abort(new Aborted("aborted")));
  void openAndLook(work, tell, stop.signal)
    .then(
      (data) => answer({ kind: "opened", data }),
      (error: unknown) => answer({ kind: "failed", error: carryError(error) }),
    )
    .finally(() => parentPort?.close());
});
// The spec is compiled before the work comes.
const { gate } = workerData as DataThreadSetup;
if (gate !== undefined) void loadThrough(gate, preloadDatabase);
