/**
 * Flow control: what a lease costs, by itself and beside other processes, and what is left of a cap when servers are killed.
 * `npm run bench -- flow [--kills 50] [--leases 5000] [--seed 1]`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createMemoryStore, createPermitLedger, type PermitKey } from "../src/runtime/flow/index.js";
import { drillCap, runCrashDrill, serverArguments, type DrillResult } from "./crash-drill.js";
import { redisProgram, startRedis, withoutRedis } from "./redis-server.js";
import { machine, note, option, print, printTable, projectRoot } from "./report.js";

/** The servers run the sources that were compiled for this benchmark. */
const place = { root: projectRoot, module: join(import.meta.dirname, "../src/runtime/flow/index.js") };

export const summary = "permits of caps: leases/s on SQLite and Redis, and servers killed with kill -9";

export async function run(words: readonly string[]): Promise<void> {
  const kills = Number(option(words, "kills", "50"));
  const leases = Number(option(words, "leases", "5000"));
  const seed = Number(option(words, "seed", "1"));
  const folder = mkdtempSync(join(tmpdir(), "mtlc-flow-"));
  const redis = redisProgram === undefined ? undefined : await startRedis();
  try {
    const sqlite = (name: string): string => `sqlite:${join(folder, `${name}.db`)}`;
    const stores = [
      { name: "SQLite", store: sqlite("leases"), processes: 4 },
      ...(redis === undefined ? [] : [{ name: "Redis", store: redis.url, processes: 2 }]),
    ];
    if (redis === undefined) note(`Redis is left out${withoutRedis}`);

    print("one counter, one lease after the other, each on disk before it is answered");
    const rows = [["store", "processes", "leases/s", "p50 ms", "p99 ms", "granted"]];
    for (const { name, store, processes } of stores)
      for (const count of [1, 2, 4]) {
        note(`${name}: ${count} × ${leases} leases`);
        rows.push([name, ...(await measureLeases(`${count}`, store, count, leases))]);
        if (count === processes) break;
      }
    printTable(rows);

    print();
    print("a request of 1,000 candidates, from memory: permits of each, and 50 spent");
    printTable([["p50 ms", "p99 ms"], measureRequests()]);

    print();
    print("servers killed with kill -9 at random points, and the account when the others have spent the rest");
    const drills: (readonly [string, DrillResult])[] = [];
    const common = { ...place, kills, values: 20, seed };
    note(`SQLite: 4 processes × ${kills} kills`);
    drills.push(["SQLite", await runCrashDrill({ ...common, store: sqlite("drill"), processes: 4, limit: 100_000 })]);
    if (redis !== undefined) {
      const storeCrashes = Math.ceil(kills / 5);
      note(`Redis: 2 processes × ${kills} kills, and ${storeCrashes} of the store`);
      const crash = { crashStore: () => redis.restart(), storeCrashes };
      drills.push([
        "Redis",
        await runCrashDrill({ ...common, ...crash, store: redis.url, processes: 2, limit: 100_000 }),
      ]);
    }
    printTable([
      ["store", "kills", "of the store", "permits", "shown", "overshoot", "ack. loss", "stranded", "worst", "block"],
      ...drills.map(([name, result]) => [
        name,
        ...[result.kills, result.storeCrashes, result.limit, result.served, result.overshoot].map(String),
        ...[result.acknowledgedLoss, result.stranded, result.worstStranded, result.block].map(String),
      ]),
    ]);
    print();
    print(machine());
  } finally {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processes that lease from one counter at the same time. */
async function measureLeases(
  value: string,
  store: string,
  processes: number,
  count: number,
): Promise<readonly string[]> {
  const cap = drillCap(2 ** 40);
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, i) => {
      const settings = { mode: "lease", store, server: `server ${i}`, cap, values: [value], count };
      const child = spawn(process.execPath, serverArguments(place, settings), {
        stdio: ["ignore", "pipe", "inherit"],
      });
      return text(child.stdout);
    }),
  );
  const results = outputs.map((output) => JSON.parse(output) as { granted: number; times: readonly number[] });
  const times = results.flatMap((result) => result.times).sort((a, b) => a - b);
  // Each process makes its leases back to back, so the rates add up.
  const rate = results.reduce(
    (sum, each) => sum + each.times.length / (each.times.reduce((a, b) => a + b, 0) / 1000),
    0,
  );
  const granted = results.reduce((sum, each) => sum + each.granted, 0);
  return [String(processes), rate.toFixed(0), ...percentiles(times), String(granted)];
}

function measureRequests(): readonly string[] {
  const now = Date.now();
  const ledger = createPermitLedger(createMemoryStore(), {
    caps: [drillCap(2 ** 40)],
    server: "server",
    background: false,
  });
  const keys: readonly PermitKey[] = Array.from({ length: 1000 }, (_, i) => ({ cap: "exposure", value: `item ${i}` }));
  const spends = keys.slice(0, 50).map((key) => ({ ...key, count: 1 }));
  const times: number[] = [];
  for (let i = 0; i < 3000; i += 1) {
    const started = performance.now();
    for (const key of keys) ledger.permits(key, now, true);
    ledger.spend(spends, now);
    times.push(performance.now() - started);
  }
  return percentiles(times.slice(500).sort((a, b) => a - b));
}

function percentiles(sorted: readonly number[]): readonly [string, string] {
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2);
  return [at(0.5), at(0.99)];
}
