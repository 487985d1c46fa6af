/**
 * `mtlc serve` over loopback beside FastAPI with onnxruntime and FastAPI with PyTorch (`bench/peers/serv*.py`) on the shop of
 * `mtlc init`: each row is a load that the servers take in turn, round after round, and all must give the same numbers.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, machine, median, note, option, print, printTable, UsageError } from "./report.js";
import { fire, type Load, type LoadResult } from "./serving/load.js";
import {
  peersHave,
  peersPython,
  processorSeconds,
  type RunningServer,
  startMtlc,
  startPeer,
} from "./serving/servers.js";
import { inferBody, makeShop, rankBody, writeOnnx } from "./serving/shop.js";

export const summary =
  "requests per second, p50 and p99 of `mtlc serve`, beside FastAPI with onnxruntime and with PyTorch";

interface Case {
  readonly title: string;
  readonly requests: Load["requests"];
  readonly connections: number;
  readonly isOurs?: boolean;
}

/**
 * `--rounds N` (3), `--seconds N` a round of a load (5), `--connections N` at a row per request (16), `--workers N` threads of the server (the server's
 * default), `--peer-workers N` processes of a peer (1), `--engine NAME` (whatever is fastest), `--only TEXT` of a row's title, `--beside CLONE`: another clone that
 * is built, such as the commit before, whose `mtlc serve` takes its turn in the place of the others.
 */
export async function run(words: readonly string[]): Promise<void> {
  const number = (name: string, fallback: number): number => Number(option(words, name, String(fallback)));
  const rounds = number("rounds", 3);
  const seconds = number("seconds", 5);
  const folder = mkdtempSync(join(tmpdir(), "mtlc-bench-serve-"));
  const servers: RunningServer[] = [];
  try {
    note("training the shop of `mtlc init`");
    const artifact = makeShop(folder);
    const given = ["workers", "engine"].flatMap((name) => {
      const value = option(words, name, "");
      return value === "" ? [] : [`--${name}`, value];
    });
    const serving = [artifact, ...given];
    servers.push(await startMtlc("mtlc serve", serving));
    const beside = option(words, "beside", "");
    if (beside === "") servers.push(...(await startPeers(folder, artifact, number("peer-workers", 1))));
    else servers.push(await startMtlc("mtlc serve, the other clone", serving, beside));
    await compareNumbers(servers);
    const cases = loads(number("connections", 16)).filter(({ title }) => title.includes(option(words, "only", "")));
    if (cases.length === 0) throw new UsageError("--only leaves no load");
    const found = await measure(servers, cases, rounds, seconds);
    report(servers, cases, found);
    print(
      `\nmedian of ${rounds} rounds of ${seconds} s, the servers in turn, load from one more process; ${machine()}`,
    );
    print(`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`);
  } finally {
    await Promise.all(servers.map((server) => server.kill("SIGTERM")));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startPeers(folder: string, artifact: string, processes: number): Promise<readonly RunningServer[]> {
  const found = peersPython();
  if ("missing" in found) {
    note(found.missing);
    return [];
  }
  const { python } = found;
  note(`the peers have ${peersHave(python)}`);
  const onnx = join(folder, "shop.onnx");
  await writeOnnx(artifact, onnx);
  return [
    await startPeer("FastAPI + onnxruntime", python, "serve_onnxruntime.py", [artifact, onnx], processes),
    await startPeer("FastAPI + torch", python, "serve_torch.py", [artifact], processes),
  ];
}

const predictPath = "/v1/models/shop:predict";

function loads(connections: number): readonly Case[] {
  const random = createRandom(7);
  const infer = (rows: number, at: number): Case => ({
    title: `infer, ${rows.toLocaleString("en")} row${rows === 1 ? "" : "s"}`,
    requests: Array.from({ length: 50 }, () => ({ path: predictPath, body: inferBody(rows, random) })),
    connections: at,
  });
  const rank = (at: number): Case => ({
    title: `rank, 1,000 candidates`,
    requests: Array.from({ length: 20 }, () => ({ path: "/v1/rank", body: rankBody(1_000, random) })),
    connections: at,
    isOurs: true,
  });
  return [infer(1, 1), infer(1, connections), infer(100, 4), infer(1_000, 2), rank(1), rank(4)];
}

/** Throws where two servers differ by more than 1e-5 of a value. */
async function compareNumbers(servers: readonly RunningServer[]): Promise<void> {
  const body = inferBody(500, createRandom(11));
  const answers = await Promise.all(
    servers.map(async ({ name, url }) => {
      const response = await fetch(url + predictPath, { method: "POST", body });
      const text = await response.text();
      if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
      return (JSON.parse(text) as { readonly predictions: readonly Readonly<Record<string, number>>[] }).predictions;
    }),
  );
  let worst = 0;
  for (const others of answers.slice(1))
    others.forEach((row, at) => {
      for (const [head, value] of Object.entries(answers[0]?.[at] ?? {}))
        worst = Math.max(worst, Math.abs((row[head] ?? NaN) - value) / Math.abs(value));
    });
  if (!(worst <= 1e-5)) throw new Error(`the servers do not give the same numbers: ${worst} relative`);
  if (answers.length > 1)
    print(`500 rows have the same values at all servers, within ${worst.toExponential(1)} relative\n`);
}

interface Measured extends LoadResult {
  /** Milliseconds of the server's processor time for an answer: what a busy machine changes least. */
  readonly processor: number;
}

type Found = ReadonlyMap<Case, ReadonlyMap<RunningServer, readonly Measured[]>>;

async function measure(
  servers: readonly RunningServer[],
  cases: readonly Case[],
  rounds: number,
  seconds: number,
): Promise<Found> {
  const found = new Map(
    cases.map((each) => [
      each,
      new Map(
        servers.filter((server) => each.isOurs !== true || server.isOurs).map((server) => [server, [] as Measured[]]),
      ),
    ]),
  );
  for (let round = -1; round < rounds; round++)
    for (const [{ requests, connections }, results] of found)
      for (const [server, all] of results) {
        const { name, url } = server;
        const before = processorSeconds(server);
        // The round before the first one warms up.
        const result = await fire({ url, requests, connections, seconds: round < 0 ? 2 : seconds });
        const wrong = [...result.statuses].filter(([status]) => status !== 200);
        if (wrong.length > 0) throw new Error(`${name}: ${wrong.map(([status, n]) => `${n} × ${status}`).join(", ")}`);
        const processor = (1000 * (processorSeconds(server) - before)) / result.answers;
        if (round >= 0) all.push({ ...result, processor });
      }
  return found;
}

function report(servers: readonly RunningServer[], cases: readonly Case[], found: Found): void {
  const [ours] = servers;
  const rows = cases.flatMap((each) => {
    const results = found.get(each);
    const of = (server: RunningServer | undefined, field: "perSecond" | "p50" | "p99" | "processor"): number =>
      median((server === undefined ? [] : (results?.get(server) ?? [])).map((result) => result[field]));
    return [...(results?.keys() ?? [])].map((server) => [
      each.title,
      String(each.connections),
      server.name,
      of(server, "perSecond").toFixed(0),
      of(server, "p50").toFixed(2),
      of(server, "p99").toFixed(2),
      of(server, "processor").toFixed(3),
      ...(server === ours
        ? []
        : [
            `${(of(ours, "perSecond") / of(server, "perSecond")).toFixed(2)} ×`,
            `${(of(server, "processor") / of(ours, "processor")).toFixed(2)} ×`,
          ]),
    ]);
  });
  printTable([
    ["load", "connections", "server", "requests/s", "p50 ms", "p99 ms", "CPU ms/request", "our requests/s", "per CPU"],
    ...rows,
  ]);
}
