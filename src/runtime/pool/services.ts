/** The kinds of work that workers know, by name; each is loaded by the workers that do it. */
import type { Service } from "./service.js";

export const services = {
  trials: async () => (await import("../search/service.js")).trialsService,
  runs: async () => (await import("../runs/service.js")).runsService,
  predictor: async () => (await import("../jobs/predict/predictor-service.js")).predictorService,
  rows: async () => (await import("../jobs/predict/rows-service.js")).rowsService,
  blocks: async () => (await import("../jobs/rank/blocks-service.js")).blocksService,
  serving: async () => (await import("../serve/scoring/service.js")).servingService,
} as const;

export type ServiceName = keyof typeof services;

/** The service of a name, which a pool's caller knows the types of. */
export async function loadService<Setup, Job, Result, Event>(
  name: ServiceName,
): Promise<Service<Setup, Job, Result, Event>> {
  return (await services[name]()) as unknown as Service<Setup, Job, Result, Event>;
}
