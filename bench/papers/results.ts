/** What an experiment of a paper leaves: one JSON file, from which its tables and charts are made. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "prettier";
import { projectRoot } from "../report.js";

/** What all experiments say of themselves; each adds what its tables need. Numbers are finite: JSON knows no others. */
export interface PaperResults<Run = unknown> {
  /** The name of the benchmark. */
  readonly experiment: string;
  readonly form: "quick" | "full";
  /** The command that makes this file again. */
  readonly command: string;
  readonly machine: string;
  /** Path of each spec in the project, and the hash of its model. */
  readonly specs: Readonly<Record<string, string>>;
  /** What was chosen freely: steps, batch, presets. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What each run measured, with its seeds. */
  readonly runs: readonly Run[];
}

/** The results in the repository. */
export const resultsFolder = "bench/papers/results";

/** The committed results of an experiment; undefined where there are none. */
export function readResults(experiment: string, root = projectRoot): PaperResults | undefined {
  const file = join(root, resultsFolder, `${experiment}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PaperResults) : undefined;
}

/** Writes the results as the repository's other JSON is laid out, into `folder` of the project. */
export async function writeResults(results: PaperResults, folder: string): Promise<string> {
  const file = join(projectRoot, folder, `${results.experiment}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify(results, refuseInfinite);
  writeFileSync(file, await format(text, { parser: "json", printWidth: 120 }));
  return file;
}

/** JSON would make `null` of it, and a table a wrong figure. */
function refuseInfinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} of the results is ${value}`);
  return value;
}
