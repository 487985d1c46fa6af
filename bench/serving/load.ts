/** Load over loopback by autocannon: requests per second, and how long answers took. */
import { createRequire } from "node:module";
import { percentile } from "../report.js";

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers by status, and errors of sockets under 0. */
  readonly statuses: ReadonlyMap<number, number>;
}

export interface Load {
  readonly url: string;
  /** What connections send, one after another, round and round. */
  readonly requests: readonly { readonly path: string; readonly body: string }[];
  readonly connections: number;
  /** How long, unless `amount` says how many requests. */
  readonly seconds?: number;
  readonly amount?: number;
}

/** The part of autocannon that is used; it has no types of its own. */
interface Cannon extends PromiseLike<unknown> {
  on(event: "response", listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void): void;
  on(event: "reqError", listener: (error: Error) => void): void;
}
type Autocannon = (options: object) => Cannon;

const autocannon = createRequire(import.meta.url)("autocannon") as Autocannon;

/** Its own percentiles are whole milliseconds, so that they are taken of the answers here. */
export async function fire({ url, requests, connections, seconds, amount }: Load): Promise<LoadResult> {
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const count = (status: number): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const started = performance.now();
  const cannon = autocannon({
    url,
    connections,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    timeout: 180,
    requests: requests.map((each) => ({ ...each, method: "POST", headers: { "content-type": "application/json" } })),
  });
  cannon.on("response", (_client, status, _bytes, milliseconds) => {
    times.push(milliseconds);
    count(status);
  });
  cannon.on("reqError", () => count(0));
  await cannon;
  const took = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(times).sort();
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return { answers: times.length, perSecond: times.length / took, p50, p99, statuses };
}
