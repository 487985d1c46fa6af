/** Long texts of one wrong piece again and again: half of each and the whole. Twice the text takes twice the time. */
import { parse } from "../src/compiler/syntax/index.js";
import { createSourceFile } from "../src/compiler/text/index.js";
import { hostileTexts } from "../test/syntax/hostile-texts.js";
import { machine, print, printTable } from "./report.js";

export const summary = "parsing long texts that are wrong throughout: ms, and growth against half of the text";

const rounds = 5;

export function run(): void {
  const rows = hostileTexts.map(([name, text]): readonly string[] => {
    const [half, whole] = [text.slice(0, text.length / 2), text].map((each) =>
      Math.min(...Array.from({ length: rounds }, () => timeOf(each))),
    );
    return [name, (half ?? NaN).toFixed(1), (whole ?? NaN).toFixed(1), ((whole ?? NaN) / (half ?? NaN)).toFixed(2)];
  });
  printTable([["", "half ms", "whole ms", "growth (2 is linear)"], ...rows]);
  print(`\nthe least of ${rounds} rounds; ${machine()}`);
}

function timeOf(text: string): number {
  const start = performance.now();
  parse(createSourceFile("a.mtl", text));
  return performance.now() - start;
}
