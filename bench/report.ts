/** How benchmarks print: tables of text, medians, and where the project's files are. */
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { python, pythonHas } from "../test/python.js";

/** The project's folder: the compiled benchmarks lie in .mtlc/bench/bench. */
export const projectRoot = join(import.meta.dirname, "../../..");

/** Real data beside the project, absent from a user's clone; undefined without it. */
export function sharedData(path: string): string | undefined {
  const found = join(projectRoot, "..", "shared", "data", path);
  return existsSync(found) ? found : undefined;
}

/** Throws a {@link UsageError} where the Python that runs programs of others has not all of these modules. */
export function requirePython(...modules: readonly string[]): void {
  const missing = modules.filter((each) => !pythonHas(each));
  if (missing.length > 0)
    throw new UsageError(
      `${python} has no ${missing.join(", ")}: MTLC_PYTHON names another, and scripts/install-peers.sh DIR makes one that has all`,
    );
}

/** One line on the machine, under every table. */
export function machine(): string {
  return `Node ${process.versions.node}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}`;
}

/** Columns two spaces apart, the first to the left, the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  for (const row of rows)
    print(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
}

/** Columns of figures to the right, others to the left. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const hasFigures = (column: number): boolean =>
    column > 0 && rows.every(({ [column]: cell = "" }) => cell === "" || /^[−+-]?\d/.test(cell));
  return [line(head), line(head.map((_, column) => (hasFigures(column) ? "--:" : "---"))), ...rows.map(line)].join(
    "\n",
  );
}

export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** On standard error, so that only the table is on standard output. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** `1 round`, `5 rounds`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The value below which a share in [0, 1] of the values lies, of values in ascending order; NaN where there is none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** A linear congruential generator (Numerical Recipes), so that every run measures the same: numbers in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The value after `--name`, or the fallback. */
export function option(words: readonly string[], name: string, fallback: string): string {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? fallback : (words[at + 1] ?? fallback);
}

/** A flag that does not fit: `npm run bench` prints only the message. */
export class UsageError extends Error {}
