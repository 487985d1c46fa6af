import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, ServeError } from "../../src/client/index.js";
import { type RunningServer, serve } from "../../src/runtime/serve/index.js";
import { type Served, trainServed } from "../serve/served.js";

let served: Served;
let running: RunningServer;
let client: Client;
const token = "0123456789abcdef";

beforeAll(async () => {
  served = await trainServed();
  running = await serve({
    path: served.artifact,
    engine: "cpu",
    workers: 0,
    poll: 0,
    port: 0,
    environment: { MTLC_TOKEN: token },
  });
  client = createClient({ url: `${running.url}/`, token });
}, 60_000);

afterAll(async () => {
  await running.close();
  served.remove();
});

const rows = [
  { uid: "u0", item: "i1", price: 2, tags: ["a", "b"] },
  { uid: "u1", item: null, price: null, tags: [] },
];

async function errorOf(call: Promise<unknown>): Promise<ServeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServeError);
  return error as ServeError;
}

describe("a client", () => {
  it("predicts by rows and by tensors, on the newest version and on one", async () => {
    const predictions = await client.predict("taste", rows);
    expect(predictions.map((each) => Object.keys(each))).toEqual([
      ["ctr", "cvr", "ctcvr"],
      ["ctr", "cvr", "ctcvr"],
    ]);
    expect(await client.predict("taste", rows, { version: "1" })).toEqual(predictions);
    const { outputs } = await client.infer("taste", {
      inputs: [
        { name: "uid", shape: [2], datatype: "BYTES", data: ["u0", "u1"] },
        { name: "item", shape: [2], datatype: "BYTES", data: ["i1", null] },
        { name: "price", shape: [2], datatype: "FP64", data: [2, null] },
        { name: "tags", shape: [2], datatype: "BYTES", data: [["a", "b"], []] },
      ],
      outputs: [{ name: "cvr" }],
    });
    expect(outputs[0]?.data).toEqual(predictions.map((each) => each["cvr"]));
    expect((await client.metadata("taste")).inputs.map(({ name }) => name)).toEqual(["uid", "item", "price", "tags"]);
    expect(await client.isReady()).toBe(true);
  });

  it("ranks, goes on to the page after, and reports what was shown", async () => {
    const candidates = Array.from({ length: 5 }, (_, i) => ({ id: i, ...rows[0]!, item: `i${i % 4}` }));
    const first = await client.rank({ candidates, request: "q" });
    expect(first).toMatchObject({ model: "taste", version: "1", request: "q", candidateCount: 5 });
    const second = await client.rank({ candidates, after: first.pageToken! });
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(["0", "1", "2", "3", "4"]);
    const [shown] = first.items;
    const exposure = { pageToken: first.pageToken!, items: [shown!.id] };
    expect(await client.reportExposures([exposure, exposure])).toEqual([
      { request: "q", counted: [shown!.id], repeated: [], late: [] },
      { request: "q", counted: [], repeated: [shown!.id], late: [] },
    ]);
  });

  it("throws what is wrong by its kind, with the server's reason and code", async () => {
    const wrong = await errorOf(client.rank({ candidates: [{ id: "a", ...rows[0]!, price: "dear" }] }));
    expect(wrong).toMatchObject({ kind: "invalid", code: "MTL7113", status: 400, details: { id: "a" } });
    expect(wrong.message).toMatch(/dear/);
    expect(await errorOf(client.predict("none", rows))).toMatchObject({ kind: "invalid", status: 404 });
    const stranger = createClient({ url: running.url, token: "x".repeat(16) });
    expect(await errorOf(stranger.metadata("taste"))).toMatchObject({ kind: "token", status: 401 });
    expect(await stranger.isReady()).toBe(true);
  });
});

describe("a server that has trouble", () => {
  let other: HttpServer | undefined;
  afterEach(() => {
    other?.closeAllConnections();
    other?.close();
  });

  type Answer = (request: IncomingMessage, response: ServerResponse) => void;

  /** A server that gives these answers in turns, and then the last again; and the requests that it had. */
  async function open(...answers: readonly Answer[]): Promise<{ readonly url: string; readonly asked: string[] }> {
    const asked: string[] = [];
    other = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answers[Math.min(asked.length, answers.length) - 1]?.(request, response);
    });
    await new Promise<void>((resolve) => other?.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, asked };
  }

  const busy =
    (status: number, after: string): Answer =>
    (_request, response) =>
      void response.writeHead(status, { "retry-after": after }).end('{"error":"busy"}');
  const breaks: Answer = (request) => void request.socket.destroy();
  const good: Answer = (_request, response) => void response.end('{"predictions":[1]}');

  it("is asked again when its time has passed, and only so often", async () => {
    const { url, asked } = await open(busy(429, "0"), busy(503, "0"), good);
    expect(await createClient({ url }).predict<number>("m", [])).toEqual([1]);
    expect(asked).toHaveLength(3);
    const always = await open(busy(429, "0"));
    expect(await errorOf(createClient({ url: always.url, retries: 1 }).predict("m", []))).toMatchObject({
      kind: "overload",
      status: 429,
      message: "busy",
      details: { retryAfter: 0 },
    });
    expect(always.asked).toHaveLength(2);
  });

  it("is not waited for beyond the deadline: where that comes first, the caller knows at once", async () => {
    const { url } = await open(busy(429, "60"));
    const started = performance.now();
    expect(await errorOf(createClient({ url }).predict("m", []))).toMatchObject({ kind: "overload" });
    expect(performance.now() - started).toBeLessThan(5000);
    const silent = await open(() => undefined);
    expect(await errorOf(createClient({ url: silent.url, timeout: 50 }).predict("m", []))).toMatchObject({
      kind: "deadline",
    });
  });

  it("is told the deadline", async () => {
    let header: string | undefined;
    const { url } = await open((request, response) => {
      header = request.headers["x-request-timeout-ms"] as string;
      response.end('{"predictions":[]}');
    });
    await createClient({ url }).predict("m", [], { timeout: 5000 });
    expect(Number(header)).toBeGreaterThan(0);
    expect(Number(header)).toBeLessThanOrEqual(5000);
  });

  it("is asked again after a broken connection for what may be done twice, and not to rank", async () => {
    const { url, asked } = await open(breaks, good);
    expect(await createClient({ url }).predict<number>("m", [])).toEqual([1]);
    expect(asked).toHaveLength(2);
    const broken = await open(breaks, good);
    expect(await errorOf(createClient({ url: broken.url }).rank({ candidates: [] }))).toMatchObject({
      kind: "connection",
    });
    expect(broken.asked).toEqual(["POST /v1/rank"]);
  });

  it("is left when the caller says so, with the caller's reason", async () => {
    const silent = await open(() => undefined);
    const control = new AbortController();
    const call = createClient({ url: silent.url }).predict("m", [], { signal: control.signal });
    await expect.poll(() => silent.asked.length).toBe(1);
    control.abort(new Error("the page is gone"));
    await expect(call).rejects.toThrow("the page is gone");
    const waiting = await open(busy(429, "5"));
    const later = new AbortController();
    const waits = createClient({ url: waiting.url }).predict("m", [], { signal: later.signal });
    await expect.poll(() => waiting.asked.length).toBe(1);
    later.abort(new Error("gone, too"));
    await expect(waits).rejects.toThrow("gone, too");
  });

  it("is not mtlc serve, or is not there", async () => {
    const { url } = await open((_request, response) => void response.end("<html>"));
    expect(await errorOf(createClient({ url }).metadata("m"))).toMatchObject({
      kind: "server",
      message: "the answer is not JSON: does mtlc serve answer at this address?",
    });
    const gone = createClient({ url: "http://127.0.0.1:1", retries: 0 });
    expect(await errorOf(gone.metadata("m"))).toMatchObject({ kind: "connection" });
    expect(await gone.isReady()).toBe(false);
  });
});
