/**
 * Ranking speed, on one core and in one process: a request of 1,000 candidates through formula, order and two windows;
 * the same from parsed JSON, validation included; lists chosen for variety; and a file of a million candidates.
 */
import { once } from "node:events";
import { createWriteStream, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { readInputs } from "../src/compiler/formulas/index.js";
import { createMemoryHost } from "../src/compiler/host.js";
import type { ServingModel } from "../src/compiler/model/index.js";
import { compileSpec } from "../src/compiler/compile.js";
import { createRanker, type Ranker } from "../src/compiler/serving/index.js";
import { rankFiles } from "../src/runtime/rank/index.js";
import { createRandom, machine, note, option, print, printTable } from "./report.js";

export const summary =
  "a request of 1,000 candidates: p50 and p99 of formula, order, windows, MMR, DPP; a million rows of a file";

const spec = `model bench
signals {
  ctr:  P(click)
  cvr:  P(buy | click)
  stay: number(seconds) >= 0
}
attributes {
  price:    number(yuan) >= 0
  brand:    text
  category: text
  shape:    vector(32)
}
params {
  alpha: 0.05 in [0, 1]
  beta:  1    in [0, 10]
  a:     0.5  in [0, 2]
}
fusion score = ctr * (alpha + cvr) * (beta + price) * safe_pow(stay, a)
rules windows {
  spread brands     at most 1 of brand in 5
  spread categories at most 3 of category in 10
}
rules mmr { mmr variety of shape lambda: 0.7 }
rules dpp { dpp variety of shape theta: 0.7 }
rank page   = top 100 by score with windows
rank plain  = top 100 by score
rank varied = top 50 by score with mmr
rank spread = top 50 by score with dpp
`;

/** Brands and categories as shops have them: few with many items, many with few. */
function candidates(count: number, random: () => number, dimensions: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `item${i}`,
    ctr: random() ** 2,
    cvr: random() ** 3,
    stay: 300 * random(),
    price: 500 * random() ** 2,
    brand: `b${Math.floor(200 * random() ** 3)}`,
    category: `c${Math.floor(20 * random() ** 3)}`,
    ...(dimensions === 0 ? {} : { shape: Array.from({ length: dimensions }, () => random() - 0.5) }),
  }));
}

/** `--requests N` (2,000 measured, after 500 to warm up), `--rows N` of the file (1,000,000). */
export async function run(words: readonly string[]): Promise<void> {
  const requests = Number(option(words, "requests", "2000"));
  const rows = Number(option(words, "rows", "1000000"));
  const { model, diagnostics } = compileSpec("bench.mtl", createMemoryHost({ "bench.mtl": spec }));
  const { serving } = model ?? {};
  if (serving === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const ranker = (name: string): Ranker => {
    const rank = serving.ranks.find((each) => each.name === name);
    if (rank === undefined) throw new Error(`no ranking ${name}`);
    return createRanker(serving, rank);
  };
  const measured = [
    ["formula, order, two windows → 100", ...measure(serving, ranker("page"), 1000, 0, requests, "columns"), "1"],
    ["only formula and order → 100", ...measure(serving, ranker("plain"), 1000, 0, requests, "columns"), ""],
    ["two windows → 100, from parsed rows", ...measure(serving, ranker("page"), 1000, 0, requests, "rows"), ""],
    [
      "MMR, 50 picks of 1,000 in 32 dimensions",
      ...measure(serving, ranker("varied"), 1000, 32, requests / 10, "columns"),
      "3",
    ],
    [
      "DPP, 50 picks of 200 in 32 dimensions",
      ...measure(serving, ranker("spread"), 200, 32, requests / 10, "columns"),
      "1",
    ],
  ];
  printTable([["1,000 candidates a request", "p50 ms", "p99 ms", "goal p99"], ...measured]);
  print();
  await measureFile(rows);
  print(machine());
}

function measure(
  serving: ServingModel,
  ranker: Ranker,
  count: number,
  dimensions: number,
  requests: number,
  from: "columns" | "rows",
): readonly [string, string] {
  const random = createRandom(7);
  const times: number[] = [];
  const warmUp = Math.max(50, requests / 4);
  // Few different requests: making them must not cost more than ranking them.
  const pool = Array.from({ length: 20 }, () => {
    const all = candidates(count, random, dimensions);
    const read = readInputs(serving, { candidates: all, now: 0 }, ({ name }) => ranker.inputs.has(name));
    if (read.kind !== "frame") throw new Error(`refused: ${read.input}`);
    return { all, ids: all.map(({ id }) => String(id)), frame: read.frame };
  });
  for (let i = 0; i < warmUp + requests; i++) {
    const { all, ids, frame } = pool[i % pool.length] as (typeof pool)[number];
    const request = { request: String(i), ids, now: 0, seed: 0 };
    const start = performance.now();
    const result = from === "columns" ? ranker.rankFrame(request, frame) : ranker.rank({ ...request, candidates: all });
    const time = performance.now() - start;
    if (result.kind !== "ranked" || result.items.length === 0) throw new Error("no list");
    if (i >= warmUp) times.push(time);
  }
  times.sort((a, b) => a - b);
  const quantile = (q: number): string => (times[Math.floor(q * times.length)] ?? NaN).toFixed(2);
  return [quantile(0.5), quantile(0.99)];
}

/** A JSON-lines file in requests of 1,000, ranked to lists of 100. */
async function measureFile(rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mtlc-bench-rank-"));
  try {
    const file = join(folder, "candidates.jsonl");
    note(`writing ${rows.toLocaleString("en-US")} candidates`);
    const random = createRandom(11);
    const out = createWriteStream(file);
    for (let request = 0; request * 1000 < rows; request++) {
      const lines = candidates(Math.min(1000, rows - request * 1000), random, 0).map(
        (each) => `${JSON.stringify({ request: `r${request}`, ...each, shape: [] })}\n`,
      );
      if (!out.write(lines.join(""))) await once(out, "drain");
    }
    out.end();
    await finished(out);
    const path = join(folder, "bench.mtl");
    writeFileSync(path, spec);
    const start = performance.now();
    let lists = 0;
    let peak = 0;
    for await (const answer of rankFiles({ source: path, files: [file], ranking: "page", now: 0, seed: 0 })) {
      lists += answer.kind === "ranked" && answer.list.items.length > 0 ? 1 : 0;
      if (lists % 50 === 0) peak = Math.max(peak, residentBytes());
    }
    const seconds = (performance.now() - start) / 1000;
    print(
      `${rows.toLocaleString("en-US")} candidates of a file in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds).toLocaleString("en-US")} candidates/s, ${lists} lists, ${Math.round(peak / 2 ** 20)} MiB resident at most`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function residentBytes(): number {
  try {
    // Linux tells the process's own pages; elsewhere Node's figure does.
    return Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]) * 4096;
  } catch {
    return process.memoryUsage.rss();
  }
}
