/**
 * The optimizers by name. Each file says everything about one: settings with defaults and ranges, what it remembers, the
 * rule, the paper. A new one is a file here and its line in the table.
 */
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { momentum } from "./momentum.js";
import type { Optimizer } from "./optimizer.js";
import { sgd } from "./sgd.js";

export * from "./optimizer.js";

export const optimizers = { sgd, momentum, adagrad, adam, adamw } as const satisfies Readonly<
  Record<string, Optimizer>
>;

export type OptimizerName = keyof typeof optimizers;

export function resolveOptimizer(name: string): Optimizer | undefined {
  return Object.values<Optimizer>(optimizers).find((optimizer) => optimizer.name === name);
}
