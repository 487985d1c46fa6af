/** How long the compiler takes for specs with slips of the hand in them: none may keep an editor waiting. */
import { compileSpec } from "../src/compiler/compile.js";
import { createRandom, mangledTexts, mutate, readOther } from "../test/semantics/mangle.js";
import { machine, print, printTable } from "./report.js";

export const summary = "compiling specs with mistakes: milliseconds a text (--count N, 20,000 without)";

/** A pause of the machine is none of the compiler's: a text that takes longer than this is timed again. */
const suspicious = 100;

export function run(words: readonly string[]): void {
  const at = words.indexOf("--count");
  const count = Number(at < 0 ? 20_000 : words[at + 1]);
  const texts = mangledTexts();
  const random = createRandom(20_000);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const original = texts[i % texts.length];
    if (original === undefined) break;
    const text = mutate(original.text, random);
    const compile = (): unknown =>
      compileSpec(original.name, { readFile: (file) => (file === original.name ? text : readOther(file)) });
    let time = timeOf(compile);
    for (let again = 0; again < 5 && time > suspicious; again++) time = Math.min(time, timeOf(compile));
    times.push(time);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  printTable([
    ["texts", "p50 ms", "p99 ms", "slowest ms"],
    [String(sorted.length), quantile(0.5), quantile(0.99), quantile(1)],
  ]);
  print(`\n${machine()}`);
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
