/**
 * The same numbers everywhere: every spec in `specs/` predicts the same raw rows on our engines and in the programs of others that targets
 * are for, beside the float64 interpreter. Each cell is the largest difference, relative to the value or to 1e-3 where that is more.
 */
import { listSpecs, parityCase } from "./parity/cases.js";
import { type Cell, cellsOf, goal, isFar, largest, textOf } from "./parity/compare.js";
import type { Runner } from "./parity/runner.js";
import { runners } from "./parity/runners.js";
import { machine, note, option, print, printTable, UsageError } from "./report.js";

export const summary = "every spec on every engine and target, Python and a browser included: largest differences";

/** `--specs TEXT`: those whose path has it (all), `--targets A,B` (all), `--rows N` (6). */
export async function run(words: readonly string[]): Promise<void> {
  const asked = option(words, "targets", runners.map(({ name }) => name).join(",")).split(",");
  const unknown = asked.find((name) => !runners.some((runner) => runner.name === name));
  if (unknown !== undefined)
    throw new UsageError(`no target \`${unknown}\`: ${runners.map(({ name }) => name).join(", ")}`);
  const isAnyFar = await compareAll(option(words, "specs", ""), asked, Number(option(words, "rows", "6")));
  if (isAnyFar) process.exitCode = 1;
}

/** Whether a target is further away than {@link goal}, or did not answer. */
async function compareAll(part: string, asked: readonly string[], count: number): Promise<boolean> {
  const { models, others } = listSpecs(part);
  const present: Runner[] = [];
  for (const runner of runners.filter(({ name }) => asked.includes(name))) {
    const why = await runner.absent();
    if (why === undefined) present.push(runner);
    else print(`${runner.name} is absent: ${why}`);
  }
  note(`${models.length} specs, ${count} rows each`);
  const cases = models.map(({ file, spec }) => parityCase(file, spec, count));
  const columns = new Map<string, readonly Cell[]>();
  for (const runner of present) {
    const started = performance.now();
    columns.set(runner.name, await cellsOf(runner, cases));
    note(`${runner.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  printTable([
    ["", ...columns.keys()],
    ...cases.map(({ file }, i) => [
      file.replace(/\.mtl$/, ""),
      ...[...columns.values()].map((cells) => textOf(cells[i])),
    ]),
    ["the largest", ...[...columns.values()].map((cells) => textOf(largest(cells)))],
  ]);
  print();
  for (const [name, cells] of columns)
    for (const [i, cell] of cells.entries())
      if (cell.kind !== "compared") print(`${name} of ${cases[i]?.file ?? ""}: ${cell.why}`);
      else if (isFar(cell)) print(`${name} of ${cases[i]?.file ?? ""}: ${cell.place} is further away than ${goal}`);
  for (const why of new Set(others.map((other) => other.why)))
    print(
      `not compared, ${why}: ${others
        .filter((other) => other.why === why)
        .map(({ file }) => file)
        .join(", ")}`,
    );
  print(machine());
  return [...columns.values()].flat().some(isFar);
}
