/**
 * mtlc beside its peers, from training to answers: a table for each workload, medians of alternating rounds. The peers are Python's
 * (`scripts/install-peers.sh`); one that is not installed is left out with a line.
 */
import { measureAccuracy } from "./all/accuracy.js";
import { measureEndToEnd } from "./all/end-to-end.js";
import { type AllOptions, type PartName, readOptions } from "./all/options.js";
import { measureRanking, measureScale, measureStart } from "./all/others.js";
import { printSection, type Section } from "./all/parts.js";
import { measurePrediction } from "./all/prediction.js";
import { writeResults } from "./all/results.js";
import { measureTraining } from "./all/training.js";
import { machine, print } from "./report.js";

export const summary = "all of it beside the peers: training, accuracy, files to models, prediction, ranking, start";

const parts: Readonly<Record<PartName, (options: AllOptions) => AsyncIterable<Section>>> = {
  training: measureTraining,
  accuracy: measureAccuracy,
  "end-to-end": measureEndToEnd,
  prediction: measurePrediction,
  ranking: measureRanking,
  start: measureStart,
  scale: measureScale,
};

/**
 * `--only training,accuracy,end-to-end,prediction,ranking,start,scale` (all but `scale`), `--rounds N` (5), `--seconds N` a turn of
 * training (4), `--rows N` of the synthetic workload (300,000) or `--synthetic DIR` with its files, `--seeds N` of `accuracy` (5); `--write`
 * puts each part into bench/RESULTS.md as soon as it is measured.
 */
export async function run(words: readonly string[]): Promise<void> {
  const options = readOptions(words);
  for (const name of options.parts) {
    const sections: Section[] = [];
    for await (const section of parts[name](options)) {
      printSection(section);
      sections.push(section);
    }
    if (options.write) await writeResults(name, sections, options);
  }
  print(`\n${machine()}`);
}
