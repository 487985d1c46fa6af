/**
 * Ranking speed, on one core and in one process: requests of 1,000 candidates through formula, order, windows and sets of
 * 10 and 50 rules, from columns and from parsed JSON; lists chosen for variety; and files of a million candidates.
 */
import { readInputs } from "../src/compiler/formulas/index.js";
import { createMemoryHost } from "../src/compiler/host.js";
import type { ServingModel } from "../src/compiler/model/index.js";
import { compileSpec } from "../src/compiler/compile.js";
import { createRanker } from "../src/compiler/serving/index.js";
import { createRandom, machine, option, percentile, print, printTable, UsageError } from "./report.js";
import { shopCandidates, smallCandidates } from "./ranking/candidates.js";
import { measureFiles } from "./ranking/files.js";
import { rulesSpec, smallSpec } from "./ranking/specs.js";

export const summary =
  "requests of 1,000 candidates, 10 and 50 rules, MMR and DPP over 10,000: p50 and p99; a million rows of a file";

const parts = ["requests", "rules", "variety", "files"] as const;

/** `--only PARTS`, `--requests N` (2,000 measured, after a quarter to warm up), `--rows N` of the files, `--formats jsonl,csv,parquet`. */
export async function run(words: readonly string[]): Promise<void> {
  const only = option(words, "only", parts.join()).split(",");
  const unknown = only.find((part) => !parts.some((known) => known === part));
  if (unknown !== undefined) throw new UsageError(`--only takes ${parts.join(", ")}: not ${unknown}`);
  const requests = Number(option(words, "requests", "2000"));
  const rows = Number(option(words, "rows", "1000000"));
  const formats = option(words, "formats", "jsonl,csv,parquet").split(",");
  const table: (readonly string[])[] = [["candidates → positions", "p50 ms", "p99 ms", "goal p99"]];
  const put = (what: string, goal: string, measured: Measured): void => {
    const { p50, p99 } = measure(measured);
    table.push([what, p50.toFixed(2), p99.toFixed(2), goal]);
  };
  const small = servingOf(smallSpec);
  const ofSmall = { serving: small, requests, values: undefined, count: 1000 };
  if (only.includes("requests")) {
    const plain = { ...ofSmall, candidatesOf: withoutVectors };
    put("1,000 → 100, formula, order, two windows", "1", { ...plain, ranking: "page", from: "columns" });
    put("1,000 → 100, only formula and order", "", { ...plain, ranking: "plain", from: "columns" });
    put("1,000 → 100, two windows, from parsed rows", "", { ...plain, ranking: "page", from: "rows" });
  }
  if (only.includes("rules")) {
    const rules = { ...ofSmall, serving: servingOf(rulesSpec), values: { home_city: "city1", keep: 3 } };
    for (const [ranking, title, goal] of [
      ["ten", "10 rules", "1"],
      ["fifty", "50 rules", "3"],
      // Quotas of which several are due at one position: some lists are searched for until the budget ends.
      ["crowded", "50 rules and a quota too many", ""],
    ] as const)
      for (const from of ["columns", "rows"] as const)
        put(`1,000 → 100, ${title}${from === "rows" ? ", from parsed rows" : ""}`, goal, {
          ...rules,
          ranking,
          from,
          requests: ranking === "crowded" ? requests / 10 : requests,
          candidatesOf: (count, random) => shopCandidates(count, random, now),
        });
  }
  if (only.includes("variety")) {
    const varied = { ...ofSmall, from: "columns", candidatesOf: withVectors } as const;
    put("1,000 → 50, MMR in 32 dimensions", "3", { ...varied, ranking: "varied", requests: requests / 10 });
    put("200 → 50, DPP in 32 dimensions", "1", { ...varied, ranking: "spread", requests: requests / 10, count: 200 });
    const large = { ...varied, count: 10_000, requests: requests / 20 };
    put("10,000 → 50, MMR in 32 dimensions", "20", { ...large, ranking: "varied" });
    put("10,000 → 50, DPP in 32 dimensions", "20", { ...large, ranking: "spread" });
  }
  if (table.length > 1) {
    printTable(table);
    print();
  }
  if (only.includes("files")) {
    await measureFiles(rows, formats);
    print();
  }
  print(machine());
}

/** 2026-11-05, within the season of a rule. */
const now = 1_793_836_800;

const withoutVectors: Measured["candidatesOf"] = (count, random) => smallCandidates(count, random, 0);
const withVectors: Measured["candidatesOf"] = (count, random) => smallCandidates(count, random, 32);

function servingOf(spec: string): ServingModel {
  const { model, diagnostics } = compileSpec("bench.mtl", createMemoryHost({ "bench.mtl": spec }));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (model?.serving === undefined || errors.length > 0)
    throw new Error(errors.map(({ message }) => message).join("\n"));
  return model.serving;
}

interface Measured {
  readonly serving: ServingModel;
  readonly ranking: string;
  /** Candidates of a request. */
  readonly count: number;
  readonly candidatesOf: (count: number, random: () => number) => readonly Readonly<Record<string, unknown>>[];
  /** Values of the requests. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly requests: number;
  /** Validated columns, or parsed JSON that is validated within the time. */
  readonly from: "columns" | "rows";
}

function measure({ serving, ranking, count, candidatesOf, values, requests, from }: Measured): {
  readonly p50: number;
  readonly p99: number;
} {
  const rank = serving.ranks.find((each) => each.name === ranking);
  if (rank === undefined) throw new Error(`no ranking ${ranking}`);
  const ranker = createRanker(serving, rank);
  const random = createRandom(7);
  const times: number[] = [];
  const warmUp = Math.max(50, requests / 4);
  const ofRequest = values === undefined ? {} : { values };
  // Few different requests: making them must not cost more than ranking them.
  const pool = Array.from({ length: 20 }, () => {
    const all = JSON.parse(JSON.stringify(candidatesOf(count, random))) as ReturnType<typeof candidatesOf>;
    const read = readInputs(
      serving,
      { candidates: all, now, ...(values === undefined ? {} : { request: values }) },
      ({ name }) => ranker.inputs.has(name),
    );
    if (read.kind !== "frame") throw new Error(`refused: ${read.input}`);
    return { all, ids: all.map(({ id }) => String(id)), frame: read.frame };
  });
  for (let i = 0; i < warmUp + requests; i++) {
    const { all, ids, frame } = pool[i % pool.length] as (typeof pool)[number];
    const request = { request: String(i), ids, now, seed: 0 };
    const start = performance.now();
    const result =
      from === "columns"
        ? ranker.rankFrame(request, frame)
        : ranker.rank({ ...request, ...ofRequest, candidates: all });
    const time = performance.now() - start;
    if (result.kind !== "ranked" || result.items.length === 0) throw new Error("no list");
    if (i >= warmUp) times.push(time);
  }
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
