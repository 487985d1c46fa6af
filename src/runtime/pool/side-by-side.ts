import { availableParallelism } from "node:os";
import { availableMemory } from "../memory.js";

/** What a worker holds besides the state of its training, bytes. */
const ofWorker = 2 ** 28;

/**
 * How many trainings go side by side: as many as asked for, else one a core; in no case more than there are, or than fit the memory.
 *
 * @param bytes what one of them holds in memory
 */
export function sideBySide(asked: number | undefined, trainings: number, bytes: number): number {
  const wanted = Math.min(asked ?? availableParallelism(), trainings);
  return Math.max(1, Math.min(wanted, Math.floor(availableMemory() / (bytes + ofWorker))));
}
