import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { withInterrupt } from "../../interrupt.js";
import { predictEngineOption } from "../../shared-options.js";

export const serveVerb = defineCommand(
  {
    name: "serve",
    summary: "Answer over HTTP: a server of one or more models",
    about: [
      "Serves a trained artifact; a folder of versions (`shop/1`, `shop/2`: an artifact each), of which the newest that can be opened answers; or a folder of such folders, a model each. Versions that come later are opened while the server runs, and replace the one before once they have answered; one that is damaged is refused, and the one before serves on.",
      "Speaks KServe's protocol v2 (`/v2/models/NAME/infer`) and TensorFlow Serving's REST (`/v1/models/NAME:predict`); `/v1/rank` takes candidates and answers with the page of a ranking. What it counts is at `/metrics`, for Prometheus; the log is a line of JSON per record, on standard output. SIGTERM and Ctrl-C end it in order: what was begun is answered. TLS is left to a proxy in front of it.",
    ],
    positional: { name: "PATH", min: 1, max: 1, doc: "artifact, folder of versions, folder of models, or spec" },
    options: {
      host: {
        kind: "text",
        value: "HOST",
        doc: "address to listen on (default: 127.0.0.1, which only this machine reaches)",
      },
      port: {
        kind: "integer",
        value: "N",
        min: 0,
        max: 65_535,
        doc: "port to listen on; 0 takes a free one (default: 8080)",
      },
      name: {
        kind: "text",
        value: "NAME",
        doc: "name of the model in URLs (default: that of the spec, or of the folder)",
      },
      versions: {
        kind: "integer",
        value: "N",
        min: 1,
        max: 64,
        doc: "versions of a model that are open at once (default: 1)",
      },
      shadow: {
        kind: "names",
        value: "VERSION",
        doc: "version that answers beside another, for comparison in /metrics, and nobody who does not name it; with the share of the requests: 8, 8:0.1, shop/8:0.1",
      },
      split: {
        kind: "names",
        value: "VERSION:SHARE",
        doc: "version that answers a share of the units, which requests name in `x-request-unit`, in place of the newest: 8:0.1, shop/8:0.1",
      },
      poll: {
        kind: "integer",
        value: "MS",
        min: 0,
        max: 3_600_000,
        doc: "time between two looks for new versions; 0: only at SIGHUP (default: 2000)",
      },
      workers: {
        kind: "integer",
        value: "N",
        min: 0,
        max: 256,
        doc: "worker threads that score; 0: none beside the server's (default: cores − 1)",
      },
      "batch-rows": {
        kind: "integer",
        value: "N",
        min: 1,
        max: 1_000_000,
        doc: "rows of a batch at most (default: 1024)",
      },
      "batch-wait": {
        kind: "integer",
        value: "MS",
        min: 0,
        max: 10_000,
        doc: "time that a request waits for others to share its batch (default: 0, no longer than until a worker is free)",
      },
      "queue-rows": {
        kind: "integer",
        value: "N",
        min: 1,
        max: 100_000_000,
        doc: "rows that may wait; with more, requests get 429 (default: 16384)",
      },
      "max-rows": {
        kind: "integer",
        value: "N",
        min: 1,
        max: 10_000_000,
        doc: "rows of a request at most (default: 10000)",
      },
      "max-body": {
        kind: "integer",
        value: "BYTES",
        min: 1,
        max: 2_000_000_000,
        doc: "bytes of a request's body at most (default: 16777216)",
      },
      timeout: {
        kind: "integer",
        value: "MS",
        min: 1,
        max: 3_600_000,
        doc: "time after which a request gets 504 (default: 10000)",
      },
      grace: {
        kind: "integer",
        value: "MS",
        min: 0,
        max: 3_600_000,
        doc: "time that requests have to end when the server is told to (default: 30000)",
      },
      store: {
        kind: "text",
        value: "STORE",
        doc: "where permits of caps and paces are kept: a .db file or redis://… (default: memory:, which ends with the server)",
      },
      count: {
        kind: "choice",
        values: ["lists", "exposures"],
        default: "lists",
        doc: "what caps and paces count: items of lists that are answered, or those that clients report as shown to /v1/exposures; until then permits are reserved",
      },
      "exposure-wait": {
        kind: "integer",
        value: "SECONDS",
        min: 1,
        max: 86_400,
        doc: "time after an answer in which its exposures count (default: 300)",
      },
      "server-name": {
        kind: "text",
        value: "NAME",
        doc: "what the server is called in the store (default: the name of its host)",
      },
      "token-file": {
        kind: "text",
        value: "FILE",
        doc: "file with the token that clients must send (default: MTLC_TOKEN, else everybody may ask)",
      },
      "log-level": {
        kind: "choice",
        values: ["debug", "info", "warn", "error"],
        default: "info",
        doc: "least level that is logged; `debug` has a line per request",
      },
      engine: predictEngineOption,
    },
    output: () => "stream",
    examples: [
      { line: "mtlc serve out", does: "an artifact, on http://127.0.0.1:8080" },
      {
        line: "mtlc serve models/shop --host 0.0.0.0 --token-file token",
        does: "versions of a model, for other machines",
      },
    ],
  },
  async ({ arguments: [path = ""], options }, terminal) => {
    const { runServe } = await import("./run.js");
    const { host, port, name, versions, shadow, split, poll, workers, timeout, grace, engine, store } = options;
    const wait = options["exposure-wait"];
    const call = {
      path,
      count: options.count,
      log: { level: options["log-level"], write: terminal.out },
      ...omitUndefined({
        host,
        port,
        name,
        versions,
        shadow,
        split,
        poll,
        workers,
        timeout,
        grace,
        engine,
        store,
        server: options["server-name"],
        exposureWait: wait === undefined ? undefined : wait * 1000,
        batchRows: options["batch-rows"],
        batchWait: options["batch-wait"],
        queueRows: options["queue-rows"],
        requestRows: options["max-rows"],
        bodyBytes: options["max-body"],
        tokenFile: options["token-file"],
      }),
    };
    await withInterrupt((signal) => runServe(call, signal));
    return 0;
  },
);
