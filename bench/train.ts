/**
 * Training speed: mtlc, the same model written against tfjs-node's eager API, mtlc on wasm, and a
 * hand-tuned PyTorch program where Python has torch. Two workloads; the peers take turns, several rounds each. `bench -- all` has more peers.
 */
import { compareRevisions } from "./against.js";
import { machine, median, option, print, printTable } from "./report.js";
import { ratioOf, ratioText } from "./ratios.js";
import type { ContenderName } from "./training/contenders.js";
import { measureRounds, type WorkloadResult } from "./training/rounds.js";
import { censusWorkload, syntheticFolder, syntheticWorkload } from "./training/workloads.js";

export const summary = "rows/s of training: mtlc, eager tfjs-node, wasm, PyTorch";

const contenders: readonly ContenderName[] = ["mtlc", "tfjs-node, eager", "mtlc wasm", "PyTorch by hand"];

/**
 * `--seconds N` a measurement (6), `--rounds N` (3), `--synthetic DIR` with the files of its generator; `--against REV`: beside that
 * revision of the repository and nothing else.
 */
export async function run(words: readonly string[]): Promise<void> {
  const seconds = Number(option(words, "seconds", "6"));
  const rounds = Number(option(words, "rounds", "3"));
  const synthetic = syntheticWorkload(syntheticFolder(option(words, "synthetic", ""), 300_000));
  const workloads = [censusWorkload(), ...(synthetic === undefined ? [] : [synthetic])];
  const revision = option(words, "against", "");
  if (revision !== "") {
    for (const workload of workloads) await compareRevisions({ ...workload, name: workload.title, revision });
    print(`\n${machine()}`);
    return;
  }
  for (const workload of workloads)
    printRates(await measureRounds(workload, { contenders, rounds, seconds, measuresAuc: false }));
  print(`\nmedian of ${rounds} rounds of ${seconds} s after warm-up, the peers in turn; ${machine()}`);
}

function printRates({ title, rows, batch, contenders: measured }: WorkloadResult): void {
  const eager = measured.find(({ name }) => name === "tfjs-node, eager")?.rates ?? [];
  print(`\n${title} (${rows.toLocaleString("en-US")} rows, batch ${batch})`);
  printTable([
    ["", "rows/s", "ms a step", "eager tfjs-node: ratio"],
    ...contenders.map((name) => {
      const rates = measured.find((each) => each.name === name)?.rates;
      if (rates === undefined) return [name, "not here", "", ""];
      const rate = median(rates);
      const ratio = name === "tfjs-node, eager" ? "" : ratioText(ratioOf(rates, eager));
      return [name, Math.round(rate).toLocaleString("en-US"), ((1000 * batch) / rate).toFixed(1), ratio];
    }),
  ]);
}
