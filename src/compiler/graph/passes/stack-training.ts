/** A training's program with what is computed in the same way for many parts of a model stacked, and the variables of these parts stacked. */
import type { Program } from "../graph.js";
import { stackState, type StackedProgram } from "./stack-state.js";
import { leastMembers, stackEqual } from "./stack-equal.js";

/** Of its functions with updates, the batch bound; the program itself where there are no values to stack. */
export function stackTraining(program: Program, least = leastMembers): StackedProgram {
  let known: StackedProgram = { program, stacked: [] };
  // What the function that takes a step reads is alike where what adds gradients up reads the same rows.
  for (const { name, updates } of program.functions)
    if (updates.length > 0) {
      const { program: next, stacked } = stackState(known.program, name, least);
      known = { program: next, stacked: [...known.stacked, ...stacked] };
    }
  const functions = known.program.functions.map((fn) => (fn.updates.length > 0 ? stackEqual(fn, least) : fn));
  const isSame = functions.every((fn, at) => fn === program.functions[at]);
  return isSame ? known : { ...known, program: { state: known.program.state, functions } };
}
