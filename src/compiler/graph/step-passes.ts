/**
 * The passes over a program whose training steps XLA compiles, in their order. Those of {@link trainingPasses} are of every session that trains, those of
 * {@link repeatedStep} of the loop that several steps are.
 */
import type { GraphFunction, Program, StateVariable } from "./graph.js";
import { alignColumns } from "./passes/align-columns.js";
import { joinTables, type JoinedTable } from "./passes/join-tables.js";
import type { StackedState } from "./passes/stack-state.js";
import { stackTraining } from "./passes/stack-training.js";

/**
 * - `stacked`: what many parts compute in the same way is computed at once;
 * - `aligned`: columns that are cut out and joined again stay together;
 * - `joined`: tables of which the same rows are read and written are one;
 * - `multiplied`: tables are multiplied in the place of their rows;
 * - `merged`: products of one matrix are one product;
 * - `narrowed`: columns of a product that nobody reads are not computed.
 */
export type StepPass = "stacked" | "aligned" | "joined" | "multiplied" | "merged" | "narrowed";

/** Told of each pass over a function that takes steps, what went in and what came out. */
export type WatchPass = (pass: StepPass, before: GraphFunction, after: GraphFunction) => void;

export interface TrainingProgram {
  readonly program: Program;
  readonly stacked: readonly StackedState[];
  readonly joined: readonly JoinedTable[];
  /** The variables before tables were joined. */
  readonly apart: readonly StateVariable[];
}

/** Of a program whose functions that take steps have their batch bound (`bindDims`). */
export function trainingPasses(program: Program, watch?: WatchPass): TrainingProgram {
  const { program: stacked, stacked: stacks } = stackTraining(program);
  tell("stacked", program, stacked, watch);
  const functions = stacked.functions.map((fn) => (fn.updates.length > 0 ? alignColumns(fn) : fn));
  const aligned = { state: stacked.state, functions };
  tell("aligned", stacked, aligned, watch);
  const { program: joined, joined: tables } = joinTables(aligned);
  tell("joined", aligned, joined, watch);
  return { program: joined, stacked: stacks, joined: tables, apart: stacked.state };
}

function tell(pass: StepPass, before: Program, after: Program, watch: WatchPass | undefined): void {
  if (watch === undefined) return;
  for (const fn of before.functions) {
    const made = after.functions.find(({ name }) => name === fn.name);
    if (fn.updates.length > 0 && made !== undefined) watch(pass, fn, made);
  }
}
