/**
 * Runs one benchmark: `npm run bench -- NAME [options]`. Each file beside this one that exports `run` is one; it prints
 * what it measured as a table, the peer and us in the same process run order, and ratios.
 */
import { readdirSync } from "node:fs";
import { UsageError } from "./report.js";

/** What a benchmark's file exports. */
interface Benchmark {
  /** One line: what it measures. */
  readonly summary?: string;
  readonly run: (words: readonly string[]) => void | Promise<void>;
}

async function load(name: string): Promise<Benchmark | undefined> {
  const found = (await import(`./${name}.js`)) as Partial<Benchmark>;
  return found.run === undefined ? undefined : { run: found.run, ...(found.summary === undefined ? {} : found) };
}

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".js") && file !== "main.js")
  .map((file) => file.replace(/\.js$/, ""))
  .sort();
const [name, ...words] = process.argv.slice(2);
const benchmark = name !== undefined && names.includes(name) ? await load(name) : undefined;
if (benchmark === undefined) {
  process.stderr.write("usage: npm run bench -- NAME [options]\n\n");
  for (const each of names) {
    const listed = await load(each);
    if (listed !== undefined) process.stderr.write(`  ${each.padEnd(10)} ${listed.summary ?? ""}\n`);
  }
  process.exitCode = 2;
} else {
  try {
    await benchmark.run(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
