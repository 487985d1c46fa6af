/** What a user waits for `mtlc check` of a small spec: the process from start to end, beside a Node that does nothing. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { machine, median, print, printTable, projectRoot } from "./report.js";

export const summary = "mtlc check of a small spec, from the start of the process to its end";

const rounds = 15;

export function run(): void {
  const commands: readonly (readonly [name: string, words: readonly string[]])[] = [
    ["bare Node", ["-e", "0"]],
    ["mtlc check", [join(projectRoot, "bin", "mtlc.js"), "check", "specs/census/mmoe.mtl"]],
  ];
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    commands.forEach(([, words], i) => {
      const start = performance.now();
      spawnSync(process.execPath, words, { cwd: projectRoot });
      times[i]?.push(performance.now() - start);
    });
  const [bare = [], ours = []] = times;
  const row = (name: string, of: readonly number[]): readonly string[] => [
    name,
    Math.min(...of).toFixed(0),
    median(of).toFixed(0),
    (median(of) / median(bare)).toFixed(1),
  ];
  printTable([["", "least ms", "median ms", "ratio"], row("bare Node", bare), row("mtlc check", ours)]);
  print(`\n${rounds} rounds in turn; ${machine()}`);
}
