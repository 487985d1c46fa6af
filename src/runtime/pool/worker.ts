/** The thread of a worker: opens its service, does the jobs that come, one after another, and says what became of each. */
import { parentPort } from "node:worker_threads";
import { Aborted, type Answer, carryError, type OpenService, type Request } from "./service.js";
import { loadService, type ServiceName } from "./services.js";

if (parentPort === null) throw new Error("this module is the thread of a worker");
const port = parentPort;
const controller = new AbortController();
let opened: Promise<OpenService<unknown, unknown, unknown>> | undefined;
/** Done when the job that came last is. */
let last: Promise<void> = Promise.resolve();

const answer = (message: Answer): void => port.postMessage(message);
const fail = (error: unknown): void => answer({ kind: "error", error: carryError(error) });

async function open(name: string, setup: unknown): Promise<OpenService<unknown, unknown, unknown>> {
  const service = await loadService<unknown, unknown, unknown, unknown>(name as ServiceName);
  return service.open(setup, controller.signal);
}

port.on("message", (request: Request) => {
  switch (request.kind) {
    case "load":
      // What fails is told when it is opened.
      loadService(request.service as ServiceName).catch(() => undefined);
      return;
    case "open":
      opened = open(request.service, request.setup);
      opened.then(() => answer({ kind: "opened" }), fail);
      return;
    case "job":
      last = last
        .then(() => opened)
        .then((service) => service?.work(request.job, (event) => answer({ kind: "event", event }), controller.signal))
        .then((result) => answer({ kind: "result", result }), fail);
      return;
    case "abort":
      controller.abort(new Aborted("aborted"));
      return;
    case "close":
      Promise.resolve(opened)
        .then(
          (service) => service?.close(),
          () => undefined,
        )
        .finally(() => port.close());
  }
});
