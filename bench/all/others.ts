/** Parts that are benchmarks of their own: each runs as it does by itself, and its output is kept as it is. */
import { join } from "node:path";
import { note } from "../report.js";
import { runProcess } from "./processes.js";
import type { Section } from "./parts.js";

interface Benchmark {
  readonly title: string;
  readonly words: readonly string[];
}

const ranking: readonly Benchmark[] = [{ title: "Ranking", words: ["rank"] }];

const start: readonly Benchmark[] = [
  { title: "A small spec checked, from the start of the process to its end", words: ["start"] },
  { title: "Stages of the compiler", words: ["compiler"] },
  { title: "Answers to an editor", words: ["editor"] },
];

const scale: readonly Benchmark[] = [
  { title: "Growth with tasks and experts, features, tables and rows", words: ["scale"] },
];

export function measureRanking(): AsyncGenerator<Section> {
  return runAll(ranking);
}

export function measureStart(): AsyncGenerator<Section> {
  return runAll(start);
}

export function measureScale(): AsyncGenerator<Section> {
  return runAll(scale);
}

async function* runAll(benchmarks: readonly Benchmark[]): AsyncGenerator<Section> {
  for (const { title, words } of benchmarks) {
    note(`\n${title}`);
    const main = join(import.meta.dirname, "..", "main.js");
    const { stdout, stderr, status } = await runProcess(process.execPath, [main, ...words]);
    // A missed goal is exit code 1, and its table is there.
    if (stdout.trim() === "") note(`left out: exit code ${status}\n${stderr}`);
    else yield { title, output: stdout, lines: [`\`npm run bench -- ${words.join(" ")}\``] };
  }
}
