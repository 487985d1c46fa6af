/** Files of candidates for the ranking benchmarks, in requests of 1,000, and how fast they are ranked. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { quoteText } from "../../src/runtime/data/files/sql.js";
import { rankFiles } from "../../src/runtime/rank/index.js";
import { createRandom, note, printTable, projectRoot } from "../report.js";
import { smallCandidates } from "./candidates.js";
import { smallSpec } from "./specs.js";

const requestRows = 1000;

/** Ranks files of `rows` candidates to lists of 100: within this process, and by the command that prints the lists. */
export async function measureFiles(rows: number, formats: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mtlc-bench-rank-"));
  try {
    const spec = join(folder, "bench.mtl");
    writeFileSync(spec, smallSpec);
    const table: string[][] = [["rows of a file", "rankFiles, rows/s", "MiB", "`mtlc rank --format json`, rows/s"]];
    for (const format of formats) {
      note(`writing ${rows.toLocaleString("en-US")} candidates as ${format}`);
      const file = await writeCandidates(folder, format, rows);
      const { seconds, peak } = await rankHere(spec, file);
      const command = rankByCommand(spec, file);
      table.push([format, perSecond(rows, seconds), String(Math.round(peak / 2 ** 20)), perSecond(rows, command)]);
      rmSync(file);
    }
    printTable(table);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function perSecond(rows: number, seconds: number): string {
  return Math.round(rows / seconds).toLocaleString("en-US");
}

async function writeCandidates(folder: string, format: string, rows: number): Promise<string> {
  const file = join(folder, `candidates.${format}`);
  const isTable = format !== "jsonl";
  const text = isTable ? join(folder, "text.csv") : file;
  const random = createRandom(11);
  const out = createWriteStream(text);
  if (isTable) out.write("request,id,ctr,cvr,stay,price,brand,category\n");
  for (let request = 0; request * requestRows < rows; request++) {
    const lines = smallCandidates(Math.min(requestRows, rows - request * requestRows), random, 0).map((each) => {
      const row = { request: `r${request}`, ...each };
      return `${isTable ? Object.values(row).join() : JSON.stringify(row)}\n`;
    });
    if (!out.write(lines.join(""))) await once(out, "drain");
  }
  out.end();
  await finished(out);
  if (!isTable) return file;
  await withDatabase({ folder }, (database) =>
    database.run(
      `COPY (SELECT * FROM read_csv(${quoteText(text)})) TO ${quoteText(file)} (FORMAT ${format === "csv" ? "csv" : "parquet"})`,
    ),
  );
  rmSync(text);
  return file;
}

async function rankHere(spec: string, file: string): Promise<{ readonly seconds: number; readonly peak: number }> {
  const start = performance.now();
  let lists = 0;
  let peak = 0;
  for await (const answer of rankFiles({ source: spec, files: [file], ranking: "page", now: 0, seed: 0 })) {
    if (answer.kind !== "ranked" || answer.list.items.length === 0) throw new Error("no list");
    lists++;
    if (lists % 50 === 0) peak = Math.max(peak, residentBytes());
  }
  return { seconds: (performance.now() - start) / 1000, peak };
}

/** Seconds of the whole process, from its start to its end. */
function rankByCommand(spec: string, file: string): number {
  const start = performance.now();
  const words = [join(projectRoot, "bin", "mtlc.js"), "rank", spec, file, "--format", "json"];
  const { status } = spawnSync(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("mtlc rank failed");
  return (performance.now() - start) / 1000;
}

function residentBytes(): number {
  try {
    // Linux tells the process's own pages; elsewhere Node's figure does.
    return Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]) * 4096;
  } catch {
    return process.memoryUsage.rss();
  }
}
