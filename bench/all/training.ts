/** Training, both workloads: everybody in alternating rounds, beside the limit that one product of matrices sets. */
import type { ContenderName } from "../training/contenders.js";
import { measureRounds } from "../training/rounds.js";
import type { AllOptions } from "./options.js";
import type { Section } from "./parts.js";
import { trainingSection } from "./tables/training.js";
import { trainingWorkloads } from "./workloads.js";

const contenders: readonly ContenderName[] = [
  "mtlc",
  "TensorFlow + XLA",
  "JAX, scan",
  "PyTorch by hand",
  "PyTorch, torch.compile",
  "DeepCTR-Torch",
  "torch-rechub",
];

export async function* measureTraining(options: AllOptions): AsyncGenerator<Section> {
  for (const workload of trainingWorkloads(options)) {
    const { rounds, seconds } = options;
    const result = await measureRounds(workload, { contenders, rounds, seconds, measuresAuc: true });
    yield trainingSection(result, options);
  }
}
