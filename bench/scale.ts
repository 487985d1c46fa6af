/** Time and memory of training as one thing grows: rows, a table, features, tasks and experts. Does a step cost what it computes, and is a large model ready soon? */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabase } from "../src/runtime/data/files/database.js";
import { machine, note, option, print, printTable } from "./report.js";
import type { ScaleResult, Spent } from "./scale-job.js";
import { type Growth, scaleCase } from "./scale-spec.js";

export const summary =
  "seconds until ready, ms a step and peak memory as one thing grows (--rows 1,5,20 --tables 1,5,20,50 --features 10,50,100,500 --tasks 4,16,32,64 --quick)";

const million = 1_000_000;

interface Grown {
  readonly kind: Growth;
  readonly title: string;
  /** Sizes by default, and with `--quick`; of rows and tables in millions. */
  readonly sizes: readonly [string, string];
  readonly unit: number;
  readonly nameOf: (size: number) => string;
  /** What time is compared with. */
  readonly work: (size: number) => number;
  readonly toLinear: string;
}

const grown: readonly Grown[] = [
  {
    kind: "tasks",
    title: "Tasks and experts",
    sizes: ["4,16,32,64", "4,16"],
    unit: 1,
    nameOf: (size) => `${size} tasks × ${size} experts`,
    work: (size) => size * size,
    toLinear: "tasks × experts, which the arithmetic of gates and their mixes grows with",
  },
  {
    kind: "features",
    title: "Features",
    sizes: ["10,50,100,500", "10,50"],
    unit: 1,
    nameOf: (size) => `${size} features`,
    work: (size) => size,
    toLinear: "features",
  },
  {
    kind: "table",
    title: "Table",
    sizes: ["1,5,20,50", "1,2"],
    unit: million,
    nameOf: (size) => `table of ${size} million × 16`,
    work: () => 1,
    toLinear: "rows that a batch touches, which are as many in all",
  },
  {
    kind: "rows",
    title: "Rows",
    sizes: ["1,5,20", "0.2"],
    unit: million,
    nameOf: (size) => `${size} million rows`,
    work: () => 1,
    toLinear: "rows of a batch, which are as many in all",
  },
];

/** What of the words names the sizes of a growth: `--tables`. */
const optionOf = ({ kind }: Grown): string => (kind === "table" ? "tables" : kind);

/** Sizes by options (`none` for none), those of rows and tables in millions; `--quick`: few and small ones. */
export async function run(words: readonly string[]): Promise<void> {
  const quick = words.includes("--quick");
  for (const each of grown) {
    const sizes = option(words, optionOf(each), each.sizes[quick ? 1 : 0])
      .split(",")
      .map(Number)
      .filter((size) => size > 0);
    if (sizes.length > 0) await runGrowth(each, sizes);
  }
  print(
    "\nReady: from the start of the process until the first steps are done, data read and encoded. To linear: time over that of the first",
  );
  print("size, divided by the growth of what the table names. State: weights and what Adam keeps of them.");
  print(`Each run is a process of its own, to the artifact; ${machine()}`);
}

async function runGrowth(growth: Grown, sizes: readonly number[]): Promise<void> {
  const head = ["parameters", "state GB", "peak GB", "ready s", "processor s", "to linear"];
  const table = [[growth.title, ...head, "ms a step", "processor ms", "to linear", "seconds"]];
  let first: (ScaleResult & { readonly work: number }) | undefined;
  for (const size of sizes) {
    const name = growth.nameOf(size);
    const needed = growth.kind === "table" ? 1.3 * 3 * 4 * 16 * size * million : 0;
    if (needed > freemem()) {
      note(`${name} is left out: ${(needed / 1e9).toFixed(1)} GB are not free`);
      continue;
    }
    note(`${name} …`);
    const result = await measure(growth.kind, Math.round(size * growth.unit));
    const work = growth.work(size);
    first ??= { ...result, work };
    const cells = (now: Spent, then: Spent, digits: number): readonly string[] => [
      now.clock.toFixed(digits),
      now.processor.toFixed(digits),
      (now.processor / then.processor / (work / (first?.work ?? 1))).toFixed(2),
    ];
    table.push([
      name,
      result.parameters.toLocaleString("en"),
      // Adam keeps two numbers for each that is trained.
      ((3 * 4 * result.parameters) / 1e9).toFixed(2),
      (result.peak / 1e9).toFixed(2),
      ...cells(result.ready, first.ready, 1),
      ...cells(result.step, first.step, 2),
      result.seconds.toFixed(0),
    ]);
  }
  print();
  printTable(table);
  print(`To linear: in ${growth.toLinear}.`);
}

async function measure(kind: Growth, size: number): Promise<ScaleResult> {
  const { spec, rows, columns } = scaleCase(kind, size);
  const folder = mkdtempSync(join(tmpdir(), "mtlc-scale-"));
  try {
    const file = join(folder, "train.parquet").replaceAll("'", "''");
    await withDatabase({ folder }, async (database) => {
      const selected = `SELECT ${columns.join(", ")} FROM range(${rows}) AS numbers(i)`;
      await database.run(`COPY (${selected}) TO '${file}' (FORMAT parquet)`);
    });
    writeFileSync(join(folder, "model.mtl"), spec);
    const child = spawnSync(process.execPath, [join(import.meta.dirname, "scale-job.js"), join(folder, "model.mtl")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.status !== 0) throw new Error(`the run ended with ${child.status ?? child.signal ?? "no status"}`);
    return JSON.parse(child.stdout) as ScaleResult;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
