/** No speed is bought with accuracy: test AUC over some seeds, ours beside programs by hand, and whether the means can be told apart. */
import { note } from "../report.js";
import type { ContenderName } from "../training/contenders.js";
import { prepareWorkload, startContenders } from "../training/rounds.js";
import type { AllOptions } from "./options.js";
import type { Section } from "./parts.js";
import { accuracySection } from "./tables/accuracy.js";
import { trainingWorkloads } from "./workloads.js";

const contenders: readonly ContenderName[] = ["mtlc", "PyTorch by hand", "TensorFlow + XLA", "JAX, scan"];

export async function* measureAccuracy(options: AllOptions): AsyncGenerator<Section> {
  for (const workload of trainingWorkloads(options)) {
    const { folder, facts } = await prepareWorkload(workload);
    const started = await startContenders(contenders, folder);
    const found = new Map<string, Map<string, number[]>>();
    try {
      for (let seed = 1; seed <= options.seeds; seed++)
        for (const turns of started) {
          const answer = await turns.ask<{ readonly auc: Readonly<Record<string, number>> }>({
            kind: "epochs",
            epochs: facts.epochs,
            seed,
          });
          if (answer === undefined) continue;
          const scores = found.get(turns.name) ?? new Map<string, number[]>();
          found.set(turns.name, scores);
          for (const [head, auc] of Object.entries(answer.auc)) scores.set(head, [...(scores.get(head) ?? []), auc]);
          note(`seed ${seed}: ${turns.name} ${JSON.stringify(answer.auc)}`);
        }
    } finally {
      for (const turns of started) await turns.close();
    }
    yield accuracySection(workload.title, facts, found, options.seeds);
  }
}
