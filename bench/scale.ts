/** Memory and time over the number of rows and the size of a table: does training hold its state once, and its data not at all? */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabase } from "../src/runtime/data/files/database.js";
import { machine, note, option, print, printTable } from "./report.js";
import type { ScaleResult } from "./scale-job.js";

export const summary =
  "peak memory and seconds of training over rows and table sizes (--rows 1,5,20 --tables 1,5,20 --quick)";

const million = 1_000_000;

/** A run to measure: `size` million rows, or as many rows of a table of 16 numbers. */
interface Case {
  readonly kind: "rows" | "table";
  readonly size: number;
}

/** `--rows A,B` and `--tables A,B` in millions (1,5,20 each; `none` for none); `--quick`: 0.2 million rows, a table of 1 million. */
export async function run(words: readonly string[]): Promise<void> {
  const quick = words.includes("--quick");
  const sizes = (name: string, all: string, few: string): readonly number[] =>
    option(words, name, quick ? few : all)
      .split(",")
      .map(Number)
      .filter((size) => size > 0);
  const cases: readonly Case[] = [
    ...sizes("rows", "1,5,20", "0.2").map((size): Case => ({ kind: "rows", size })),
    ...sizes("tables", "1,5,20", "1").map((size): Case => ({ kind: "table", size })),
  ];
  const table = [["", "rows", "state GB", "peak GB", "peak / state", "seconds", "to linear"]];
  const first = new Map<Case["kind"], { readonly size: number; readonly seconds: number }>();
  for (const each of cases) {
    note(`${each.size} million ${each.kind === "rows" ? "rows" : "× 16"} …`);
    const { rows, state, peak, seconds } = await measure(each);
    const start = first.get(each.kind) ?? { size: each.size, seconds };
    first.set(each.kind, start);
    table.push([
      each.kind === "rows" ? `${each.size} million rows` : `table of ${each.size} million × 16`,
      rows.toLocaleString("en"),
      (state / 1e9).toFixed(2),
      (peak / 1e9).toFixed(2),
      each.kind === "rows" ? "–" : (peak / state).toFixed(2),
      seconds.toFixed(0),
      (seconds / start.seconds / (each.size / start.size)).toFixed(2),
    ]);
  }
  printTable(table);
  print("\nTo linear: time over that of the first of its kind, divided by what the size is over its size.");
  print(`Each run is a process of its own, reading and encoding its data included; ${machine()}`);
}

/** Bytes and seconds of a run. */
interface Measured {
  readonly rows: number;
  readonly state: number;
  readonly peak: number;
  readonly seconds: number;
}

async function measure({ kind, size }: Case): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-scale-"));
  try {
    const rows = kind === "rows" ? Math.round(size * million) : 20_000;
    const ids = kind === "table" ? Math.round(size * million) : 10_000;
    await writeData(folder, rows, ids);
    writeFileSync(join(folder, "model.mtl"), kind === "rows" ? rowsSpec : tableSpec(ids));
    const child = spawnSync(process.execPath, [join(import.meta.dirname, "scale-job.js"), join(folder, "model.mtl")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.status !== 0) throw new Error(`the run ended with ${child.status ?? child.signal ?? "no status"}`);
    const { parameters, peak, seconds } = JSON.parse(child.stdout) as ScaleResult;
    // Adam keeps two numbers for each that is trained.
    return { rows, state: 3 * 4 * parameters, peak, seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ids of every size between 0 and `ids`, the small ones often; a click that depends on two columns. */
async function writeData(folder: string, rows: number, ids: number): Promise<void> {
  const file = join(folder, "train.parquet").replaceAll("'", "''");
  await withDatabase({ folder }, async (database) => {
    await database.run(`COPY (
      SELECT CAST(floor(power((hash(i) % 1000003) / 1000003.0, 3) * ${ids}) AS BIGINT) AS a,
             CAST(hash(i + 1) % 5000 AS BIGINT) AS b, CAST(hash(i + 2) % 300 AS BIGINT) AS c,
             (hash(i + 3) % 10007) / 10007.0 AS x, (hash(i + 4) % 10009) / 10009.0 AS y,
             CAST((hash(i + 3) % 10007) / 10007.0 + (hash(i + 2) % 300) / 600.0 > 0.9 AS INTEGER) AS click
      FROM range(${rows}) AS numbers(i)
    ) TO '${file}' (FORMAT parquet)`);
  });
}

const rowsSpec = `
model rows
data { train: parquet("train.parquet") }
features {
  a: categorical(hash: 10_000, embed: 8)
  b: categorical(hash: 10_000, embed: 8)
  c: categorical(hash: 10_000, embed: 8)
  x: numeric(scale: none)
  y: numeric(scale: none)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([a, b, c, x, y], [32])))
loss { ctr: bce }
train { batch: 16_384 }
`;

const tableSpec = (ids: number): string => `
model big
data { train: parquet("train.parquet") }
features {
  a: categorical(hash: ${ids}, embed: 16)
  x: numeric(scale: none)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([a, x], [4])))
loss { ctr: bce }
train { batch: 1_024 }
`;
